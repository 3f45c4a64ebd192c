// The photo of a contest's entry: dropped or chosen, shown before it is sent. Without JavaScript the field is a plain one.
(() => {
  "use strict";

  const zone = document.querySelector("[data-photo-drop]");
  const input = zone?.querySelector("input[type=file]");
  const shown = zone?.querySelector("[data-photo-shown]");
  const said = document.querySelector("[data-photo-said]");
  if (!zone || !input || !shown) return;

  const problem = document.querySelector("[data-photo-problem]");
  const kept = [...shown.childNodes];
  const LARGEST = 220;
  const REST_BYTES = 20_000; // of the other fields

  // Sent, it would be refused with the whole form.
  const isTooLarge = (file) => {
    const isLarge = file.size + REST_BYTES > Number(zone.dataset.maxUpload);
    problem.textContent = isLarge ? zone.dataset.tooLarge : "";
    problem.classList.toggle("field__error", isLarge);
    if (isLarge) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    return isLarge;
  };

  // Drawn, since the policy of the page lets no picture in from the visitor's own disk by address.
  const show = async () => {
    const file = input.files[0];
    if (!file) return;
    if (isTooLarge(file)) {
      input.value = "";
      said.textContent = "";
      shown.replaceChildren(...kept);
      return;
    }
    said.textContent = said.dataset.text.replace("#", file.name);
    shown.replaceChildren();
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, LARGEST / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", file.name);
      shown.replaceChildren(canvas);
    } catch {
      // What this browser cannot show may still be a picture; the server says.
      shown.textContent = file.name;
    }
  };

  input.addEventListener("change", show);

  zone.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  zone.addEventListener("drop", (event) => {
    zone.classList.remove("is-over");
    const file = [...(event.dataTransfer?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    const held = new DataTransfer();
    held.items.add(file);
    input.files = held.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
})();
