// What every page runs. Each page works without it: these are conveniences.
import "htmx.org";

import { watchSuggestions } from "./suggestions.js";

watchSuggestions(document);
