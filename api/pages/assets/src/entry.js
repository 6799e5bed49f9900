// What the forms of records run.
import { watchLists } from "./narrowing.js";

watchLists(document);
