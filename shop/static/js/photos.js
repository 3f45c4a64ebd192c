// Photos of posts with JavaScript: large in a dialog, and the products at their points; loaded after the page.
(() => {
  "use strict";

  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = document.getElementById("photo-frame")?.dataset.style ?? "";
  if (style.getAttribute("href")) document.head.append(style);

  // Photos large, in a dialog that arrows turn.

  let viewer = null;
  let photos = [];
  let shown = 0;
  let opener = null;

  const makeViewer = () => {
    const frame = document.getElementById("photo-frame");
    viewer = document.createElement("dialog");
    viewer.className = "viewer";
    viewer.setAttribute("aria-label", frame.dataset.label);
    viewer.append(frame.content.cloneNode(true));
    viewer.addEventListener("click", (event) => {
      const act = event.target.closest("[data-viewer]")?.dataset.viewer;
      if (act === "close") viewer.close();
      else if (act) turn(act === "next" ? 1 : -1);
    });
    viewer.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") turn(1);
      else if (event.key === "ArrowLeft") turn(-1);
    });
    viewer.addEventListener("close", () => opener?.focus());
    document.body.append(viewer);
  };

  const turn = (by) => {
    shown = (shown + by + photos.length) % photos.length;
    const source = photos[shown].querySelector("img");
    const image = viewer.querySelector("img");
    const largest = photos[shown].querySelector("source")?.srcset.split(", ").at(-1)?.split(" ")[0];
    image.src = largest ?? source.currentSrc ?? source.src;
    image.alt = source.alt;
    viewer.querySelector("figcaption").textContent = source.alt;
    const place = document.getElementById("photo-frame").dataset.place;
    viewer.querySelector(".viewer__place").textContent = place.replace("##", photos.length).replace("#", shown + 1);
    for (const button of viewer.querySelectorAll(".viewer__stage > .button")) button.hidden = photos.length < 2;
  };

  const openPhoto = (link) => {
    if (!viewer) makeViewer();
    opener = link;
    photos = [...link.closest(".album").querySelectorAll("[data-photo]")];
    shown = photos.indexOf(link);
    turn(0);
    viewer.showModal();
  };

  // Points of a photo: placed where the picture shows what they stand for, however it is cut.

  const placeDots = (root) => {
    for (const photo of root.querySelectorAll("[data-points]")) {
      const image = photo.querySelector("img");
      const box = image.getBoundingClientRect();
      const frame = photo.getBoundingClientRect();
      const wide = Number(image.getAttribute("width"));
      const high = Number(image.getAttribute("height"));
      if (!box.width || !wide || !high) continue;
      const scale = Math.max(box.width / wide, box.height / high);
      for (const dot of photo.querySelectorAll(".dot")) {
        const x = (Number(dot.dataset.x) / 1000 - 0.5) * wide * scale + box.width / 2;
        const y = (Number(dot.dataset.y) / 1000 - 0.5) * high * scale + box.height / 2;
        const isInside = x >= 0 && y >= 0 && x <= box.width && y <= box.height;
        dot.toggleAttribute("data-placed", isInside);
        dot.style.left = `${Math.min(Math.max(x + box.left - frame.left, 22), frame.width - 22)}px`;
        dot.style.top = `${Math.min(Math.max(y + box.top - frame.top, 22), frame.height - 22)}px`;
      }
    }
  };

  let pop = null;

  const openGood = (dot) => {
    const good = document.getElementById(dot.dataset.good);
    if (!good?.showPopover) return good?.scrollIntoView({ block: "center" });
    if (!pop) {
      pop = document.createElement("div");
      pop.className = "good-pop";
      pop.popover = "auto";
      pop.setAttribute("role", "dialog");
      document.body.append(pop);
      pop.addEventListener("toggle", (event) => {
        if (event.newState !== "closed") return;
        const from = document.querySelector(".dot[aria-expanded=true]");
        from?.setAttribute("aria-expanded", "false");
        if (document.activeElement === document.body || pop.contains(document.activeElement)) from?.focus();
      });
    }
    pop.hidePopover();
    const copy = document.createElement("div");
    copy.className = "good";
    copy.append(...good.cloneNode(true).childNodes);
    pop.replaceChildren(copy);
    pop.setAttribute("aria-label", copy.querySelector(".good__title").textContent);
    pop.showPopover();
    dot.setAttribute("aria-expanded", "true");
    copy.querySelector("a, button").focus();
  };

  document.addEventListener("click", (event) => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const dot = event.target.closest(".dot");
    const photo = event.target.closest("a[data-photo]");
    if (dot) openGood(dot);
    else if (photo && isPlain) {
      event.preventDefault();
      openPhoto(photo);
    }
  });

  // A picture that loads late, and a list that grows, move the points.
  window.addEventListener("resize", () => placeDots(document));
  document.addEventListener("load", (event) => event.target.closest?.("[data-points]") && placeDots(document), true);
  document.addEventListener("htmx:after:swap", () => placeDots(document));
  placeDots(document);
})();
