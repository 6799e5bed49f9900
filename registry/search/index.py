"""The index behind `/records`: facets, the tree of places, and words.

Kept in an SQLite file of its own, so it can be thrown away. Words are matched
by SQLite's FTS5 without regard to case, in Cyrillic too, by their beginning.
"""

import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from registry.errors import BadParameter, RegistryError
from registry.iris import Iris, RecordId, record_id
from registry.ports import COUNT_CAP, Listed, ListPage, ListQuery
from registry.record import Version

_SCHEMA = """
CREATE TABLE IF NOT EXISTS position (sequence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS listed (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL,
  name TEXT NOT NULL, state TEXT, place TEXT, UNIQUE (kind, key));
CREATE TABLE IF NOT EXISTS facet (
  name TEXT NOT NULL, value TEXT NOT NULL, id INTEGER NOT NULL,
  PRIMARY KEY (name, value, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS facet_of ON facet (id);
CREATE TABLE IF NOT EXISTS inside (
  place TEXT PRIMARY KEY, container TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS inside_of ON inside (container);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
  text, tokenize = 'unicode61 remove_diacritics 0');
"""

_FACETS = {
    "serviceKind": "service",
    "genre": "service",
    "servesIn": "language",
    "taughtLanguage": "language",
    "language": "language",
    "state": "state",
    "location": "location",
    "areaServed": "area",
}
"""Terms of the document that can be filtered by, and the facet they fill."""

_PLACE = """
id IN (
  WITH RECURSIVE
    within (place) AS (
      SELECT :place UNION
      SELECT inside.place FROM inside JOIN within ON inside.container = within.place),
    around (place) AS (
      SELECT :place UNION
      SELECT inside.container FROM inside JOIN around ON inside.place = around.place)
  SELECT id FROM facet WHERE
    (name IN ('location', 'area') AND value IN (SELECT place FROM within))
    OR (name = 'area' AND value IN (SELECT place FROM around)))
"""
_FACET = "id IN (SELECT id FROM facet WHERE name = '{0}' AND value = :{0})"
_FILTERS = {
    "kind": "kind = :kind",
    "place": _PLACE,
    **{name: _FACET.format(name) for name in ("service", "language", "state")},
    "text": "id IN (SELECT rowid FROM words WHERE words MATCH :text)",
}


class Index:
    """Implements `ports.RecordIndex` and `ports.RecordList` on one file.

    Every thread reads through a connection of its own; one process writes.
    """

    def __init__(self, path: Path, iris: Iris) -> None:
        self._path = path
        self._iris = iris
        self._local = threading.local()
        self._prepare()

    def _prepare(self) -> None:
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)

    def discard(self) -> None:
        """Empties the index; readers see it empty until it is filled again."""
        with self._connection() as connection:
            for table in ("listed", "facet", "inside", "words", "position"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=30)
            # Losing the last moments in a power cut only means catching up again.
            connection.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Closes the connection of this thread."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            del self._local.connection

    def sequence(self) -> int:
        """Returns the journal position that the index has reached."""
        row = (
            self._connection().execute("SELECT max(sequence) FROM position").fetchone()
        )
        return row[0] or 0

    def replace(self, versions: Iterable[Version], sequence: int) -> None:
        """Puts these records in place of what the index held of them."""
        with self._connection() as connection:
            for version in versions:
                self._remove(connection, version.head.record)
                if version.head.status.public:
                    self._add(connection, version)
            connection.execute("DELETE FROM position")
            connection.execute("INSERT INTO position VALUES (?)", (sequence,))

    def _remove(self, connection: sqlite3.Connection, record: RecordId) -> None:
        row = connection.execute(
            "DELETE FROM listed WHERE kind = ? AND key = ? RETURNING id",
            (record.kind, record.key),
        ).fetchone()
        if row:
            connection.execute("DELETE FROM facet WHERE id = ?", row)
            connection.execute("DELETE FROM words WHERE rowid = ?", row)
        if record.kind == "place":
            connection.execute("DELETE FROM inside WHERE place = ?", (record.key,))

    def _add(self, connection: sqlite3.Connection, version: Version) -> None:
        record = version.head.record
        document = json.loads(version.content.document)
        facets = list(self._facets(document))
        name = document.get("name") or document.get("title") or {}
        cursor = connection.execute(
            "INSERT INTO listed (kind, key, name, state, place) VALUES (?, ?, ?, ?, ?)",
            (
                record.kind,
                record.key,
                json.dumps(name, ensure_ascii=False),
                next((value for facet, value in facets if facet == "state"), None),
                next((value for facet, value in facets if facet == "location"), None),
            ),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO facet VALUES (?, ?, ?)",
            [(facet, value, cursor.lastrowid) for facet, value in facets],
        )
        connection.execute(
            "INSERT INTO words (rowid, text) VALUES (?, ?)",
            (cursor.lastrowid, "\n".join(_texts(document))),
        )
        container = self._iris.parse(str(document.get("broader", "")))
        if record.kind == "place" and container:
            connection.execute(
                "INSERT INTO inside VALUES (?, ?)", (record.key, container.key)
            )

    def _facets(self, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for term, facet in _FACETS.items():
            values = document.get(term, [])
            for iri in values if isinstance(values, list) else [values]:
                if isinstance(iri, str):
                    yield facet, self._code(iri)

    def _code(self, iri: str) -> str:
        """Returns the code of a concept, or the key of a place."""
        concept = iri.rpartition("#")[2]
        record = self._iris.parse(iri)
        return record.key if record and concept == iri else concept

    def search(self, query: ListQuery) -> ListPage:
        """Returns one page of records that meet every filter."""
        values: dict[str, object] = {
            name: value
            for name in _FILTERS
            if (value := getattr(query, name)) is not None
        }
        if query.text is not None:
            values["text"] = _match(query.text)
        where = " AND ".join(_FILTERS[name] for name in values) or "true"
        total = self._fetch(
            f"SELECT count(*) FROM (SELECT 1 FROM listed WHERE {where} LIMIT :cap)",  # noqa: S608 - `where` is made of the constants above
            {**values, "cap": COUNT_CAP},
        )[0][0]
        after = _cursor(query.after)
        rows = self._fetch(
            f"SELECT kind, key, name, state, place FROM listed WHERE {where}"  # noqa: S608
            " AND (kind, key) > (:after_kind, :after_key)"
            " ORDER BY kind, key LIMIT :limit",
            {
                **values,
                "after_kind": after.kind,
                "after_key": after.key,
                "limit": query.limit + 1,
            },
        )
        items = [_listed(row) for row in rows[: query.limit]]
        more = len(rows) > query.limit
        return ListPage(items, total, str(items[-1].record) if more else None)

    def _fetch(self, sql: str, values: Mapping[str, object]) -> list[Any]:
        return self._connection().execute(sql, values).fetchall()


def _listed(row: tuple[str, str, str, str | None, str | None]) -> Listed:
    kind, key, name, state, place = row
    return Listed(RecordId(kind, key), json.loads(name), state, place)


def _cursor(after: str | None) -> RecordId:
    if after is None:
        return RecordId("", "")
    kind, _, key = after.partition("/")
    try:
        return record_id(kind, key)
    except RegistryError as error:
        raise BadParameter(
            "The cursor “after” is not one that a page before gave.",
            "Стойността „after“ не идва от предишна страница.",
        ) from error


def _match(text: str) -> str:
    """Returns the FTS5 expression for words that must all occur, by beginning."""
    words = re.findall(r"\w+", text)
    return " ".join(f'"{word}"*' for word in words) or '""'


def _texts(value: object) -> Iterator[str]:
    """Yields every piece of text in a document, but no IRIs and no types."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in {"@context", "id", "type"}:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and not value.startswith(("http://", "https://")):
        yield value
