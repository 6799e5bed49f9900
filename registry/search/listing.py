"""What the index keeps of records, as rows of its tables.

Rows are gathered of many records and written a table at a time, which takes a third
of the time that writing record by record does.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from registry import freshness
from registry.iris import Iris
from registry.kinds import KINDS
from registry.language import LANGUAGES, choose
from registry.record import Version
from registry.search import alike, facets, question, spelling
from registry.search.words import Word, words

_WRITTEN = {
    "listed": """
      INSERT INTO listed
        (id, kind, key, name, called, state, place, fresh_until, stale_from)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    """,
    "facet": "INSERT OR IGNORE INTO facet VALUES (?, ?, ?)",
    "named": "INSERT INTO named VALUES (?, ?, ?)",
    "trait": alike.KEPT,
    "words": """
      INSERT INTO words (rowid, name, name_stems, text, stems) VALUES (?, ?, ?, ?, ?)
    """,
    "inside": "INSERT INTO inside VALUES (?, ?)",
    "placed": "INSERT OR IGNORE INTO placed VALUES (?, ?)",
    "labelled": "INSERT OR IGNORE INTO labelled VALUES (?, ?, ?)",
}
_json = json.JSONEncoder(ensure_ascii=False).encode
_NEW = """
SELECT value FROM json_each(?) WHERE value NOT IN (SELECT key FROM term)
"""


class Listing:
    """Rows of any number of records, which are not in the index.

    Args:
        iris: the registry's own.
    """

    def __init__(self, iris: Iris) -> None:
        self._iris = iris
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _WRITTEN}
        self._terms: dict[str, str] = {}

    def add(self, id: int, version: Version) -> None:
        """Adds the rows of a record that is to be listed under a number."""
        record, rows = version.head.record, self._rows
        document = json.loads(version.content.document)
        found = list(facets.of_document(document, self._iris))
        name = document.get("name") or document.get("title") or {}
        ages = freshness.ages(version)
        rows["listed"].append(
            (
                id,
                record.kind,
                record.key,
                _json(name),
                "|".join(["", *(question.whole(text) for text in name.values()), ""]),
                next((value for facet, value in found if facet == "state"), None),
                next((value for facet, value in found if facet == "location"), None),
                ages.fresh_until.isoformat() if ages else None,
                ages.stale_from.isoformat() if ages else None,
            )
        )
        rows["facet"] += [(facet, value, id) for facet, value in found]
        rows["named"] += [(tag, _sorted(name, tag), id) for tag in LANGUAGES]
        rows["trait"] += [(*trait, id) for trait in alike.traits_of(document)]
        named = [word for text in name.values() for word in words(text)]
        told = [word for text in _texts(document) for word in words(text)]
        told += _label(record.kind)
        rows["words"].append((id, *_keys(named), *_keys(told)))
        for word in told:
            self._terms.setdefault(word.key, word.shown)
        if record.kind == "place":
            self._add_place(record.key, document, named)
        if record.kind == "scheme":
            self._add_concepts(record.key, document)

    def _add_place(
        self, key: str, document: Mapping[str, Any], named: Sequence[Word]
    ) -> None:
        container = self._iris.parse(str(document.get("broader", "")))
        if container:
            self._rows["inside"].append((key, container.key))
        self._rows["placed"] += [(word.key, key) for word in named]

    def _add_concepts(self, scheme: str, document: Mapping[str, Any]) -> None:
        self._rows["labelled"] += [
            (form, f"{scheme}#{concept.get('notation')}", scheme)
            for concept in document.get("concepts", [])
            for text in concept.get("name", {}).values()
            for word in words(text)
            for form in {word.key, *word.stems}
        ]

    def write(self, connection: sqlite3.Connection) -> None:
        """Writes all rows, within the transaction that is open."""
        for name, statement in _WRITTEN.items():
            connection.executemany(statement, self._rows[name])
        self._learn(connection)

    def _learn(self, connection: sqlite3.Connection) -> None:
        """Notes words that a slip of somebody who asks may have been meant for."""
        keys = [
            key
            for key in self._terms
            if len(key) >= spelling.LEAST and not key.isdecimal()
        ]
        new = [key for (key,) in connection.execute(_NEW, (json.dumps(keys),))]
        connection.executemany(
            "INSERT INTO term VALUES (?, ?)", [(key, self._terms[key]) for key in new]
        )
        connection.executemany(
            "INSERT OR IGNORE INTO remains VALUES (?, ?)",
            [(part, key) for key in new for part in spelling.remains(key)],
        )


@cache
def _label(kind: str) -> Sequence[Word]:
    # People ask for a course by that word too, whatever it is called.
    return [word for text in KINDS[kind].label.values() for word in words(text)]


def _keys(found: Sequence[Word]) -> tuple[str, str]:
    """Returns the keys and the stems of words, as texts to be indexed."""
    stems = [stem for word in found for stem in word.stems]
    return " ".join([word.key for word in found]), " ".join(stems)


def _sorted(name: Mapping[str, str], language: str) -> str:
    """Returns what a name is sorted by: its words, without what stands around them."""
    chosen = choose(name, language)
    return " ".join(re.findall(r"\w+", chosen.text.casefold())) if chosen else ""


def _texts(value: object) -> Iterator[str]:
    """Yields every piece of text in a document, but no IRIs and no types."""
    if isinstance(value, str):
        if not value.startswith(("http://", "https://")):
            yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in {"@context", "id", "type"}:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
