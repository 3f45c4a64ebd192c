// Posts with JavaScript: reacting and hiding in place, times in words. Photos and talk have files of their own.
// Without it every act is a plain form and every link a page.
(() => {
  "use strict";

  const { unanswered } = document.currentScript.dataset;

  const send = async (url, options = {}) => {
    const response = await fetch(url, { ...options, headers: { "HX-Request": "true", ...options.headers } });
    const elsewhere = response.headers.get("HX-Redirect");
    if (elsewhere) location.assign(elsewhere);
    return response;
  };

  // A button without an address of its own has the page's as its formAction.
  const targetOf = (form, submitter) => submitter?.getAttribute("formaction") ?? form.action;

  const pieceOf = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html.trim();
    return template.content.firstElementChild;
  };

  // A refusal stands below the row of acts that it is about: in the row it would be squeezed, in a menu it would
  // go when the menu closes.
  const placeOf = (form) => form.closest("[data-acts]") ?? form;

  const forgetRefusal = (form) => placeOf(form).parentElement?.querySelector(":scope > [data-refusal]")?.remove();

  const refuse = (form, piece) => {
    forgetRefusal(form);
    placeOf(form).after(piece);
    const menu = form.closest("details[data-menu]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  };

  // Never sent again by itself: it may have been done although no answer came.
  const tellUnanswered = (form) => {
    if (!form.isConnected) return location.reload();
    const piece = pieceOf('<p class="notice notice--error" role="alert" data-refusal></p>');
    piece.textContent = unanswered;
    refuse(form, piece);
  };

  // Reacting and hiding.

  const actOnPost = async (form, submitter) => {
    const response = await send(targetOf(form, submitter), {
      method: "POST",
      body: new FormData(form, submitter),
    });
    if (response.status === 204) return;
    const piece = pieceOf(await response.text());
    if (!piece) return location.reload();
    if (piece.matches("[data-refusal]")) return refuse(form, piece);
    if (form.dataset.postAct === "hide") return hide(form.closest("[data-post]"), piece);
    if (form.dataset.postAct === "show") return show(form);
    if (!piece.matches("[data-foot]")) return location.reload();
    const foot = form.closest("[data-foot]");
    foot.replaceWith(piece);
    piece.querySelector("summary")?.focus();
  };

  const hidden = new Map();

  const hide = (article, notice) => {
    hidden.set(notice, article);
    article.replaceWith(notice);
    notice.querySelector("button").focus();
  };

  const show = (notice) => {
    const article = hidden.get(notice);
    if (!article) return location.reload();
    notice.replaceWith(article);
    article.querySelector("summary")?.focus();
  };

  // Times in words, which a kept page may tell a few minutes late.

  const STEPS = [["minute", 60], ["hour", 3600], ["day", 86400], ["week", 604800]];
  const MONTH_S = 30 * 86400;

  const tellTimes = (root) => {
    if (!window.Intl?.RelativeTimeFormat) return;
    const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
    for (const time of root.querySelectorAll("time[data-ago]")) {
      const passed = (Date.now() - Date.parse(time.dateTime)) / 1000;
      if (!(passed >= 0 && passed < MONTH_S)) continue;
      const [unit, seconds] = STEPS.findLast((step) => passed >= step[1]) ?? STEPS[0];
      time.textContent = words.format(-Math.max(1, Math.round(passed / seconds)), unit);
    }
  };

  // What is pressed.

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-post-act]")) return;
    event.preventDefault();
    actOnPost(form, event.submitter).catch(() => tellUnanswered(form));
  });

  // In the picker arrows go from one reaction to the next.
  document.addEventListener("keydown", (event) => {
    const kind = event.target.closest?.(".react__kind");
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!kind || !by) return;
    event.preventDefault();
    const kinds = [...kind.parentElement.querySelectorAll(".react__kind")];
    kinds[(kinds.indexOf(kind) + by + kinds.length) % kinds.length].focus();
  });

  setInterval(() => tellTimes(document), 60000);
  document.addEventListener("htmx:after:swap", () => tellTimes(document));
  tellTimes(document);
  window.vitrineFeed = { send, targetOf, pieceOf, refuse, forgetRefusal, tellUnanswered, tellTimes };
})();
