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

function set(id, value) {
  byId(id).value = value;
  clearError(byId(id));
}

function fill(number) {
  set("number", grouped(number));
  set("expiry", `12 / ${String(new Date().getFullYear() + 3).slice(2)}`);
  set("cvc", /^3[47]/.test(number) ? "1234" : "123");
  const name = byId("shipping_name")?.value || "Camille Martin";
  if (!byId("holder").value) set("holder", name);
  showBrand();
  form.querySelector(".submit").focus();
}

function fillAccount(number) {
  const isIban = /^[A-Z]/.test(number);
  if (isIban) {
    set("iban", groupedIban(number));
  } else {
    set("routing_number", "110000000");
    set("account_number", number);
  }
  const holder = isIban ? "sepa_holder" : "us_holder";
  if (!byId(holder).value) set(holder, byId("shipping_name")?.value || "Camille Martin");
  form.querySelector(".submit").focus();
}

// Each listed card or account becomes a button that fills the form.
function offerTests() {
  for (const item of form.querySelectorAll("[data-card], [data-account]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...item.childNodes);
    button.addEventListener("click", () => {
      if (item.dataset.card) fill(item.dataset.card);
      else fillAccount(item.dataset.account);
    });
    item.append(button);
  }
}

// Checks, at the field and when it is left; the server checks again.

function passesLuhn(number) {
  let sum = 0;
  [...number].reverse().forEach((digit, place) => {
    const product = Number(digit) * (1 + (place % 2));
    sum += product > 9 ? product - 9 : product;
  });
  return sum % 10 === 0;
}

function numberProblem(text) {
  const number = digits(text);
  return number.length >= 12 && passesLuhn(number) ? "" : "number";
}

function expiryProblem(text) {
  const found = /^(\d\d) \/ (\d\d)$/.exec(text.trim());
  if (!found || found[1] < "01" || found[1] > "12") return "expiry";
  const now = new Date();
  const month = (2000 + Number(found[2])) * 12 + Number(found[1]) - 1;
  return month < now.getFullYear() * 12 + now.getMonth() ? "past" : "";
}

function codeProblem(text) {
  const isAmex = /^3[47]/.test(digits(byId("number").value));
  return text.length === (isAmex ? 4 : 3) ? "" : "cvc";
}

const compactIban = (text) => text.replace(/[^0-9a-z]/gi, "").toUpperCase();
const groupedIban = (text) => compactIban(text).replace(/(.{4})(?=.)/g, "$1 ");

function ibanProblem(text) {
  const iban = compactIban(text);
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return "iban";
  let rest = 0;
  for (const sign of iban.slice(4) + iban.slice(0, 4)) {
    for (const digit of String(parseInt(sign, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1 ? "" : "iban";
}

const CHECKS = { number: numberProblem, expiry: expiryProblem, cvc: codeProblem, iban: ibanProblem };

function showError(input, text) {
  clearError(input);
  const note = document.createElement("p");
  note.className = "error";
  note.id = `${input.id}-error`;
  note.textContent = text;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", note.id);
  input.closest(".field").append(note);
}

function checkFields() {
  for (const [id, check] of Object.entries(CHECKS)) {
    const input = byId(id);
    input?.addEventListener("change", () => {
      const problem = input.value ? check(input.value) : "";
      if (problem) showError(input, form.dataset[`text${problem[0].toUpperCase()}${problem.slice(1)}`]);
      else clearError(input);
    });
  }
  const iban = byId("iban");
  iban?.addEventListener("input", () => {
    if (iban.selectionStart === iban.value.length) iban.value = groupedIban(iban.value);
  });
}

function showTotal(total, sum) {
  for (const place of document.querySelectorAll("[data-total]")) place.textContent = total;
  const label = form.querySelector("[data-label]");
  if (label) label.textContent = label.dataset.label.replace("{}", total);
  byId("expected").value = sum;
}

function followRate() {
  form.addEventListener("change", (event) => {
    const rate = event.target;
    if (!rate.dataset.rateTotal) return;
    showTotal(rate.dataset.rateTotal, rate.dataset.rateSum);
    const shipping = document.querySelector("[data-shipping]");
    if (shipping) shipping.textContent = rate.dataset.ratePrice;
  });
}

// What changes the order goes to the server without leaving the page, so that nothing typed is lost.

function sent(action) {
  const data = new FormData(form);
  for (const name of ["number", "expiry", "cvc"]) data.delete(name);
  data.set("action", action);
  return new URLSearchParams(data);
}

// The buttons are called `action`, so `form.action` is one of them and not the address.
const address = () => form.getAttribute("action");

// One after the other: what the second press means stands on the page that the first one brings.
let running = Promise.resolve();

function change(action) {
  running = running.then(() => send(action));
}

async function send(action) {
  const busy = document.querySelector(".summary");
  busy.classList.add("is-busy");
  let page;
  try {
    const answer = await fetch(address(), { method: "POST", body: sent(action) });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    // Without an answer the ordinary way remains: the form itself tells what went wrong.
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "action", value: action });
    form.append(field);
    form.submit();
    return;
  }
  // Expired, paid, or a form with other parts now (nothing left to pay): show it as it is.
  const parts = (place) => [Boolean(place.querySelector("[data-pay]")), Boolean(place.querySelector("#payment"))];
  if (String(parts(page)) !== String(parts(document))) {
    window.location.reload();
    return;
  }
  swap(page);
}

function swap(page) {
  const focused = document.activeElement?.id;
  const isOpen = document.querySelector(".items").open;
  for (const fresh of page.querySelectorAll("[data-live]")) {
    document.querySelector(`[data-live="${fresh.dataset.live}"]`)?.replaceWith(fresh);
  }
  document.querySelector(".items").open = isOpen;
  const label = page.querySelector("[data-label]");
  if (label) form.querySelector("[data-label]").replaceWith(label);
  byId("expected").value = page.querySelector("#expected").value;
  form.querySelector("[data-banner]")?.remove();
  const banner = page.querySelector("[data-banner]");
  if (banner) form.querySelector("[data-status]").after(banner);
  form.querySelector("[data-status]").textContent =
    `${form.dataset.textTotal} ${document.querySelector(".amount").textContent}`;
  const wrong = document.querySelector(".summary [aria-invalid]");
  const next = wrong || byId(focused) || byId("promotion_code") || byId("drop_code");
  if (next && !next.disabled) next.focus();
}

function changeInPlace() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="action"]');
    // What the buyer removes or adds among the payment methods is part of the form, which then comes anew.
    if (!button || !button.closest(".summary")) return;
    event.preventDefault();
    change(button.value);
  });
  document.addEventListener("change", (event) => {
    if (event.target.dataset.change) change(event.target.dataset.change);
  });
  document.addEventListener("keydown", (event) => {
    const other = event.key === "Enter" && event.target.dataset;
    if (!other || !(other.enter || other.change)) return;
    event.preventDefault();
    change(other.change || byId(other.enter).value);
  });
  if (!("noted" in form.dataset)) return;
  form.addEventListener("change", (event) => {
    if (!["email", "promotions"].includes(event.target.id)) return;
    fetch(address(), { method: "POST", body: sent("note"), keepalive: true }).catch(() => {});
  });
}

function submitOnce() {
  const button = form.querySelector(".submit");
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "action") return;
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

// A session that ends while its page is open says so by itself.
function watchExpiry() {
  const left = Number(form.dataset.expires) * 1000 - Date.now();
  if (left > 0 && left < 2 ** 31) window.setTimeout(() => window.location.reload(), left + 1000);
}

if (form) {
  if (byId("number")) formatCard();
  offerTests();
  checkFields();
  followRate();
  changeInPlace();
  submitOnce();
  watchExpiry();
  for (const input of document.querySelectorAll("[aria-invalid]")) {
    input.addEventListener("input", () => clearError(input), { once: true });
  }
  (document.querySelector("[aria-invalid]") || document.querySelector("[data-banner]"))?.focus();
}
