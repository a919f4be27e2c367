// Colors: runs before the first paint, so a chosen theme never flashes. Without it: the system's.
(() => {
  const KEY = "portal-theme";
  const root = document.documentElement;
  const stored = () => {
    try { return localStorage.getItem(KEY) || ""; } catch { return ""; }
  };
  const apply = (choice) => {
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
    else delete root.dataset.theme;
  };
  const press = () => {
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === stored()));
    }
  };
  apply(stored());
  document.addEventListener("DOMContentLoaded", press);
  addEventListener("storage", () => { apply(stored()); press(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    try { localStorage.setItem(KEY, button.dataset.themeChoice); } catch { /* a private window */ }
    apply(button.dataset.themeChoice);
    press();
  });
})();
