// Test mode's rooms: what is copied is said, and a conversation shows what was said since without a reload.
(() => {
  "use strict";

  const said = document.getElementById("rooms-said");
  const say = (text) => {
    if (said) said.textContent = text;
  };

  // On a phone the room at hand may be beyond the edge of the navigation.
  const nav = document.querySelector(".rooms-nav");
  const current = nav?.querySelector("[aria-current]");
  if (current) nav.scrollLeft = current.offsetLeft + current.offsetWidth / 2 - nav.clientWidth / 2;

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      // No clipboard without https or permission: the text is marked, to be copied by hand.
      getSelection().selectAllChildren(button.parentElement.querySelector("code"));
      return;
    }
    button.classList.add("is-copied");
    say(button.dataset.said);
    setTimeout(() => button.classList.remove("is-copied"), 2000);
  });

  const talk = document.querySelector("[data-live]");
  if (!talk) return;

  // Only what is new comes in, so that what one has opened or is filling in stays as it is.
  const isBusy = (part) => part.contains(document.activeElement) || part.querySelector("details[open]");
  const take = (fresh) => {
    let count = 0;
    const list = fresh.getElementById(talk.id);
    let last = null;
    for (const item of [...(list ? list.children : [])]) {
      const here = document.getElementById(item.id);
      if (here) {
        last = here;
        continue;
      }
      const news = document.adoptNode(item);
      // Behind what stands before it there: of a long conversation the oldest part is here alone.
      if (last) last.after(news);
      else talk.prepend(news);
      last = news;
      count += 1;
    }
    for (const part of fresh.querySelectorAll("[data-live-part]")) {
      const here = document.getElementById(part.id);
      if (here && !isBusy(here) && here.innerHTML !== part.innerHTML) here.replaceWith(document.adoptNode(part));
    }
    if (count) say(talk.dataset.said);
  };

  let tries = 0;
  let tag = "";
  const look = async () => {
    if (!document.hidden) {
      try {
        const headers = tag ? { "If-None-Match": tag } : {};
        const answer = await fetch(talk.dataset.live, { credentials: "same-origin", headers });
        if (answer.ok) {
          tag = answer.headers.get("ETag") || "";
          take(new DOMParser().parseFromString(await answer.text(), "text/html"));
        }
      } catch {
        // The server is away for a moment; the next look finds it.
      }
      tries += 1;
    }
    // Quick at first, when webhooks are on their way; later now and then.
    setTimeout(look, tries < 10 ? 1500 : 5000);
  };
  setTimeout(look, 800);
})();
