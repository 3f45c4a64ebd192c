// Sharing with a friend: the search for one shows what it finds while one types, so Enter in it shares nothing yet.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-live-search]")) event.preventDefault();
});
