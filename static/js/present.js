// The present room is in sight, also where browsers don't know scroll-initial-target yet.
for (const present of document.querySelectorAll("nav [aria-current]")) {
  present.scrollIntoView({ block: "nearest", inline: "nearest" });
}
