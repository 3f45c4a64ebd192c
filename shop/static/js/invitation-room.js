// The room of the invitation to like the page: the preview says what is typed.
(() => {
  "use strict";

  const previews = [...document.querySelectorAll("[data-preview-of]")];
  const form = document.getElementById("invitation-form");
  if (!form) return;
  const typed = (name) => form.elements[name].value.trim();
  const show = () => {
    for (const preview of previews) {
      const own = typed(preview.dataset.previewOf);
      // A text in one language alone stands in the other too, as everywhere on the page.
      preview.textContent = own || typed(previews[0].dataset.previewOf) || preview.dataset.usual;
    }
  };
  form.addEventListener("input", show);
})();
