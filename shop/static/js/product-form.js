// The product form with JavaScript: the grid of variants grows while options are typed, a column is filled down.
// The server makes the grid in both cases: this only asks for it sooner, with everything that was typed.
(() => {
  "use strict";

  const form = document.querySelector("[data-product-form]");
  if (!form) return;
  const WAIT_MS = 500;
  let timer = 0;
  let asked = 0;

  const typed = () => {
    const data = new FormData(form);
    data.delete("uploads"); // pictures travel once, when the form is saved
    data.set("action", "variants");
    return data;
  };

  const signature = () =>
    JSON.stringify([...form.querySelectorAll("[data-option] [name$='-name'], [data-option] [name$='-values']")].map((input) => input.value));
  let shown = signature();

  const swap = (page, id) => {
    const fresh = page.getElementById(id);
    const old = document.getElementById(id);
    if (fresh && old) old.replaceWith(document.adoptNode(fresh));
  };

  // The fields for colours belong to the values: each option's are replaced, its text fields are not touched.
  const swapColors = (page) => {
    const fresh = page.querySelectorAll("[data-option]");
    form.querySelectorAll("[data-option]").forEach((option, place) => {
      option.querySelector(".swatch-fields")?.remove();
      const colors = fresh[place]?.querySelector(".swatch-fields");
      if (colors) option.append(document.adoptNode(colors));
    });
  };

  // While an option has a name without values, or values without a name, it is still being typed.
  const isHalfTyped = () =>
    [...form.querySelectorAll("[data-option]")].some((option) => {
      const texts = [...option.querySelectorAll("[name$='-name'], [name$='-values']")].map((input) => input.value.trim());
      return texts.some(Boolean) && !texts.every(Boolean);
    });

  const updateGrid = async () => {
    if (signature() === shown || isHalfTyped()) return;
    const wanted = signature();
    const turn = ++asked; // getAttribute below: form.action is the buttons of that name
    const grid = document.getElementById("variants");
    grid.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.getAttribute("action"), { method: "POST", body: typed(), headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (turn !== asked || !page.getElementById("variants")) return;
      shown = wanted;
      swap(page, "options-errors");
      swap(page, "variants");
      swapColors(page);
      showSpare();
    } catch {
      // Without a connection the grid stays as it is; saving brings it up to date.
    } finally {
      document.getElementById("variants").removeAttribute("aria-busy");
    }
  };

  // Only one empty option is shown at a time.
  const showSpare = () => {
    let empty = 0;
    for (const option of form.querySelectorAll("[data-option]")) {
      const isEmpty = ![...option.querySelectorAll("[name$='-name'], [name$='-values']")].some((input) => input.value.trim());
      empty += isEmpty ? 1 : 0;
      option.hidden = isEmpty && empty > 1;
    }
  };

  form.addEventListener("input", (event) => {
    if (!event.target.closest("[data-option]") || event.target.type === "color") return;
    showSpare();
    clearTimeout(timer);
    timer = setTimeout(updateGrid, WAIT_MS);
  });

  form.addEventListener("change", (event) => {
    const target = event.target;
    if (target.matches("[data-offered]")) target.closest("tr").classList.toggle("is-not-offered", !target.checked);
    if (target.matches("[data-option] input:not([type='color'], [type='checkbox'])")) {
      clearTimeout(timer);
      updateGrid();
    }
    if (target.name === "uploads") checkSize(target);
  });

  const checkSize = (input) => {
    const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
    input.setCustomValidity(bytes > Number(form.dataset.maxUpload) * 0.98 ? form.dataset.tooLarge : "");
    input.reportValidity();
  };

  const column = (name) => [...form.querySelectorAll(`#variants tbody tr:not(.is-not-offered) [data-column="${name}"]`)];

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    const cells = column(button.dataset.fill);
    for (const cell of cells.slice(1)) cell.value = cells[0].value;
  });

  // Each variant needs a price, so the first one typed is everybody's until another is typed.
  form.addEventListener("change", (event) => {
    if (event.target.dataset.column !== "price") return;
    const cells = column("price");
    const others = cells.slice(1);
    if (event.target !== cells[0] || others.some((cell) => cell.value.trim())) return;
    for (const cell of others) cell.value = cells[0].value;
  });

  showSpare();
})();
