// A brand's page with JavaScript: a product opens as a drawer over what one looks at, with its own address;
// the chosen options change picture, price and stock at once; a page is shared; the open tab is in sight.
(() => {
  "use strict";

  // The drawer. Going back closes it; reloading shows the product's own page.

  let drawer = null;
  let opener = null;

  const makeDrawer = () => {
    drawer = document.createElement("dialog");
    drawer.className = "drawer";
    const template = document.getElementById("drawer-frame");
    drawer.append(template.content.cloneNode(true));
    drawer.setAttribute("aria-label", template.dataset.label);
    drawer.addEventListener("click", (event) => {
      if (event.target === drawer || event.target.closest("[data-close]")) leaveDrawer();
    });
    drawer.addEventListener("cancel", (event) => {
      event.preventDefault();
      leaveDrawer();
    });
    document.body.append(drawer);
  };

  const leaveDrawer = () => {
    if (history.state?.drawer) history.back();
    else closeDrawer();
  };

  const closeDrawer = () => {
    if (!drawer?.open) return;
    drawer.close();
    opener?.focus();
  };

  const openDrawer = async (url) => {
    if (!drawer) makeDrawer();
    const body = drawer.querySelector(".drawer__body");
    const skeleton = document.getElementById("drawer-frame").content.querySelector(".drawer__body");
    body.replaceChildren(...skeleton.cloneNode(true).childNodes);
    drawer.querySelector("[data-own-page]").href = url;
    if (!drawer.open) drawer.showModal();
    try {
      const response = await fetch(url, { headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(response.statusText);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const product = page.getElementById("product");
      body.replaceChildren(document.importNode(product, true));
      drawer.setAttribute("aria-label", product.querySelector("h1").textContent);
      drawer.scrollTop = 0;
      prepare(body);
    } catch {
      location.assign(url);
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-drawer]");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || !window.HTMLDialogElement || !document.getElementById("drawer-frame")) return;
    event.preventDefault();
    opener = link;
    history.pushState({ drawer: true }, "", link.href);
    openDrawer(link.href);
  });

  window.addEventListener("popstate", (event) => {
    if (event.state?.drawer) openDrawer(location.href);
    else closeDrawer();
  });

  // Choosing a variant. Each variant is a radio button that carries its facts; option pills pick among them.

  const say = (element, text) => {
    if (element) {
      element.textContent = text ?? "";
      element.hidden = !text;
    }
  };

  const showVariant = (form, variant) => {
    const product = form.closest("#product");
    const facts = variant.dataset;
    say(product.querySelector("[data-shows=price]"), facts.price);
    say(product.querySelector("[data-shows=was]"), facts.was);
    product.querySelector(".product__price .price__was").hidden = !facts.was;
    say(product.querySelector("[data-shows=stock]"), facts.stock);
    say(product.querySelector("[data-shows=sku]"), facts.sku);
    product.querySelector("[data-shows=stock]")?.classList.toggle("stock-note--low", facts.low === "1");
    const quantity = form.querySelector("input[name=quantity]");
    if (quantity) {
      quantity.max = facts.max;
      if (Number(quantity.value) > Number(facts.max)) quantity.value = facts.max;
    }
    if (facts.picture) showPicture(product, Number(facts.picture));
  };

  const variantsOf = (form) => [...form.querySelectorAll("input[name=variant_id][data-price]")];

  const optionsOf = (variant) => JSON.parse(variant.dataset.options || "[]");

  // Options are chosen from the first to the last: a value is offered when, with what stands before it,
  // something is left to buy. So nobody can choose a sold-out combination, nor get stuck before one.
  const chooseOptions = (form, wanted) => {
    const groups = [...form.querySelectorAll("fieldset[data-option]")];
    let left = variantsOf(form).filter((variant) => !variant.disabled);
    groups.forEach((group, index) => {
      const offered = new Set(left.map((variant) => optionsOf(variant)[index]));
      const radios = [...group.querySelectorAll("input")];
      for (const radio of radios) radio.disabled = !offered.has(radio.value);
      const chosen =
        radios.find((radio) => radio.value === wanted[index] && !radio.disabled) ??
        radios.find((radio) => !radio.disabled);
      if (!chosen) return;
      chosen.checked = true;
      say(group.querySelector("[data-shows=chosen]"), chosen.dataset.label);
      left = left.filter((variant) => optionsOf(variant)[index] === chosen.value);
    });
    if (left[0]) {
      left[0].checked = true;
      showVariant(form, left[0]);
    }
  };

  const wantedOptions = (form) =>
    [...form.querySelectorAll("fieldset[data-option]")].map((group) => group.querySelector("input:checked")?.value);

  const showPicture = (product, index) => {
    const strip = product.querySelector(".gallery__strip");
    const slide = strip?.children[index];
    if (!slide) return;
    strip.scrollTo({ left: slide.offsetLeft - strip.offsetLeft });
    markPicture(product, index);
  };

  const markPicture = (product, index) => {
    product.querySelectorAll(".gallery__thumbs a").forEach((thumb, at) => {
      if (at === index) thumb.setAttribute("aria-current", "true");
      else thumb.removeAttribute("aria-current");
    });
  };

  const prepare = (root) => {
    for (const form of root.querySelectorAll("form[data-variants]")) {
      const groups = form.querySelectorAll("fieldset[data-option]");
      const checked = variantsOf(form).find((variant) => variant.checked);
      if (!groups.length) {
        if (checked) showVariant(form, checked);
        continue;
      }
      for (const group of groups) group.disabled = false;
      chooseOptions(form, checked ? optionsOf(checked) : wantedOptions(form));
    }
    for (const strip of root.querySelectorAll(".gallery__strip")) {
      strip.addEventListener("scrollend", () =>
        markPicture(strip.closest("#product"), Math.round(strip.scrollLeft / strip.clientWidth)),
      );
    }
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-variants]");
    if (!form) return;
    if (event.target.closest("fieldset[data-option]")) chooseOptions(form, wantedOptions(form));
    else if (event.target.matches("input[name=variant_id]")) showVariant(form, event.target);
  });

  document.addEventListener("click", (event) => {
    const thumb = event.target.closest(".gallery__thumbs a");
    if (thumb) {
      event.preventDefault();
      showPicture(thumb.closest("#product"), [...thumb.closest("ul").querySelectorAll("a")].indexOf(thumb));
    }
  });

  // Sharing: the system's own sheet where there is one, else the address is copied.

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-share]");
    if (!button) return;
    const { share: url, shareTitle: title, shareDone: done } = button.dataset;
    try {
      if (navigator.share) await navigator.share({ url, title });
      else {
        await navigator.clipboard.writeText(url);
        const text = button.querySelector("span");
        const before = text.textContent;
        text.textContent = done;
        setTimeout(() => (text.textContent = before), 2500);
      }
    } catch (error) {
      if (error.name !== "AbortError") window.prompt(title, url);
    }
  });

  // Five tabs are wider than a phone: the one that is open is brought into the row.

  document.querySelector(".tabs__tab[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest", behavior: "instant" });

  prepare(document);
})();
