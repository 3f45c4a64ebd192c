// The list of products with JavaScript: one box ticks all on the page, and how many are ticked is said.
(() => {
  "use strict";

  const form = document.querySelector("[data-bulk]");
  const all = document.querySelector("[data-tick-all]");
  if (!form || !all) return;
  const boxes = [...document.querySelectorAll('input[name="product"][form="bulk-form"]')];
  const count = form.querySelector("[data-count]");
  const scope = form.querySelector('[name="scope"]');

  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    count.textContent = ticked === 1 ? form.dataset.one : ticked ? form.dataset.many.replace("#", ticked) : "";
    form.classList.toggle("is-ready", ticked > 0 || Boolean(scope?.checked));
  };

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches('input[name="product"], [name="scope"]')) show();
  });
  // A page out of the browser's cache comes with its boxes as they were left.
  window.addEventListener("pageshow", show);
  show();
})();
