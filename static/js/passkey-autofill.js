// input[data-passkey-autofill]: the browser offers this person's passkeys where the email goes.
const form = document.querySelector("#mfa_login");
const waiting = new AbortController();

async function offer() {
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { request_options: options } = await answer.json();
  const wanted = { ...options, mediation: "conditional", signal: waiting.signal };
  const credential = await window.webauthnJSON.get(wanted);
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
}

if (form && document.querySelector("[data-passkey-autofill]") && window.PublicKeyCredential?.isConditionalMediationAvailable) {
  // One prompt at a time: the button's own takes over.
  document.querySelector("#passkey_login")?.addEventListener("click", () => waiting.abort(), { capture: true });
  PublicKeyCredential.isConditionalMediationAvailable()
    .then((available) => available && offer())
    .catch(() => {}); // taken over, or nothing chosen
}
