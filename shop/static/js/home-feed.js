// The feed: every minute it is asked whether something new came; the number of a slider follows its thumb.
(() => {
  "use strict";

  const MINUTE = 60_000;
  const place = document.getElementById("feed-news");
  let shown = "";

  const ask = async () => {
    if (document.hidden || !navigator.onLine) return;
    try {
      // The browser keeps the answer under its ETag, so that one that did not change costs a 304.
      const answer = await fetch(place.dataset.news, { cache: "no-cache", headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) return;
      const piece = (await answer.text()).trim();
      if (piece === shown) return;
      shown = piece;
      place.innerHTML = piece;
    } catch {
      // Offline for a moment: the next minute asks again.
    }
  };

  if (place?.dataset.news) {
    setInterval(ask, MINUTE);
    document.addEventListener("visibilitychange", ask);
  }

  for (const slider of document.querySelectorAll("input[type=range][data-slider]")) {
    const output = document.getElementById(`${slider.id}-value`);
    const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
    const show = () => {
      const number = Number(slider.value);
      const isDays = output.dataset.days && number >= 48 && number % 24 === 0;
      const text = isDays ? output.dataset.days : output.dataset.text;
      output.textContent = text.replace("#", format.format(isDays ? number / 24 : number));
    };
    slider.addEventListener("input", show);
  }
})();
