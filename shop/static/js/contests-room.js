// The queue of a contest's photos by keyboard: J and K go on and back, A lets through, R goes to the reasons.
(() => {
  "use strict";

  const queue = document.querySelector("[data-photo-queue]");
  if (!queue) return;
  const photos = [...queue.querySelectorAll("[data-photo]")];
  const current = () => photos.findIndex((photo) => photo.contains(document.activeElement));
  const go = (place) => photos[Math.max(0, Math.min(place, photos.length - 1))]?.focus();

  const acts = {
    j: () => go(current() + 1),
    k: () => go(current() < 0 ? 0 : current() - 1),
    a: () => photos[current()]?.querySelector("[data-approve]")?.click(),
    r: () => {
      const summary = photos[current()]?.querySelector("[data-refuse]");
      if (!summary) return;
      summary.parentElement.open = true;
      summary.parentElement.querySelector("input[type=radio]")?.focus();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Letters that are typed stay letters; on a radio they mean nothing, so there they act.
    if (event.target.matches("textarea, select, input:not([type=radio])")) return;
    const act = acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
