// [data-copy="text"]: copies it and says so for two seconds.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || !navigator.clipboard) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  if (button.dataset.before) return;
  button.dataset.before = button.innerHTML;
  button.textContent = button.dataset.copied;
  setTimeout(() => {
    button.innerHTML = button.dataset.before;
    delete button.dataset.before;
  }, 2000);
});
