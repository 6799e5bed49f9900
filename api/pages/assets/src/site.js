// What every page runs. Each page works without it: these are conveniences.
import "htmx.org";

import { watchFilters } from "./filters.js";
import { watchLists } from "./narrowing.js";
import { watchSuggestions } from "./suggestions.js";

watchFilters(document);
watchLists(document);
watchSuggestions(document);
