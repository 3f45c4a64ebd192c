// The bell asks once a minute, while its page is in front, whether there is something new. It costs one small
// request, mostly answered 304; without this script the number comes with the next page.
(() => {
  const EVERY_MS = 60_000;
  let asked = Date.now();

  async function refresh() {
    const bell = document.querySelector("[data-bell]");
    if (!bell || document.hidden || Date.now() - asked < EVERY_MS) return;
    asked = Date.now();
    try {
      const answer = await fetch(bell.dataset.bell);
      if (answer.status !== 200 || answer.redirected) return;
      const read = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = read.querySelector("[data-bell]");
      if (!fresh || fresh.outerHTML === bell.outerHTML) return;
      const hadFocus = document.activeElement === bell;
      bell.replaceWith(fresh);
      if (hadFocus) fresh.focus();
    } catch {
      // Away for a moment; the next minute asks again.
    }
  }

  setInterval(refresh, EVERY_MS);
  document.addEventListener("visibilitychange", refresh);
})();
