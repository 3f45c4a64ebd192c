// For a site that shows cards of Vitrine: makes each frame as tall as its card. See docs/embedding.md.
// It listens only to frames of the page it stands in, and only to messages from where it was loaded itself.
(() => {
  "use strict";

  const ours = new URL(document.currentScript.src).origin;
  const LEAST = 80;
  const MOST = 2000;

  window.addEventListener("message", (event) => {
    if (event.origin !== ours || event.data?.type !== "vitrine:height") return;
    const height = Number(event.data.height);
    if (!Number.isFinite(height)) return;
    for (const frame of document.querySelectorAll("iframe[data-vitrine]")) {
      if (frame.contentWindow === event.source) {
        frame.style.height = `${Math.min(Math.max(Math.ceil(height), LEAST), MOST)}px`;
      }
    }
  });
})();
