// What every page does with JavaScript; without it everything still works.
// Menus close when one looks elsewhere, choices that have a button without JavaScript act at once, numbers have steps.
(() => {
  "use strict";

  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (menu !== except) menu.open = false;
    }
  };

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details[data-menu]"));

    const back = event.target.closest("[data-back]");
    if (back && history.length > 1) {
      event.preventDefault();
      history.back();
    }

    const step = event.target.closest("button[data-step]");
    const input = step?.parentElement.querySelector("input[type=number]");
    if (input) {
      const wanted = (Number(input.value) || 0) + Number(step.dataset.step);
      input.value = Math.min(Number(input.max) || wanted, Math.max(Number(input.min) || 0, wanted));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // A second press of a button that pays or saves would send the form twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 4000) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = String(Date.now());
  });

  // A page that comes back out of the browser's cache may send its forms again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // What is needed only once somebody looks closer comes after the page itself.
  window.addEventListener("load", () => {
    for (const source of new Set([...document.querySelectorAll("[data-later]")].map((one) => one.dataset.later))) {
      const script = document.createElement("script");
      script.src = source;
      document.head.append(script);
    }
  });
})();
