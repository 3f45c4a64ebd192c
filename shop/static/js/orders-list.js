// The order list with JavaScript: all orders of the part ticked at once, a bar that counts and shows only when it has something to do.
(() => {
  "use strict";

  const list = document.querySelector("[data-order-list]");
  const bar = list?.querySelector("[data-bulk-bar]");
  if (!bar) return;

  const all = list.querySelector("[data-tick-all]");
  const told = bar.querySelector("[data-bulk-count]");
  const boxes = [...list.querySelectorAll('input[name="number"]')];
  let last = null;

  const show = () => {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
    told.value = count === 0 ? told.dataset.none : count === 1 ? told.dataset.one : told.dataset.more.replace("#", count);
    bar.classList.toggle("is-active", count > 0);
  };

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });

  // With Shift all between this box and the one ticked before follow it.
  list.addEventListener("click", (event) => {
    const place = boxes.indexOf(event.target);
    if (place < 0) return;
    if (event.shiftKey && last !== null) {
      const [from, to] = [Math.min(last, place), Math.max(last, place)];
      for (const box of boxes.slice(from, to + 1)) box.checked = event.target.checked;
    }
    last = place;
    show();
  });

  // A page that comes back out of the browser's cache keeps its ticks.
  window.addEventListener("pageshow", show);
  show();
})();
