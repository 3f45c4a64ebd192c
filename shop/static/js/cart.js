// The cart with JavaScript: a changed quantity or country is sent by itself, so its button steps aside.
(() => {
  "use strict";

  const WAIT_MS = 500;

  for (const form of document.querySelectorAll("form[data-autosubmit]")) {
    let timer = 0;
    for (const button of form.querySelectorAll("[data-autosubmit-button]")) button.hidden = true;
    const send = () => {
      clearTimeout(timer);
      timer = setTimeout(() => form.reportValidity() && form.requestSubmit(), WAIT_MS);
    };
    form.addEventListener("change", send);
    // The steps beside a quantity write into the field without a change event of its own.
    form.addEventListener("click", (event) => {
      if (event.target.closest("[data-step]")) send();
    });
  }
})();
