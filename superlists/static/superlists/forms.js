// An error is about what was sent; once its field changes, it no longer holds.
document.addEventListener("input", ({ target }) => {
  target.classList.remove("is-invalid");
  target.removeAttribute("aria-invalid");
});
