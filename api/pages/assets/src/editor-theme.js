// The editor in the colours of the page, which reach into it as custom properties.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const frame = EditorView.theme({
  "&": {
    border: "1px solid var(--pico-form-element-border-color)",
    borderRadius: "var(--pico-border-radius)",
    backgroundColor: "var(--pico-form-element-background-color)",
    color: "var(--pico-color)",
    fontSize: "0.9rem",
    direction: "ltr",
  },
  "&.cm-focused": {
    outline: "3px solid var(--pico-primary)",
    outlineOffset: "1px",
  },
  ".cm-scroller": {
    fontFamily: "var(--pico-font-family-monospace)",
    lineHeight: "1.5",
    minHeight: "16rem",
    maxHeight: "36rem",
  },
  ".cm-content": { caretColor: "var(--pico-color)", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--pico-color)" },
  ".cm-gutters": {
    backgroundColor: "var(--ground-quiet)",
    color: "var(--pico-muted-color)",
    border: "0",
  },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--pico-text-selection-color)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--pico-text-selection-color)",
  },
  ".cm-faulty": { backgroundColor: "var(--ground-error)" },
  ".cm-fault": { boxShadow: "inset 0 -3px 0 var(--border-error)", fontWeight: "700" },
  ".cm-tooltip": {
    backgroundColor: "var(--pico-background-color)",
    border: "1px solid var(--pico-form-element-border-color)",
    color: "var(--pico-color)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { maxWidth: "min(40rem, 95vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.25rem 0.5rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--pico-primary-background)",
    color: "#fff",
  },
  ".cm-completionDetail": { fontStyle: "normal", marginLeft: "0.75rem" },
});

export const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.keyword, color: "var(--pico-primary)", fontWeight: "600" },
    { tag: tags.comment, color: "var(--pico-muted-color)", fontStyle: "italic" },
    { tag: [tags.string, tags.number], color: "var(--code-value)" },
    { tag: [tags.atom, tags.meta], color: "var(--code-name)" },
    { tag: tags.variableName, color: "var(--code-variable)" },
  ]),
);
