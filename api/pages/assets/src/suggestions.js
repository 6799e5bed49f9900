// Suggestions below a search box: found by htmx, walked through by keyboard here.

/** Lets arrows, Escape and leaving the box do what readers expect of suggestions. */
export function watchSuggestions(root) {
  root.addEventListener("keydown", (event) => {
    const box = event.target.closest?.("[data-suggests]");
    if (!box) return;
    if (event.key === "Escape") close(box);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(box, event);
  });
  root.addEventListener("htmx:after:swap", () => {
    for (const box of root.querySelectorAll("[data-suggests]")) announce(box);
  });
  root.addEventListener("focusout", (event) => {
    const box = event.target.closest?.("[data-suggests]");
    if (box && !box.contains(event.relatedTarget)) list(box).replaceChildren();
  });
}

function list(box) {
  return box.querySelector("[data-suggestions]");
}

/** Tells those who do not see them how many suggestions there are. */
function announce(box) {
  const summary = list(box).firstElementChild?.dataset.summary ?? "";
  box.querySelector("[data-suggested]").textContent = summary;
}

function close(box) {
  list(box).replaceChildren();
  box.querySelector("input[type=search]").focus();
}

function move(box, event) {
  const stops = [
    box.querySelector("input[type=search]"),
    ...list(box).querySelectorAll("a"),
  ];
  const here = stops.indexOf(document.activeElement);
  const step = event.key === "ArrowDown" ? 1 : -1;
  const next = stops[here + step];
  if (here < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
