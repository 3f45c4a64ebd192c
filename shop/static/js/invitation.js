// The invitation to like the page: asked for a moment after the page, and only when nothing else is going on, since
// the server counts a visitor at that moment, whether they are shown it or held out. Esc skips it. Whoever keeps no
// cookies is left alone: their skipping could not be remembered, and each page would count them anew.
(() => {
  "use strict";

  const WAIT_MS = 1500;
  const AGAIN_MS = 1000;
  const slot = document.querySelector("[data-like-invitation]");
  if (!slot || slot.dataset.asked || !navigator.cookieEnabled) return;
  slot.dataset.asked = "1";

  const isBusy = () =>
    document.visibilityState !== "visible" ||
    document.querySelector("dialog[open], details[data-menu][open]") !== null ||
    document.activeElement?.matches("input, textarea, select, [contenteditable]");

  const styled = (address) =>
    new Promise((resolve) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = address;
      link.addEventListener("load", resolve);
      link.addEventListener("error", resolve);
      document.head.append(link);
    });

  const ask = async () => {
    if (isBusy()) {
      setTimeout(ask, AGAIN_MS);
      return;
    }
    let html = "";
    try {
      const response = await fetch(slot.dataset.likeInvitation, { headers: { Accept: "text/html" } });
      if (response.ok) html = (await response.text()).trim();
    } catch {
      return; // The page is whole without it.
    }
    if (!html) return;
    const template = document.createElement("template");
    template.innerHTML = html;
    const invitation = template.content.querySelector(".invitation");
    await styled(invitation.dataset.styles);
    show(invitation);
  };

  const show = (invitation) => {
    const isDialog = invitation.tagName === "DIALOG";
    const form = invitation.querySelector("[data-invitation-skip]");
    let isGone = false;

    const skip = () => {
      if (isGone) return;
      isGone = true;
      document.removeEventListener("keydown", onEscape);
      const hadFocus = invitation.contains(document.activeElement);
      if (isDialog) invitation.close(); // gives the focus back by itself
      invitation.remove();
      if (!isDialog && hadFocus) document.getElementById("main")?.focus({ preventScroll: true });
      // Goes on when the visitor leaves at once. What is not heard is asked again another day, no more.
      fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true }).catch(() => {});
    };

    const onEscape = (event) => {
      const isOthers = document.querySelector("dialog[open], details[data-menu][open]") !== null;
      if (event.key === "Escape" && !event.defaultPrevented && !isOthers) skip();
    };

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      skip();
    });
    slot.append(invitation);
    if (!isDialog) {
      document.addEventListener("keydown", onEscape);
      return;
    }
    invitation.addEventListener("cancel", (event) => {
      event.preventDefault();
      skip();
    });
    invitation.addEventListener("click", (event) => {
      if (event.target === invitation && isOutside(invitation, event)) skip();
    });
    invitation.showModal();
  };

  const isOutside = (element, event) => {
    const box = element.getBoundingClientRect();
    const isWithin = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    return !isWithin;
  };

  setTimeout(ask, WAIT_MS);
})();
