"""The index behind `/records`: facets, the tree of places, and words.

Kept in an SQLite file of its own, so it can be thrown away. How the words of a
question are understood is told in `registry.search.question`.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from registry.connections import PerThread, connect
from registry.errors import BadParameter, RegistryError
from registry.freshness import Freshness
from registry.iris import Iris, RecordId, record_id
from registry.language import LANGUAGES
from registry.ports import (
    COUNT_CAP,
    WORKING,
    Alike,
    Facets,
    Listed,
    ListPage,
    ListQuery,
)
from registry.record import Version
from registry.search import alike, facets, question
from registry.search.listing import Listing

_FORM = 5
"""Number of the tables' form; a file in another form is filled anew."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS position (sequence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS listed (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL,
  name TEXT NOT NULL, called TEXT NOT NULL, state TEXT, place TEXT,
  fresh_until TEXT, stale_from TEXT,
  UNIQUE (kind, key));
CREATE TABLE IF NOT EXISTS facet (
  name TEXT NOT NULL, value TEXT NOT NULL, id INTEGER NOT NULL,
  PRIMARY KEY (name, value, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS facet_of ON facet (id);
CREATE TABLE IF NOT EXISTS named (
  language TEXT NOT NULL, sorted TEXT NOT NULL, id INTEGER NOT NULL,
  PRIMARY KEY (language, sorted, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS named_of ON named (id);
CREATE TABLE IF NOT EXISTS inside (
  place TEXT PRIMARY KEY, container TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS inside_of ON inside (container);
CREATE TABLE IF NOT EXISTS placed (
  word TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY (word, place)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS placed_of ON placed (place);
CREATE TABLE IF NOT EXISTS labelled (
  word TEXT NOT NULL, concept TEXT NOT NULL, scheme TEXT NOT NULL,
  PRIMARY KEY (word, concept)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS labelled_of ON labelled (scheme);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
  name, name_stems, text, stems, tokenize = 'unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab (words, row);
CREATE TABLE IF NOT EXISTS term (
  key TEXT PRIMARY KEY, shown TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS remains (
  part TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (part, key)) WITHOUT ROWID;
"""
_TABLES = (
    "listed",
    "facet",
    "named",
    "inside",
    "placed",
    "labelled",
    "trait",
    "words",
    "term",
    "remains",
    "position",
)

PLACE = """
listed.id IN (
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
_FACET = "listed.id IN (SELECT id FROM facet WHERE name = '{0}' AND value = :{0})"
_FILTERS = {
    "kind": "kind = :kind",
    "place": PLACE,
    **{
        name: _FACET.format(name)
        for name in ("service", "language", "state", "group", "of")
    },
    "kinds": "kind IN (SELECT value FROM json_each(:kinds))",
    "working": "(state IS NULL OR state IN (SELECT value FROM json_each(:working)))",
}
_AGED = {
    Freshness.FRESH: "fresh_until >= :today",
    Freshness.AGEING: "fresh_until < :today AND stale_from > :today",
    Freshness.STALE: "stale_from <= :today",
}


class Index:
    """Implements `ports.RecordIndex` and `ports.RecordList` on one file.

    Every thread reads through a connection of its own; one process writes.
    """

    def __init__(self, path: Path, iris: Iris) -> None:
        self._iris = iris
        self._connection = PerThread(partial(connect, path))
        # One page asks several things about the same words.
        self._understood = lru_cache(_QUESTIONS)(self._understand)
        self._prepare()

    def _prepare(self) -> None:
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            if connection.execute("PRAGMA user_version").fetchone()[0] != _FORM:
                for table in _TABLES:
                    connection.execute(f"DROP TABLE IF EXISTS {table}")
                connection.execute(f"PRAGMA user_version = {_FORM}")
            connection.executescript(_SCHEMA + alike.SCHEMA)

    def discard(self) -> None:
        """Empties the index; readers see it empty until it is filled again."""
        with self._connection() as connection:
            # What fills it touches pages of all its trees, in no order.
            connection.execute(f"PRAGMA cache_size = -{_FILLING}")
            for table in _TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def close(self) -> None:
        """Closes the connection of this thread."""
        self._connection.close()

    def sequence(self) -> int:
        """Returns the journal position that the index has reached."""
        row = (
            self._connection().execute("SELECT max(sequence) FROM position").fetchone()
        )
        return row[0] or 0

    def state(self) -> tuple[int, int]:
        """Returns what changes whenever the index does, also when it is emptied.

        It can be compared with what the same thread was told before.
        """
        row = self._connection().execute("PRAGMA data_version").fetchone()
        return self.sequence(), row[0]

    def replace(self, versions: Iterable[Version], sequence: int) -> None:
        """Puts these records in place of what the index held of them."""
        listing = Listing(self._iris)
        with self._connection() as connection:
            public = []
            for version in versions:
                self._remove(connection, version.head.record)
                if version.head.status.public:
                    public.append(version)
            [last] = connection.execute("SELECT max(id) FROM listed").fetchone()
            for id, version in enumerate(public, (last or 0) + 1):
                listing.add(id, version)
            listing.write(connection)
            connection.execute("DELETE FROM position")
            connection.execute("INSERT INTO position VALUES (?)", (sequence,))

    def _remove(self, connection: sqlite3.Connection, record: RecordId) -> None:
        row = connection.execute(
            "DELETE FROM listed WHERE kind = ? AND key = ? RETURNING id",
            (record.kind, record.key),
        ).fetchone()
        if row:
            connection.execute("DELETE FROM facet WHERE id = ?", row)
            connection.execute("DELETE FROM named WHERE id = ?", row)
            connection.execute("DELETE FROM trait WHERE id = ?", row)
            connection.execute("DELETE FROM words WHERE rowid = ?", row)
        if record.kind == "place":
            connection.execute("DELETE FROM inside WHERE place = ?", (record.key,))
            connection.execute("DELETE FROM placed WHERE place = ?", (record.key,))
        if record.kind == "scheme":
            connection.execute("DELETE FROM labelled WHERE scheme = ?", (record.key,))

    def search(self, query: ListQuery) -> ListPage:
        """Returns one page of records that meet every filter.

        If words are asked for, the nearest come first; otherwise they come by name,
        if that is asked for, or by kind and key.
        """
        where, values = self._conditions(query)
        if not query.limit:
            return ListPage((), self._total(where, values), None)
        if query.text is not None:
            return self._by_nearness(query, where, values)
        if query.by_name is not None:
            return self._by_name(query, where, values)
        return self._in_order(query, where, values)

    def _conditions(self, query: ListQuery) -> tuple[list[str], Mapping[str, object]]:
        """Returns the conditions on `listed`, and what is bound in them."""
        given = {
            **{name: getattr(query, name) for name in _FILTERS},
            "kinds": json.dumps(query.kinds) if query.kinds else None,
            "working": json.dumps(WORKING) if query.working else None,
            "of": str(query.of) if query.of else None,
        }
        values = {name: value for name, value in given.items() if value is not None}
        where = [_FILTERS[name] for name in values]
        if query.aged:
            where.append(_AGED[query.aged.freshness])
            values["today"] = query.aged.on.isoformat()
        if query.text is None:
            return where, values
        understood = self._understood(query.text, self.sequence())
        return [*where, *understood.conditions], {**values, **understood.values}

    def _understand(self, text: str, _: int) -> question.Understood:
        """Returns what words mean at a position of the index."""
        return question.understood(text, self._fetch)

    def _in_order(
        self, query: ListQuery, where: Sequence[str], values: Mapping[str, object]
    ) -> ListPage:
        after = _cursor(query.after)
        rows = self._fetch(
            f"SELECT {_LISTED} FROM listed WHERE {_all(where)}"  # noqa: S608 - conditions are constants
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
        following = str(items[-1].record) if more else None
        return ListPage(items, self._total(where, values), following)

    def _by_name(
        self, query: ListQuery, where: Sequence[str], values: Mapping[str, object]
    ) -> ListPage:
        start = _position(query.after)
        by = query.by_name if query.by_name in LANGUAGES else LANGUAGES[0]
        rows = self._fetch(
            f"SELECT {_LISTED} FROM named JOIN listed ON listed.id = named.id"  # noqa: S608 - conditions are constants
            f" WHERE named.language = :by AND {_all(where)}"
            " ORDER BY sorted, kind, key LIMIT :limit OFFSET :start",
            {**values, "by": by, "limit": query.limit + 1, "start": start},
        )
        return self._positioned(query, rows, start, (where, values))

    def _by_nearness(
        self, query: ListQuery, where: Sequence[str], values: Mapping[str, object]
    ) -> ListPage:
        start = _position(query.after)
        rows = self._fetch(
            f"SELECT {_LISTED} FROM listed LEFT JOIN ({question.RANKED}) AS ranked"  # noqa: S608 - conditions are constants
            f" ON ranked.id = listed.id WHERE {_all(where)}"
            f" ORDER BY instr(called, :whole) = 0, {question.UNNAMED},"
            " coalesce(ranked.rank, 0), kind, key LIMIT :limit OFFSET :start",
            {**values, "limit": query.limit + 1, "start": start},
        )
        return self._positioned(query, rows, start, (where, values))

    def _positioned(
        self,
        query: ListQuery,
        rows: Sequence[Any],
        start: int,
        conditions: tuple[Sequence[str], Mapping[str, object]],
    ) -> ListPage:
        items = [_listed(row) for row in rows[: query.limit]]
        more = len(rows) > query.limit
        # A first page that has no next one is all that there is.
        total = self._total(*conditions) if more or start else len(items)
        return ListPage(items, total, f"{start + query.limit}" if more else None)

    def _total(self, where: Sequence[str], values: Mapping[str, object]) -> int:
        rows = self._fetch(
            f"SELECT count(*) FROM (SELECT 1 FROM listed WHERE {_all(where)}"  # noqa: S608 - conditions are constants
            " LIMIT :cap)",
            {**values, "cap": COUNT_CAP},
        )
        return int(rows[0][0])

    def facets(self, query: ListQuery) -> Facets:
        """Returns how all that a query finds is spread, whatever its page."""
        where, values = self._conditions(query)
        return facets.spread(self._fetch, _all(where), values)

    def suggest(self, text: str, limit: int) -> Sequence[Listed]:
        """Returns records whose names have all the words, the nearest first.

        The last word may still be incomplete.
        """
        match = question.in_names(text)
        if not match:
            return []
        rows = self._fetch(
            f"SELECT {_LISTED} FROM words JOIN listed ON listed.id = words.rowid"  # noqa: S608 - our own names
            " WHERE words MATCH :match"
            " ORDER BY instr(called, :start) = 0, bm25(words), kind, key LIMIT :limit",
            {
                "match": match,
                "start": f"|{question.whole(text)}",
                "limit": limit,
            },
        )
        return [_listed(row) for row in rows]

    def alike(self, kind: str, traits: Collection[tuple[str, str]]) -> Sequence[Alike]:
        """Returns some records of a kind that have any of these traits."""
        found = alike.shared(self._fetch, kind, traits)
        return [Alike(_listed(row), codes) for row, codes in found]

    def _fetch(self, sql: str, values: Mapping[str, object]) -> list[Any]:
        return self._connection().execute(sql, values).fetchall()


_FILLING = 32_768
"""KiB of pages that whoever fills an empty index keeps in memory."""

_QUESTIONS = 64
"""Questions whose meaning is remembered while the index stands still."""

_DIGITS = 9
"""Of a position in a list by nearness."""

_LISTED = "listed.kind, listed.key, listed.name, listed.state, listed.place"


def _all(conditions: Sequence[str]) -> str:
    return " AND ".join(conditions) or "true"


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
        raise _no_cursor() from error


def _no_cursor() -> BadParameter:
    return BadParameter(
        "The cursor “after” is not one that a page before gave.",
        "Стойността „after“ не идва от предишна страница.",
    )


def _position(after: str | None) -> int:
    if after is None:
        return 0
    if not (after.isascii() and after.isdecimal() and len(after) <= _DIGITS):
        raise _no_cursor()
    return int(after)
