// What every page runs. Each page works without it: these are conveniences.
import "htmx.org";

import { watchFilters } from "./filters.js";
import { watchSuggestions } from "./suggestions.js";

watchFilters(document);
watchSuggestions(document);
