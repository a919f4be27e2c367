// template[data-passkey-error]: says what happened when the browser's passkey prompt fails; one
// with the exception's name is for that case alone.
document.addEventListener("allauth.error", (event) => {
  const name = event.detail?.exception?.name;
  const words =
    document.querySelector(`template[data-passkey-error="${name}"]`) ??
    document.querySelector('template[data-passkey-error=""]');
  const button = document.querySelector("#passkey_login, [id^='mfa_webauthn_']");
  if (!words || !button) return;
  event.preventDefault();
  button.parentElement.querySelector("[role=alert].field-error")?.remove();
  button.after(words.content.cloneNode(true));
});
