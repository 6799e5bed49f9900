// The editor of the query page, over a text field that works alone and keeps the
// value that is sent.
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { indentWithTab } from "@codemirror/commands";
import { StreamLanguage, bracketMatching } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { minimalSetup } from "codemirror";

import { completions } from "./completions.js";
import { fault } from "./fault.js";
import { colours, frame } from "./editor-theme.js";

for (const field of document.querySelectorAll("textarea[data-editor]")) {
  // The editor brings its own styles, which the policy of the page takes only as
  // adopted sheets; without those the plain field is the better one.
  if ("adoptedStyleSheets" in Document.prototype) edit(field);
}

/** Puts an editor in the place of a text field. */
function edit(field) {
  const host = document.createElement("div");
  host.className = "editor";
  const root = host.attachShadow({ mode: "open" });
  const run = () => (field.form.requestSubmit(), true);
  const view = new EditorView({
    root,
    doc: field.value,
    extensions: [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run }])),
      minimalSetup,
      lineNumbers(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ override: [completions(field.dataset.editor)] }),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, indentWithTab]),
      StreamLanguage.define(sparql),
      fault(Number(field.dataset.line), Number(field.dataset.column)),
      frame,
      colours,
      EditorState.phrases.of(JSON.parse(field.dataset.phrases)),
      EditorView.contentAttributes.of({
        "aria-label": field.dataset.name,
        "aria-invalid": field.getAttribute("aria-invalid") ?? "false",
        dir: "ltr",
        lang: "zxx",
        spellcheck: "false",
        tabindex: "0",
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) field.value = update.state.doc.toString();
      }),
    ],
  });
  root.append(view.dom);
  field.after(host);
  // A field that cannot be seen must not be one that the browser asks to fill in.
  field.required = false;
  field.hidden = true;
  for (const hint of document.querySelectorAll("[data-editing]")) hint.hidden = false;
  for (const label of field.labels) {
    label.addEventListener("click", () => view.focus());
  }
  // A reader who comes back finds the text that the browser kept in the field.
  window.addEventListener("pageshow", () => {
    if (field.value === view.state.doc.toString()) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: field.value } });
  });
}
