// An error is about what was sent; once its field changes, it no longer holds, and nobody hears of it either.
document.addEventListener("input", ({ target }) => {
  document.getElementById(target.getAttribute("aria-describedby"))?.setAttribute("hidden", "");
  target.classList.remove("is-invalid");
  target.removeAttribute("aria-invalid");
  target.removeAttribute("aria-describedby");
});

// Whoever has added an item goes on in the item box, on the page that shows it.
document.addEventListener("submit", ({ target }) => {
  if (target.matches(".item-form")) sessionStorage.setItem("adding", "yes");
});
if (sessionStorage.getItem("adding")) {
  sessionStorage.removeItem("adding");
  document.getElementById("id_text")?.focus();
}
