// A post's talk with JavaScript: written, liked and opened in place, and it goes on by itself.
(() => {
  "use strict";

  const { send, targetOf, pieceOf, refuse, forgetRefusal, tellUnanswered, tellTimes } = window.vitrineFeed;

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
      forgetRefusal(form);
      place(piece, form);
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
    const response = await send(targetOf(form, submitter), { method: "POST", body: new FormData(form) });
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

  // What is pressed.

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const act = form.matches("[data-comment-act]") ? actOnComment : form.matches("[data-write]") ? write : null;
    if (!act || !talk()) return;
    event.preventDefault();
    act(form, event.submitter).catch(() => tellUnanswered(form));
  });

  document.addEventListener("click", (event) => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!isPlain || !talk()) return;
    const form = event.target.closest("a[data-comment-form]");
    const thread = event.target.closest("a[data-thread]");
    const cancel = event.target.closest("a[data-cancel]");
    if (form) {
      event.preventDefault();
      openForm(form).catch(() => location.assign(form.href));
    } else if (thread) {
      event.preventDefault();
      openThread(thread).catch(() => location.assign(thread.href));
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

  recall(document);
  wait();
})();
