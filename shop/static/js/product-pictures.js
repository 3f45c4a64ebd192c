// The order of a product's pictures: dragged by their handle with mouse, pen or finger, or moved by buttons.
// The numbers in the fields are what is sent, so without JavaScript one types them.
(() => {
  "use strict";

  const list = document.querySelector("[data-pictures]");
  if (!list) return;
  const said = document.querySelector("[data-pictures-said]");
  const cards = () => [...list.querySelectorAll("[data-picture]")];
  let dragged = null;
  let start = null;

  // The fields, and the numbers that the variants call the pictures by.
  const renumber = () => {
    const numbers = new Map();
    cards().forEach((card, index) => {
      card.querySelector("[data-place]").value = index + 1;
      numbers.set(card.dataset.picture, index + 1);
    });
    for (const option of document.querySelectorAll("#variants select[name$='-picture'] option")) {
      if (numbers.has(option.value)) option.textContent = numbers.get(option.value);
    }
    list.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const tell = (card) => {
    said.textContent = said.dataset.text.replace("#", cards().indexOf(card) + 1).replace("#", cards().length);
  };

  const move = (card, button) => {
    const other = button.dataset.move === "earlier" ? card.previousElementSibling : card.nextElementSibling;
    if (other) {
      if (button.dataset.move === "earlier") other.before(card);
      else other.after(card);
      renumber();
    }
    button.focus();
    tell(card);
  };

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) move(button.closest("[data-picture]"), button);
  });

  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-drag]");
    if (!handle || event.button) return;
    event.preventDefault();
    dragged = handle.closest("[data-picture]");
    start = cards().indexOf(dragged);
    // The list, for a card that is put elsewhere in the page loses the pointer, and a drop beside the list with it.
    list.setPointerCapture(event.pointerId);
    dragged.classList.add("is-dragged");
  });

  list.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-picture]");
    if (!under || under === dragged || !list.contains(under)) return;
    if (cards().indexOf(under) < cards().indexOf(dragged)) under.before(dragged);
    else under.after(dragged);
  });

  const drop = (event) => {
    if (!dragged) return;
    const card = dragged;
    dragged = null;
    card.classList.remove("is-dragged");
    if (event.type === "pointercancel") {
      const others = cards().filter((one) => one !== card);
      if (others[start]) others[start].before(card);
      else list.append(card);
    }
    if (cards().indexOf(card) !== start) {
      renumber();
      tell(card);
    }
  };
  list.addEventListener("pointerup", drop);
  list.addEventListener("pointercancel", drop);

  // Somebody who types a number sees where the picture goes.
  list.addEventListener("change", (event) => {
    const field = event.target.closest?.("[data-place]");
    const wanted = Number(field?.value);
    if (!field || !Number.isInteger(wanted) || wanted < 1) return;
    const card = field.closest("[data-picture]");
    const others = cards().filter((one) => one !== card);
    if (wanted > others.length) list.append(card);
    else others[wanted - 1].before(card);
    renumber();
    field.focus();
    tell(card);
  });
})();
