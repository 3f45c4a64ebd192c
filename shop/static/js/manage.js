// The admin with JavaScript: "/" goes to the search, and forms with data-guard lose nothing unasked.
// A guarded form's bar ([data-save-bar="its id"]) shows once something differs from what the server sent.
(() => {
  "use strict";

  const isTyping = (element) => element.isContentEditable || element.matches("input, select, textarea");

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const field = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (!field?.offsetParent) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  const isChanged = (control) => {
    if (control.type === "file") return control.files.length > 0;
    if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
    if (control.type === "color") return control.value !== control.defaultValue.toLowerCase();
    if (control.tagName !== "SELECT") return control.value !== control.defaultValue;
    const options = [...control.options];
    const sent = options.some((option) => option.defaultSelected);
    return options.some((option, place) => option.selected !== (sent ? option.defaultSelected : !control.multiple && place === 0));
  };

  const isKept = (control) => control.name && control.type !== "submit" && control.type !== "button" && !control.matches("fieldset, output");

  // Rows that a script added, removed or moved, and hidden fields, have no value that they were sent with.
  const shape = (form) =>
    [...form.elements].filter(isKept).map((control) => (control.type === "hidden" ? `${control.name}=${control.value}` : control.name)).join("\n");

  const guard = (form) => {
    const bar = document.querySelector(`[data-save-bar="${CSS.escape(form.id)}"]`);
    const state = bar?.querySelector("[data-unsaved]");
    const sent = shape(form);
    let isLeaving = false;

    const hasChanges = () =>
      form.dataset.guard === "changed" || shape(form) !== sent || [...form.elements].some((control) => isKept(control) && isChanged(control));

    const show = () => {
      const changed = hasChanges();
      form.classList.toggle("is-changed", changed);
      if (!bar) return;
      // Of something new nothing is saved yet, so how to save it is seen from the start.
      bar.hidden = !changed && form.dataset.guard !== "new";
      // Written when it is shown, so that a screen reader says it.
      if (state) state.textContent = changed ? state.dataset.unsaved : "";
    };

    const later = () => setTimeout(show, 0);
    form.addEventListener("input", show);
    form.addEventListener("change", show);
    // Buttons that fill, move or take away, once their own handlers are done.
    document.addEventListener("click", later);
    document.addEventListener("drop", later);
    form.addEventListener("reset", later);
    form.addEventListener("submit", (event) => {
      isLeaving = true;
      // Refused by a later handler, unless because it was sent a moment ago.
      setTimeout(() => (isLeaving = !event.defaultPrevented || Boolean(form.dataset.sent)), 0);
    });
    bar?.querySelector("[data-discard]")?.addEventListener("click", () => (isLeaving = true));

    const isHeld = () => !isLeaving && form.isConnected && hasChanges();

    addEventListener("beforeunload", (event) => {
      if (isHeld()) event.preventDefault();
    });

    // A part of the page that a script replaces is left without the browser's asking.
    document.addEventListener("htmx:before:request", (event) => {
      const target = event.detail?.ctx?.target;
      if (target instanceof Element && target.contains(form) && isHeld() && !confirm(bar?.dataset.question ?? "")) event.preventDefault();
    });

    document.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      // By the button that Enter would press.
      if (hasChanges()) form.requestSubmit([...form.elements].find((control) => control.type === "submit"));
    });

    addEventListener("pageshow", () => {
      isLeaving = false;
      show();
    });
    show();
  };

  for (const form of document.querySelectorAll("form[data-guard]")) guard(form);
})();
