// Bringing a file: it can be dropped, is sent as soon as it is chosen, and one that is too large is told at once.
(() => {
  "use strict";

  const form = document.querySelector("[data-import-form]");
  const drop = form?.querySelector("[data-drop]");
  const input = form?.querySelector("input[type=file]");
  const errors = form?.querySelector("#field-file-errors");
  if (!drop || !input || !errors) return;

  const send = () => {
    const file = input.files[0];
    errors.textContent = "";
    input.removeAttribute("aria-invalid");
    if (!file) return;
    if (file.size > Number(form.dataset.maxBytes)) {
      const told = document.createElement("span");
      told.className = "field__error";
      told.textContent = form.dataset.tooLarge;
      errors.append(told);
      input.setAttribute("aria-invalid", "true");
      input.value = "";
      return;
    }
    form.requestSubmit();
  };

  input.addEventListener("change", send);

  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      drop.dataset.over = "";
    });
  }

  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => delete drop.dataset.over);

  drop.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    send();
  });
})();
