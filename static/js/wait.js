// [data-wait="seconds"]: a button that says how long until it may be used again.
const start = (button) => {
  const ready = button.textContent;
  const until = Date.now() + Number(button.dataset.wait) * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? button.dataset.waitText.replace("{seconds}", left) : ready;
    if (left > 0) setTimeout(tick, 250);
  };
  delete button.dataset.wait;
  tick();
};
const begin = (root) => root.querySelectorAll("[data-wait]").forEach(start);
begin(document);
document.addEventListener("htmx:load", (event) => begin(event.target));
