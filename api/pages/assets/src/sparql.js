// The editor of the query page, on top of a text field that works alone.
import { EditorView } from "codemirror";

window.EditorView = EditorView;
