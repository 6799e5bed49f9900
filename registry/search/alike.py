"""Records that have something in common which tells one thing from others.

What that is says `registry.duplicates`; here it is kept and looked up.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from registry.duplicates import traits
from registry.search import transliteration

SCHEMA = """
CREATE TABLE IF NOT EXISTS trait (
  name TEXT NOT NULL, value TEXT NOT NULL, id INTEGER NOT NULL,
  PRIMARY KEY (name, value, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS trait_of ON trait (id);
"""

KEPT = "INSERT OR IGNORE INTO trait VALUES (?, ?, ?)"
"""Keeps a trait, as a name and a value, of a record that is listed under a number."""

MOST = 50
"""Records that are looked at for each trait."""

_SHARED = """
SELECT listed.kind, listed.key, listed.name, listed.state, listed.place, shared.names
FROM (
  SELECT id, json_group_array(DISTINCT name) AS names FROM (
    SELECT trait.id, trait.name, row_number() OVER (
      PARTITION BY trait.name, trait.value ORDER BY trait.id) AS position
    FROM json_each(:traits) AS asked
    JOIN trait ON trait.name = asked.value ->> 0 AND trait.value = asked.value ->> 1
    JOIN listed AS own ON own.id = trait.id AND own.kind = :kind)
  WHERE position <= :most GROUP BY id) AS shared
JOIN listed ON listed.id = shared.id
ORDER BY listed.kind, listed.key
"""


def traits_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields what tells the thing of a document from others; see `KEPT`."""
    return traits(document, transliteration.key)


def shared(
    fetch: Callable[[str, Mapping[str, object]], list[Any]],
    kind: str,
    asked: Collection[tuple[str, str]],
) -> Sequence[tuple[Any, frozenset[str]]]:
    """Returns the rows of records that share traits, with the codes of these."""
    values = {"kind": kind, "traits": json.dumps(sorted(asked)), "most": MOST}
    rows = fetch(_SHARED, values)
    return [(row[:5], frozenset(json.loads(row[5]))) for row in rows]
