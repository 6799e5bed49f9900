// What the editor offers: words of the language, our prefixes, classes, properties,
// and the variables of the query itself. All of it comes from our own data.
const WORDS = `ASK BASE BIND CONSTRUCT COUNT DATATYPE DESCRIBE DISTINCT EXISTS FILTER FROM
  GRAPH GROUP_CONCAT HAVING LANG LIMIT MAX MIN MINUS OFFSET OPTIONAL PREFIX REGEX SELECT
  STR STRAFTER STRBEFORE SUBSTR SUM UNION VALUES WHERE`.split(/\s+/);
const PHRASES = ["GROUP BY", "ORDER BY", "FILTER NOT EXISTS", "NAMED"];

/** Returns a source of completions with the terms at an address, fetched once. */
export function completions(address) {
  let asked;
  return async (context) => {
    const word = context.matchBefore(/[?$]?[\w-]*(?::[\w.-]*)?/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    if (/^[?$]/.test(word.text)) return offer(word, variables(context.state, word));
    asked ??= fetch(address).then((answer) => answer.json());
    const terms = await asked.catch(() => ((asked = undefined), null));
    if (!terms || context.aborted) return null;
    return offer(word, [...words(), ...named(terms)]);
  };
}

function offer(word, options) {
  return { from: word.from, options, validFor: /^[?$]?[\w-]*(?::[\w.-]*)?$/ };
}

function words() {
  return [...WORDS, ...PHRASES].map((label) => ({ label, type: "keyword", boost: -1 }));
}

function variables(state, word) {
  const found = new Set(state.doc.toString().match(/[?$]\w+/g));
  found.delete(word.text);
  return [...found].map((label) => ({ label, type: "variable" }));
}

function named({ prefixes, terms }) {
  return [
    ...Object.entries(prefixes).map(([prefix, iri]) => ({
      label: `${prefix}:`,
      detail: iri,
      type: "namespace",
      apply: inserting(prefixes),
    })),
    ...terms.map(([label, type, detail]) => ({
      label,
      detail,
      type,
      apply: inserting(prefixes),
    })),
  ];
}

/** Returns what puts a name into the text, and its prefix on top if that is missing. */
function inserting(prefixes) {
  return (view, { label }, from, to) => {
    const prefix = label.slice(0, label.indexOf(":"));
    const text = view.state.doc.toString();
    const line = view.state.doc.lineAt(from).text;
    const declared = new RegExp(`^\\s*prefix\\s+${prefix}:`, "im").test(text);
    const declaring = /^\s*prefix\s/i.test(line);
    const first = `PREFIX ${prefix}: <${prefixes[prefix]}>`;
    if (declaring) {
      const end = from + label.length;
      const insert = `${prefix}: <${prefixes[prefix]}>`;
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length } });
    } else {
      const top = declared ? "" : `${first}\n`;
      const place = afterComments(view.state.doc);
      view.dispatch({
        changes: [...(top ? [{ from: place, insert: top }] : []), { from, to, insert: label }],
        selection: { anchor: from + label.length + top.length },
      });
    }
  };
}

/** Returns where the first line begins that is no comment. */
function afterComments(doc) {
  for (let n = 1; n <= doc.lines; n += 1) {
    const line = doc.line(n);
    if (!line.text.startsWith("#")) return line.from;
  }
  return doc.length;
}
