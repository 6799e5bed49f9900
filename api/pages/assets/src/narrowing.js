// Long lists of choices get a box whose words leave only what has them.

/** Gives every list that asks for it, by `data-narrowed`, such a box. */
export function watchLists(root) {
  for (const list of root.querySelectorAll("[data-narrowed]")) {
    const box = document.createElement("input");
    box.type = "search";
    box.autocomplete = "off";
    box.setAttribute("aria-label", list.dataset.narrowed);
    box.placeholder = list.dataset.narrowed;
    box.addEventListener("input", () => narrow(list, box.value));
    // Enter would press the first button of the form.
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    list.before(box);
  }
}

function narrow(list, words) {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  for (const label of list.querySelectorAll("label")) {
    const text = label.textContent.toLocaleLowerCase();
    const chosen = label.querySelector("input").checked;
    label.hidden = !chosen && !wanted.every((word) => text.includes(word));
  }
}
