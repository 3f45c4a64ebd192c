// Arrow keys go from the search's field into the results and through them; Tab does too, without this.
(() => {
  "use strict";

  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const hits = [...document.querySelectorAll("[data-hits] a")];
    const fields = [...document.querySelectorAll("input[type=search]")];
    const at = hits.indexOf(document.activeElement);
    if (!hits.length || (at < 0 && !fields.includes(document.activeElement))) return;
    event.preventDefault();
    const next = event.key === "ArrowDown" ? at + 1 : at - 1;
    if (next < 0) document.getElementById("page-search").focus();
    else hits[Math.min(next, hits.length - 1)].focus();
  });
})();
