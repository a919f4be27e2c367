// [data-offline]: a notice that is there while the connection is not.
const show = () => {
  for (const notice of document.querySelectorAll("[data-offline]")) notice.hidden = navigator.onLine;
};
addEventListener("online", show);
addEventListener("offline", show);
show();
