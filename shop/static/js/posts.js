// The composer with JavaScript: photos are uploaded when they are chosen, products are found and tagged without
// a new page, and a tag's point is pressed, dragged or moved with the arrow keys. The number fields are what is
// sent; the server does all of it too, only with a page in between.
(() => {
  "use strict";

  const form = document.querySelector("[data-post-form]");
  if (!form) return;
  const list = form.querySelector("[data-pictures]");
  const uploads = form.querySelector('[name="uploads"]');
  const uploading = form.querySelector("[data-uploading]");
  const STEP = 1;
  const BIG_STEP = 5;

  const tags = () => [...form.querySelectorAll("[data-tag]")];
  const rounded = (value) => String(Math.round(Math.min(100, Math.max(0, value)) * 10) / 10);
  const number = (input) => {
    const value = Number(input.value.replace(",", "."));
    return Number.isFinite(value) && input.value.trim() ? Math.min(100, Math.max(0, value)) : 50;
  };

  // Points on photos.

  const place = (point, x, y) => {
    point.style.left = `${x}%`;
    point.style.top = `${y}%`;
  };

  const say = (point, tag) => {
    point.setAttribute("aria-label", `${tag.dataset.name}: ${tag.querySelector("[data-x]").value} %, ${tag.querySelector("[data-y]").value} %`);
  };

  const setPoint = (tag, x, y) => {
    const [fieldX, fieldY] = [tag.querySelector("[data-x]"), tag.querySelector("[data-y]")];
    fieldX.value = rounded(x);
    fieldY.value = rounded(y);
    fieldX.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const at = (event, image) => {
    const box = image.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100];
  };

  const makePoint = (text) => {
    const point = document.createElement("button");
    point.type = "button";
    point.className = "post-point";
    const dot = document.createElement("span");
    dot.textContent = text;
    point.append(dot);
    return point;
  };

  const pointOf = (tag, image, text) => {
    const point = makePoint(text);
    place(point, number(tag.querySelector("[data-x]")), number(tag.querySelector("[data-y]")));
    say(point, tag);
    point.addEventListener("keydown", (event) => {
      const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
      if (!dx && !dy) return;
      event.preventDefault();
      const step = event.shiftKey ? BIG_STEP : STEP;
      setPoint(tag, number(tag.querySelector("[data-x]")) + dx * step, number(tag.querySelector("[data-y]")) + dy * step);
    });
    point.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      point.setPointerCapture(event.pointerId);
      const move = (moved) => setPoint(tag, ...at(moved, image));
      point.addEventListener("pointermove", move);
      const drop = () => point.removeEventListener("pointermove", move);
      point.addEventListener("pointerup", drop, { once: true });
      point.addEventListener("pointercancel", drop, { once: true });
    });
    point.addEventListener("click", (event) => event.stopPropagation());
    tag.point = point;
    return point;
  };

  const newPhoto = () => form.querySelector("[data-new-photo]");

  const showPoints = () => {
    for (const layer of form.querySelectorAll("[data-points]")) layer.replaceChildren();
    tags().forEach((tag, index) => {
      const key = tag.querySelector("[data-tag-photo]").value;
      const image = key && form.querySelector(`[data-photo="${CSS.escape(key)}"]`);
      tag.point = null;
      if (image && !tag.querySelector("[data-tag-removed]").checked) {
        image.querySelector("[data-points]").append(pointOf(tag, image, index + 1));
      }
    });
    const image = newPhoto().value && form.querySelector(`[data-photo="${CSS.escape(newPhoto().value)}"]`);
    const note = form.querySelector("[data-new-point]");
    note.hidden = !image;
    if (!image) return;
    const point = makePoint("+");
    point.classList.add("post-point--new");
    point.disabled = true;
    point.setAttribute("aria-hidden", "true");
    place(point, form.querySelector("[data-new-x]").value, form.querySelector("[data-new-y]").value);
    image.querySelector("[data-points]").append(point);
    note.textContent = note.dataset.text.replace("#", image.dataset.label);
  };

  form.addEventListener("input", (event) => {
    const tag = event.target.closest("[data-tag]");
    if (!tag?.point) return;
    place(tag.point, number(tag.querySelector("[data-x]")), number(tag.querySelector("[data-y]")));
    say(tag.point, tag);
  });

  form.addEventListener("change", (event) => {
    if (event.target.closest("[data-tag-photo], [data-tag-removed]")) showPoints();
    if (event.target === list) renumber();
  });

  // A press on a photo chooses a point; the product that is tagged next goes there.
  form.addEventListener("click", (event) => {
    const image = event.target.closest("[data-photo]");
    if (!image) return;
    const [x, y] = at(event, image);
    newPhoto().value = image.dataset.photo;
    form.querySelector("[data-new-x]").value = rounded(x);
    form.querySelector("[data-new-y]").value = rounded(y);
    showPoints();
    const field = form.querySelector('[name="product_q"]');
    field.focus();
    if (!form.querySelector(".post-results")) ask("search");
  });

  // Photos that were moved have other numbers, in their labels and where tags name them.
  const renumber = () => {
    [...list.children].forEach((card, index) => {
      const image = card.querySelector("[data-photo]");
      image.dataset.label = image.dataset.label.replace(/\d+/, index + 1);
      for (const option of form.querySelectorAll(`[data-tag-photo] option[value="${CSS.escape(image.dataset.photo)}"]`)) {
        option.textContent = option.dataset.text.replace("#", index + 1);
      }
    });
  };

  // Asking the server, which answers with the whole form; the parts that it changed are put in place.

  const ready = () => {
    for (const image of form.querySelectorAll("[data-photo]")) image.classList.add("is-choosable");
    showPoints();
  };

  const swap = (page, names) => {
    for (const name of names) {
      const [old, fresh] = [form.querySelector(`[name="${name}"]`), page.querySelector(`[name="${name}"]`)];
      if (old && fresh) old.value = fresh.value;
    }
    const fresh = page.getElementById("post-tags");
    const errors = form.querySelector("#field-uploads-errors");
    const freshErrors = page.getElementById("field-uploads-errors");
    list.replaceChildren(...page.querySelector("[data-pictures]").children);
    document.getElementById("post-tags").replaceChildren(...fresh.childNodes);
    errors?.remove();
    if (freshErrors) uploads.closest(".field").append(freshErrors);
    ready();
  };

  let turn = 0;
  const ask = async (action) => {
    const mine = ++turn;
    const data = new FormData(form);
    data.set("action", action);
    if (action !== "photos") data.delete("uploads");
    form.setAttribute("aria-busy", "true");
    try {
      // getAttribute: form.action is the buttons of that name
      const response = await fetch(form.getAttribute("action"), { method: "POST", body: data, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (mine !== turn) return false;
      if (!page.getElementById("post-tags")) throw new Error(String(response.status));
      swap(page, []);
      return true;
    } catch {
      uploading.textContent = form.dataset.failed;
      return false;
    } finally {
      if (mine === turn) form.removeAttribute("aria-busy");
    }
  };

  form.addEventListener("submit", async (event) => {
    const action = event.submitter?.value ?? "";
    if (action !== "search" && !action.startsWith("tag:")) return;
    event.preventDefault();
    const before = tags().length;
    if (!(await ask(action))) return;
    const added = tags();
    if (action === "search") form.querySelector(".post-result button")?.focus();
    else (added.length > before ? added.at(-1).point ?? added.at(-1).querySelector("select") : form.querySelector('[name="product_q"]')).focus();
  });

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.name !== "product_q") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector('[value="search"]'));
  });

  // Ctrl+S saves; the form's first button, which Enter presses, only shows a preview.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      document.querySelector('button[form="post-form"][value="save"]').click();
    },
    true,
  );

  uploads.addEventListener("change", async () => {
    const bytes = [...uploads.files].reduce((sum, file) => sum + file.size, 0);
    uploads.setCustomValidity(bytes > Number(form.dataset.maxUpload) * 0.98 ? form.dataset.tooLarge : "");
    if (!uploads.reportValidity() || !uploads.files.length) return;
    uploading.textContent = uploading.dataset.uploading;
    const isDone = await ask("photos");
    if (!isDone) return;
    uploads.value = "";
    uploading.textContent = uploading.dataset.uploaded;
    form.dispatchEvent(new Event("change"));
  });

  ready();
})();
