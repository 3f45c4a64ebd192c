// The moderators' queue with JavaScript: one box ticks all on the page, and how many are ticked is said.
(() => {
  "use strict";

  const form = document.querySelector("[data-queue]");
  const all = form?.querySelector("[data-tick-all]");
  if (!form || !all) return;
  const bar = all.closest("fieldset");
  const boxes = [...form.querySelectorAll('input[name="case"]')];
  const count = form.querySelector("[data-count]");

  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    count.textContent = ticked === 1 ? form.dataset.one : ticked ? form.dataset.many.replace("#", ticked) : "";
    bar.classList.toggle("is-ready", ticked > 0);
  };

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches('input[name="case"]')) show();
  });
  // A page out of the browser's cache comes with its boxes as they were left.
  window.addEventListener("pageshow", show);
  show();
})();
