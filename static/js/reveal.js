// [data-reveal="input id"]: shows or hides a password.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  const input = button && document.getElementById(button.dataset.reveal);
  if (!input) return;
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.textContent = shown ? button.dataset.hide : button.dataset.show;
  button.setAttribute("aria-pressed", String(shown));
  input.focus();
});

// A password shown must not be stored by the browser as plain text.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("[data-reveal]")) {
    const input = document.getElementById(button.dataset.reveal);
    if (input) input.type = "password";
  }
});
