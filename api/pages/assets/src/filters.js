// Filters that are sent as soon as one is chosen, instead of at the press of a button.

/** Sends the form of a select that changes, if the form asks for it. */
export function watchFilters(root) {
  root.addEventListener("change", (event) => {
    event.target.closest?.("form[data-hurried] select")?.form.requestSubmit();
  });
}
