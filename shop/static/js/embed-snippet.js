// Copies the lines of a card to the clipboard.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-from]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copyFrom);
  const said = button.closest(".embed-snippet").querySelector("[data-copy-said]");
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Without the permission, or on a plain http address: selected, Ctrl+C does the rest.
    field.focus();
    field.select();
    return;
  }
  said.textContent = button.dataset.done;
  const label = button.querySelector("span");
  const before = label.textContent;
  label.textContent = button.dataset.done;
  setTimeout(() => {
    label.textContent = before;
  }, 2000);
});
