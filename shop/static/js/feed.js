// Posts with JavaScript: reacting in place, photos large, products at points of a photo, a talk that goes on by itself.
// Without it every act is a plain form and every link a page.
(() => {
  "use strict";

  const send = async (url, options = {}) => {
    const response = await fetch(url, { ...options, headers: { "HX-Request": "true", ...options.headers } });
    const elsewhere = response.headers.get("HX-Redirect");
    if (elsewhere) location.assign(elsewhere);
    return response;
  };

  const pieceOf = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html.trim();
    return template.content.firstElementChild;
  };

  const refuse = (form, piece) => {
    form.parentElement.querySelector("[data-refusal]")?.remove();
    form.after(piece);
  };

  // Reacting and hiding.

  const actOnPost = async (form, submitter) => {
    const response = await send(submitter?.formAction || form.action, {
      method: "POST",
      body: new FormData(form, submitter),
    });
    if (response.status === 204) return;
    const piece = pieceOf(await response.text());
    if (!piece) return location.reload();
    if (piece.matches("[data-refusal]")) return refuse(form, piece);
    if (form.dataset.postAct === "hide") return hide(form.closest("[data-post]"), piece);
    if (form.dataset.postAct === "show") return show(form);
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

  // Comments.

  const talk = () => document.querySelector("[data-talk]");
  const draftKey = (form) => `draft ${location.pathname} ${form.dataset.write}`;

  const store = (key, text) => {
    try {
      if (text) sessionStorage.setItem(key, text);
      else sessionStorage.removeItem(key);
    } catch {
      // Private windows may keep nothing; then only the address keeps it.
    }
  };

  const recall = (root) => {
    for (const form of root.querySelectorAll("form[data-write]")) {
      const body = form.elements.body;
      try {
        body.value ||= sessionStorage.getItem(draftKey(form)) ?? "";
      } catch {
        return;
      }
    }
  };

  const write = async (form, submitter) => {
    const button = submitter ?? form.querySelector("button[type=submit]");
    button.disabled = true;
    try {
      const response = await send(form.action, { method: "POST", body: new FormData(form, submitter) });
      if (response.status === 204) return;
      const piece = pieceOf(await response.text());
      if (piece?.matches("form")) {
        form.replaceWith(piece);
        piece.elements.body.focus();
        return;
      }
      if (!piece?.matches("li")) throw new Error(response.statusText);
      store(draftKey(form), "");
      place(piece, form);
    } catch {
      form.submit();
    } finally {
      button.disabled = false;
    }
  };

  const place = (comment, form) => {
    const before = document.getElementById(comment.id);
    const list = document.getElementById("comments-list");
    document.querySelector("[data-talk-empty]")?.remove();
    if (before) {
      keepReplies(before, comment);
      before.replaceWith(comment);
    } else if (comment.dataset.parent) {
      document.getElementById(`replies-${comment.dataset.parent}`)?.append(comment);
      form.remove();
    } else if (talk().dataset.order === "oldest") list.append(comment);
    else list.prepend(comment);
    if (form.dataset.write.startsWith("post-")) form.reset();
    comment.tabIndex = -1;
    comment.focus();
    tellTimes(comment);
    look();
  };

  const keepReplies = (before, after) => {
    const mine = before.querySelector(":scope > .comment__replies");
    const fresh = after.querySelector(":scope > .comment__replies");
    if (mine && fresh) fresh.replaceWith(mine);
    const more = before.querySelector(":scope > [data-thread]");
    if (more && !after.querySelector(":scope > [data-thread]")) after.append(more);
    else if (!more) after.querySelector(":scope > [data-thread]")?.remove();
  };

  const actOnComment = async (form, submitter) => {
    const response = await send(submitter?.formAction || form.action, { method: "POST", body: new FormData(form) });
    if (response.status === 204) return;
    const piece = pieceOf(await response.text());
    if (piece?.matches("[data-refusal]")) return refuse(form, piece);
    if (!piece?.matches("li")) return location.reload();
    const before = form.closest("[data-comment]");
    const wasLike = form.action.includes("/likes");
    keepReplies(before, piece);
    before.replaceWith(piece);
    tellTimes(piece);
    const next = piece.querySelector(wasLike ? "[aria-pressed]" : ".notice button, .comment__act");
    next?.focus();
  };

  const openForm = async (link) => {
    const side = link.closest(".comment__side");
    const known = side.querySelector("form[data-write]");
    if (known?.dataset.from === link.href) return known.elements.body.focus();
    known?.remove();
    const response = await send(link.href);
    if (response.status === 204) return;
    const form = pieceOf(await response.text());
    if (!form?.matches("form")) return location.assign(link.href);
    form.dataset.from = link.href;
    side.append(form);
    recall(side);
    form.elements.body.focus();
  };

  const openThread = async (link) => {
    const id = link.dataset.thread;
    opened.add(id);
    const fresh = await ask();
    const replies = fresh?.querySelector(`#replies-${id}`);
    if (!replies) return location.assign(link.href);
    const list = document.getElementById(`replies-${id}`);
    list.replaceWith(replies);
    tellTimes(replies);
    link.remove();
    replies.querySelector("a, button")?.focus();
  };

  // The talk goes on by itself: asked every ten seconds while somebody looks; a 304 says that nothing is new.

  const EVERY_MS = 10000;
  const opened = new Set();
  let tag = null;
  let timer = null;

  const ask = async (known = null) => {
    const url = new URL(talk().dataset.talk, location.href);
    const here = new URLSearchParams(location.search);
    for (const name of ["order", "after", "comment"]) if (here.get(name)) url.searchParams.set(name, here.get(name));
    for (const id of [...here.getAll("thread"), ...opened]) url.searchParams.append("thread", id);
    const headers = known ? { "If-None-Match": known } : {};
    const response = await fetch(url, { headers, cache: "no-store" });
    if (!response.ok) return null;
    tag = response.headers.get("ETag");
    return new DOMParser().parseFromString(await response.text(), "text/html");
  };

  const isBusy = (comment) =>
    comment.contains(document.activeElement) || comment.querySelector("form[data-write]") !== null;

  // Puts what is new among what is there, by the order of the fresh list; what somebody works in stays as it is.
  const mergeList = (list, fresh, keepUnknown) => {
    let added = 0;
    let last = null;
    const known = new Set();
    for (const item of [...fresh.children]) {
      known.add(item.id);
      const mine = document.getElementById(item.id);
      if (!mine) {
        const copy = document.importNode(item, true);
        if (last) last.after(copy);
        else list.prepend(copy);
        tellTimes(copy);
        last = copy;
        added += 1;
        continue;
      }
      added += mergeReplies(mine, item);
      if (mine.dataset.mark !== item.dataset.mark && !isBusy(mine)) {
        const copy = document.importNode(item, true);
        keepReplies(mine, copy);
        mine.replaceWith(copy);
        tellTimes(copy);
        last = copy;
      } else last = mine;
    }
    if (!keepUnknown) {
      for (const item of [...list.children]) {
        if (!known.has(item.id) && item.dataset.mark !== "gone" && !isBusy(item)) item.remove();
      }
    }
    return added;
  };

  const mergeReplies = (mine, item) => {
    const list = mine.querySelector(":scope > .comment__replies");
    const fresh = item.querySelector(":scope > .comment__replies");
    if (!list || !fresh) return 0;
    const added = mergeList(list, fresh, true);
    const more = mine.querySelector(":scope > [data-thread]");
    const freshMore = item.querySelector(":scope > [data-thread]");
    if (freshMore && list.children.length <= fresh.children.length) {
      const copy = document.importNode(freshMore, true);
      if (more) more.replaceWith(copy);
      else mine.append(copy);
    }
    return added;
  };

  const look = async () => {
    clearTimeout(timer);
    try {
      const fresh = await ask(tag);
      const list = document.getElementById("comments-list");
      const freshList = fresh?.getElementById("comments-list");
      if (list && freshList) {
        const isFirstPart = !document.querySelector("#comments-list-more.is-grown") && list.children.length <= 40;
        const added = mergeList(list, freshList, !isFirstPart);
        if (freshList.children.length) document.querySelector("[data-talk-empty]")?.remove();
        for (const number of document.querySelectorAll("[data-comment-number]")) number.textContent = freshList.dataset.count;
        for (const link of document.querySelectorAll("[data-comment-count]")) link.textContent = freshList.dataset.text;
        if (added) say(added);
      }
    } catch {
      // The network is away for a moment: asked again at the next turn.
    }
    wait();
  };

  const say = (added) => {
    const section = talk();
    const text = added === 1 ? section.dataset.oneNew : section.dataset.manyNew.replace("#", added);
    section.querySelector("[data-talk-news]").textContent = text;
  };

  const wait = () => {
    clearTimeout(timer);
    if (talk() && !document.hidden) timer = setTimeout(look, EVERY_MS);
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else if (talk()) look();
  });

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

  // Photos large, in a dialog that arrows turn.

  let viewer = null;
  let photos = [];
  let shown = 0;
  let opener = null;

  const makeViewer = () => {
    const frame = document.getElementById("photo-frame");
    viewer = document.createElement("dialog");
    viewer.className = "viewer";
    viewer.setAttribute("aria-label", frame.dataset.label);
    viewer.append(frame.content.cloneNode(true));
    viewer.addEventListener("click", (event) => {
      const act = event.target.closest("[data-viewer]")?.dataset.viewer;
      if (act === "close") viewer.close();
      else if (act) turn(act === "next" ? 1 : -1);
    });
    viewer.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") turn(1);
      else if (event.key === "ArrowLeft") turn(-1);
    });
    viewer.addEventListener("close", () => opener?.focus());
    document.body.append(viewer);
  };

  const turn = (by) => {
    shown = (shown + by + photos.length) % photos.length;
    const source = photos[shown].querySelector("img");
    const image = viewer.querySelector("img");
    const largest = photos[shown].querySelector("source")?.srcset.split(", ").at(-1)?.split(" ")[0];
    image.src = largest ?? source.currentSrc ?? source.src;
    image.alt = source.alt;
    viewer.querySelector("figcaption").textContent = source.alt;
    const place = document.getElementById("photo-frame").dataset.place;
    viewer.querySelector(".viewer__place").textContent = place.replace("##", photos.length).replace("#", shown + 1);
    for (const button of viewer.querySelectorAll(".viewer__stage > .button")) button.hidden = photos.length < 2;
  };

  const openPhoto = (link) => {
    if (!viewer) makeViewer();
    opener = link;
    photos = [...link.closest(".album").querySelectorAll("[data-photo]")];
    shown = photos.indexOf(link);
    turn(0);
    viewer.showModal();
  };

  // Points of a photo: placed where the picture shows what they stand for, however it is cut.

  const placeDots = (root) => {
    for (const photo of root.querySelectorAll("[data-points]")) {
      const image = photo.querySelector("img");
      const box = image.getBoundingClientRect();
      const frame = photo.getBoundingClientRect();
      const wide = Number(image.getAttribute("width"));
      const high = Number(image.getAttribute("height"));
      if (!box.width || !wide || !high) continue;
      const scale = Math.max(box.width / wide, box.height / high);
      for (const dot of photo.querySelectorAll(".dot")) {
        const x = (Number(dot.dataset.x) / 1000 - 0.5) * wide * scale + box.width / 2;
        const y = (Number(dot.dataset.y) / 1000 - 0.5) * high * scale + box.height / 2;
        const isInside = x >= 0 && y >= 0 && x <= box.width && y <= box.height;
        dot.toggleAttribute("data-placed", isInside);
        dot.style.left = `${Math.min(Math.max(x + box.left - frame.left, 22), frame.width - 22)}px`;
        dot.style.top = `${Math.min(Math.max(y + box.top - frame.top, 22), frame.height - 22)}px`;
      }
    }
  };

  let pop = null;

  const openGood = (dot) => {
    const good = document.getElementById(dot.dataset.good);
    if (!good?.showPopover) return good?.scrollIntoView({ block: "center" });
    if (!pop) {
      pop = document.createElement("div");
      pop.className = "good-pop";
      pop.popover = "auto";
      pop.setAttribute("role", "dialog");
      document.body.append(pop);
      pop.addEventListener("toggle", (event) => {
        if (event.newState !== "closed") return;
        const from = document.querySelector(".dot[aria-expanded=true]");
        from?.setAttribute("aria-expanded", "false");
        if (document.activeElement === document.body || pop.contains(document.activeElement)) from?.focus();
      });
    }
    pop.hidePopover();
    const copy = document.createElement("div");
    copy.className = "good";
    copy.append(...good.cloneNode(true).childNodes);
    pop.replaceChildren(copy);
    pop.setAttribute("aria-label", copy.querySelector(".good__title").textContent);
    pop.showPopover();
    dot.setAttribute("aria-expanded", "true");
    copy.querySelector("a, button").focus();
  };

  // What is pressed.

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const act = form.matches("[data-post-act]") ? actOnPost
      : form.matches("[data-comment-act]") ? actOnComment
      : form.matches("[data-write]") ? write
      : null;
    if (!act) return;
    event.preventDefault();
    act(form, event.submitter);
  });

  document.addEventListener("click", (event) => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!isPlain) return;
    const dot = event.target.closest(".dot");
    if (dot) return openGood(dot);
    const photo = event.target.closest("a[data-photo]");
    const form = event.target.closest("a[data-comment-form]");
    const thread = event.target.closest("a[data-thread]");
    const cancel = event.target.closest("a[data-cancel]");
    if (photo && document.getElementById("photo-frame")) {
      event.preventDefault();
      openPhoto(photo);
    } else if (form) {
      event.preventDefault();
      openForm(form);
    } else if (thread && talk()) {
      event.preventDefault();
      openThread(thread);
    } else if (cancel?.closest(".comment__side")) {
      event.preventDefault();
      const side = cancel.closest(".comment__side");
      const written = cancel.closest("form");
      store(draftKey(written), "");
      written.remove();
      side.querySelector("[data-comment-form]")?.focus();
    } else if (event.target.closest("#comments-list-more a")) {
      event.target.closest("#comments-list-more").classList.add("is-grown");
    }
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-write]");
    if (form && event.target === form.elements.body) store(draftKey(form), event.target.value);
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

  const prepare = () => {
    placeDots(document);
    tellTimes(document);
    recall(document);
    wait();
  };

  window.addEventListener("resize", () => placeDots(document));
  window.addEventListener("load", () => placeDots(document));
  setInterval(() => tellTimes(document), 60000);
  document.addEventListener("htmx:after:swap", () => {
    placeDots(document);
    tellTimes(document);
  });
  prepare();
})();
