// The place where the query was found wrong, marked until the text is changed.
import { StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

const LINE = Decoration.line({ class: "cm-faulty" });
const PLACE = Decoration.mark({ class: "cm-fault" });

/** Returns the extension that marks a line and a column, if there are such. */
export function fault(line, column) {
  return StateField.define({
    create: ({ doc }) => (line >= 1 && line <= doc.lines ? marks(doc, line, column) : Decoration.none),
    update: (found, change) => (change.docChanged ? Decoration.none : found),
    provide: (field) => EditorView.decorations.from(field),
  });
}

function marks(doc, number, column) {
  const line = doc.line(number);
  // The server counts characters, the editor the units of UTF-16.
  const before = [...line.text].slice(0, column - 1).join("").length;
  const start = Math.min(line.from + before, line.to);
  const found = [LINE.range(line.from)];
  if (start < line.to) found.push(PLACE.range(start, Math.min(start + 1, line.to)));
  return Decoration.set(found);
}
