// Inside a card's frame: tells the page around how tall the card is, which embed.js there may follow.
(() => {
  "use strict";

  if (window.parent === window) return;
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    // To any page: a card's height is no secret, and the card does not know who shows it.
    window.parent.postMessage({ type: "vitrine:height", height }, "*");
  };
  new ResizeObserver(tell).observe(document.body);
  window.addEventListener("load", tell);
})();
