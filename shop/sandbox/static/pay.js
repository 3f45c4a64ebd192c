// What makes the payment page quicker with JavaScript; without it, everything still works.
"use strict";

const BRANDS = [
  ["American Express", /^3[47]/],
  ["Diners", /^3(0[0-5]|[689])/],
  ["JCB", /^35/],
  ["Discover", /^6(011|4[4-9]|5)/],
  ["UnionPay", /^62/],
  ["Mastercard", /^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/],
  ["Visa", /^4/],
];

const form = document.querySelector("[data-pay]");
const byId = (id) => document.getElementById(id);
const digits = (text) => text.replace(/\D/g, "");

function brandOf(number) {
  const found = BRANDS.find(([, start]) => start.test(number));
  return found ? found[0] : "";
}

function grouped(number) {
  const sizes = /^3[47]/.test(number) ? [4, 6, 5] : [4, 4, 4, 4, 3];
  const parts = [];
  let rest = number;
  for (const size of sizes) {
    if (!rest) break;
    parts.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return parts.join(" ");
}

function expiry(text, isDeleting) {
  let typed = digits(text);
  if (/^[2-9]/.test(typed)) typed = `0${typed}`;
  // A year of four digits, as browsers fill it in, keeps its last two.
  if (typed.length >= 6) typed = typed.slice(0, 2) + typed.slice(4, 6);
  typed = typed.slice(0, 4);
  if (typed.length < 2 || (typed.length === 2 && isDeleting)) return typed;
  return `${typed.slice(0, 2)} / ${typed.slice(2)}`;
}

// Writes a formatted value and leaves the caret behind the same digit.
function rewrite(input, value) {
  if (input.value === value) return;
  const before = digits(input.value.slice(0, input.selectionStart)).length;
  const atEnd = input.selectionStart === input.value.length;
  input.value = value;
  if (atEnd) return;
  let place = 0;
  for (let seen = 0; place < value.length && seen < before; place += 1) {
    if (/\d/.test(value[place])) seen += 1;
  }
  input.setSelectionRange(place, place);
}

function clearError(input) {
  input.removeAttribute("aria-invalid");
  input.removeAttribute("aria-describedby");
  byId(`${input.id}-error`)?.remove();
}

function showBrand() {
  const mark = document.querySelector("[data-brand]");
  if (mark) mark.textContent = brandOf(digits(byId("number").value));
}

function formatCard() {
  const number = byId("number");
  const date = byId("expiry");
  const code = byId("cvc");
  number.addEventListener("input", () => {
    rewrite(number, grouped(digits(number.value).slice(0, 19)));
    showBrand();
  });
  date.addEventListener("input", (event) => {
    const isDeleting = String(event.inputType).startsWith("delete");
    rewrite(date, expiry(date.value, isDeleting));
  });
  code.addEventListener("input", () => rewrite(code, digits(code.value).slice(0, 4)));
}

function fill(number) {
  const set = (id, value) => {
    byId(id).value = value;
    clearError(byId(id));
  };
  set("number", grouped(number));
  set("expiry", `12 / ${String(new Date().getFullYear() + 3).slice(2)}`);
  set("cvc", /^3[47]/.test(number) ? "1234" : "123");
  const name = byId("shipping_name")?.value || "Camille Martin";
  if (!byId("holder").value) set("holder", name);
  showBrand();
  form.querySelector(".submit").focus();
}

// Each listed card becomes a button that fills the form.
function offerCards() {
  for (const item of form.querySelectorAll("[data-card]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...item.childNodes);
    button.addEventListener("click", () => fill(item.dataset.card));
    item.append(button);
  }
}

function followRate() {
  const label = form.querySelector("[data-label]");
  for (const rate of form.querySelectorAll("[data-rate-total]")) {
    rate.addEventListener("change", () => {
      for (const place of document.querySelectorAll("[data-total]")) place.textContent = rate.dataset.rateTotal;
      const shipping = document.querySelector("[data-shipping]");
      if (shipping) shipping.textContent = rate.dataset.ratePrice;
      if (label) label.textContent = label.dataset.label.replace("{}", rate.dataset.rateTotal);
    });
  }
}

function submitOnce() {
  const button = form.querySelector(".submit");
  form.addEventListener("submit", (event) => {
    if (button.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      return;
    }
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.working;
  });
  // Coming back by the browser's Back button finds the page as it was left: wake the button again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
}

if (form) {
  if (byId("number")) formatCard();
  offerCards();
  followRate();
  submitOnce();
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.addEventListener("input", () => clearError(input), { once: true });
  }
  form.querySelector("[aria-invalid]")?.focus();
}
