// [data-focus]: takes the focus when it appears, so that an error is read at once.
const take = (root) => root.querySelector("[data-focus]")?.focus();
take(document);
document.addEventListener("htmx:load", (event) => take(event.target));
