// An order's room with JavaScript: the refund's sum follows what is chosen, and the slips print themselves.
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  const form = document.querySelector("form[data-refund]");
  if (!form) return;

  const expected = form.querySelector("[data-expected]");
  const button = form.querySelector("[data-sum-label]");
  const digits = Number(form.dataset.digits);
  const scale = 10 ** digits;
  const format = new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency", currency: form.dataset.currency, minimumFractionDigits: digits, maximumFractionDigits: digits,
  });
  const left = Number(form.dataset.left);
  const step = Number(form.dataset.chargeStep);

  // As the server shares a line's total among its units, in steps that can be charged, so that all of them sum to it.
  const share = (input) => {
    const total = Number(input.dataset.total) / step;
    const quantity = Number(input.dataset.quantity);
    const refunded = Number(input.dataset.refunded);
    const units = Number(input.value) || 0;
    return (Math.floor((total * (refunded + units)) / quantity) - Math.floor((total * refunded) / quantity)) * step;
  };

  const typedAmount = () => {
    const text = form.elements.amount.value.replace(/[\s\u00a0\u202f]/g, "");
    const match = /^(\d{1,10})(?:[.,](\d{1,3}))?$/.exec(text);
    if (!match || (match[2] || "").length > digits) return null;
    return Number(match[1]) * scale + Number((match[2] || "").padEnd(digits, "0") || 0);
  };

  const sum = () => {
    const scope = form.elements.scope.value;
    if (scope === "all") return left;
    if (scope === "amount") return typedAmount();
    return [...form.querySelectorAll("[data-units]")].reduce((before, input) => before + share(input), 0);
  };

  const show = () => {
    const amount = sum();
    expected.value = amount ?? "";
    const isKnown = amount !== null && amount <= left;
    button.textContent = isKnown ? button.dataset.sumLabel.replace("{}", format.format(amount / scale)) : button.dataset.unsureLabel;
  };

  const choose = (scope) => {
    const radio = form.querySelector(`input[name=scope][value=${scope}]`);
    if (radio) radio.checked = true;
  };

  form.addEventListener("input", (event) => {
    const part = event.target.closest("[data-part]");
    if (part) choose(part.dataset.part);
    show();
  });
  form.addEventListener("change", show);
  window.addEventListener("pageshow", show);
})();
