// The form of a coupon with JavaScript: its sentence follows what is typed, products are found and added, and a
// code is made up, all without a new page. The server does the same for the buttons alone.
(() => {
  "use strict";

  const form = document.querySelector("[data-coupon-form]");
  if (!form) return;
  const PAUSE_MS = 300;
  let turn = 0;
  let timer = 0;
  let acts = Promise.resolve();

  const swap = (page, ids) => {
    for (const id of ids) {
      const [here, there] = [document.getElementById(id), page.getElementById(id)];
      if (here && there) here.replaceWith(document.adoptNode(there));
    }
  };

  // The latest question counts: an answer that comes after a newer one was asked is left aside.
  const ask = async (name, value, ids) => {
    const mine = ++turn;
    clearTimeout(timer);
    const data = new FormData(form);
    data.set(name, value);
    form.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.getAttribute("action"), { method: "POST", body: data, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (mine !== turn) return false;
      if (!page.getElementById("coupon-sentence")) throw new Error(String(response.status));
      swap(page, ids);
      return true;
    } finally {
      if (mine === turn) form.removeAttribute("aria-busy");
    }
  };

  // Buttons are done one after the other, each with what the one before brought; the sentence waits for them.
  const act = (button, ids) => {
    const done = acts.then(() => ask(button.name, button.value, ids));
    acts = done.catch(() => {});
    return done;
  };

  const tell = () => acts.then(() => ask("action", "preview", ["coupon-sentence"])).catch(() => {});

  const later = (event) => {
    if (event.target.matches('[name="product_q"]')) return;
    clearTimeout(timer);
    timer = setTimeout(tell, PAUSE_MS);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const ids = button?.dataset.updates?.split(" ");
    if (!ids) return;
    event.preventDefault();
    const places = button.dataset.focus?.split(" ") ?? [];
    act(button, ids).then(
      (done) => done && places.map((id) => document.getElementById(id)).find((element) => element)?.focus(),
      () => {
        document.querySelector("#coupon-sentence .coupon-sentence__text").textContent = form.dataset.failed;
      },
    );
  });

  // Enter in the search finds, everywhere else it saves; without a script the server has to guess which was meant.
  form.querySelector('[name="action"][value="enter"]').value = "save";
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.dataset.enter) return;
    event.preventDefault();
    form.requestSubmit(document.getElementById(event.target.dataset.enter));
  });
})();
