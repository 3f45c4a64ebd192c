/*
 * Tells the server which posts were seen and clicked on. A post is seen when half of it, or half of a
 * screen of it, stood in the window for a second. Told in small batches, the rest when the page is left.
 */
(() => {
  "use strict";
  if (window.vitrineSeen) return;
  window.vitrineSeen = true;

  const LONG_ENOUGH_MS = 1000;
  const SEND_AFTER_MS = 3000;
  const MOST = 40;
  const waiting = { seen: new Set(), clicked: new Set() };
  const told = new Set();
  const clocks = new Map();
  let timer = 0;

  function send() {
    clearTimeout(timer);
    timer = 0;
    const body = new URLSearchParams();
    for (const name of ["seen", "clicked"]) {
      const ids = [...waiting[name]].slice(0, MOST);
      if (ids.length) body.set(name, ids.join("."));
      for (const id of ids) waiting[name].delete(id);
    }
    if (![...body.keys()].length) return;
    if (!navigator.sendBeacon || !navigator.sendBeacon("/seen", body)) {
      fetch("/seen", { method: "POST", body, keepalive: true, credentials: "same-origin" }).catch(() => {});
    }
    if (waiting.seen.size || waiting.clicked.size) later();
  }

  function later() {
    if (!timer) timer = setTimeout(send, SEND_AFTER_MS);
  }

  function note(name, id) {
    waiting[name].add(id);
    if (waiting[name].size >= MOST) send();
    else later();
  }

  function stop(id) {
    clearTimeout(clocks.get(id));
    clocks.delete(id);
  }

  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const post = entry.target;
        const id = post.dataset.seen;
        const screen = entry.rootBounds ? entry.rootBounds.height : window.innerHeight;
        const enough = 0.5 * Math.min(entry.boundingClientRect.height, screen);
        const shown = entry.isIntersecting && entry.intersectionRect.height >= enough && enough > 0;
        if (!shown || told.has(id)) {
          stop(id);
        } else if (!clocks.has(id)) {
          clocks.set(
            id,
            setTimeout(() => {
              clocks.delete(id);
              if (document.visibilityState === "hidden" || told.has(id)) return;
              told.add(id);
              observer.unobserve(post);
              note("seen", id);
            }, LONG_ENOUGH_MS),
          );
        }
      }
    },
    { threshold: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1] },
  );

  function watch(root) {
    if (!(root instanceof Element)) return;
    const found = root.matches("[data-seen]") ? [root] : [];
    for (const post of [...found, ...root.querySelectorAll("[data-seen]")]) {
      if (/^[1-9][0-9]*$/.test(post.dataset.seen)) observer.observe(post);
    }
  }

  /* Links of ours say themselves that they come from a post; the others, and photos, are told here. */
  function clicked(event) {
    if (event.type === "auxclick" && event.button !== 1) return;
    const target = event.target instanceof Element ? event.target : null;
    const post = target && target.closest("[data-seen]");
    if (!post) return;
    const link = target.closest("a[href]");
    const leaves = link && /^https?:$/.test(link.protocol) && link.host !== location.host;
    const photo = target.closest("[data-photo], a[href^='/media/']");
    if (leaves || photo) {
      note("clicked", post.dataset.seen);
      if (leaves) send();
    }
  }

  document.addEventListener("click", clicked, true);
  document.addEventListener("auxclick", clicked, true);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      for (const id of [...clocks.keys()]) stop(id);
      send();
    }
  });
  addEventListener("pagehide", send);
  new MutationObserver((changes) => {
    for (const change of changes) change.addedNodes.forEach(watch);
  }).observe(document.body, { childList: true, subtree: true });
  watch(document.body);
})();
