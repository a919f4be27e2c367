// [data-copy="text"]: copies it and says so for two seconds.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || !navigator.clipboard) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  if (button.copying) return;
  button.copying = true;
  const before = [...button.childNodes];
  button.textContent = button.dataset.copied;
  setTimeout(() => {
    button.replaceChildren(...before);
    button.copying = false;
  }, 2000);
});
