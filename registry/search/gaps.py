"""What is missing, in the file of the lists: what the filters of both mean is there."""

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from registry.connections import PerThread, connect
from registry.errors import BadParameter
from registry.iris import RecordId
from registry.ports import (
    WORKING,
    Gap,
    GapCounts,
    GapPage,
    GapQuery,
    Gaps,
    Missing,
    Want,
)
from registry.search.index import PLACE

_SCHEMA = """
CREATE TABLE IF NOT EXISTS gap_progress (
  origin TEXT NOT NULL, sequence INTEGER NOT NULL, links TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS gap (
  kind TEXT NOT NULL, key TEXT NOT NULL, code TEXT NOT NULL, want TEXT NOT NULL,
  since TEXT NOT NULL, PRIMARY KEY (kind, key, code)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gap_address (
  kind TEXT NOT NULL, key TEXT NOT NULL, address TEXT NOT NULL,
  PRIMARY KEY (kind, key, address)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gap_dead (
  address TEXT PRIMARY KEY, since TEXT NOT NULL) WITHOUT ROWID;
"""
_TABLES = ("gap_progress", "gap", "gap_address", "gap_dead")

# The codes are `registry.gaps.STALE` and `DEAD_LINK`.
_FOUND = """
WITH RECURSIVE task (kind, key, code, want, detail, since) AS (
  SELECT kind, key, code, want, '', since FROM gap
  UNION ALL
  SELECT kind, key, 'stale', 'check', '', stale_from FROM listed
    WHERE stale_from <= :today
  UNION ALL
  SELECT kind, key, 'dead-link', 'link', address, since
    FROM gap_address JOIN gap_dead USING (address)),
found AS (
  SELECT listed.id, task.*, listed.name FROM task
    JOIN listed ON listed.kind = task.kind AND listed.key = task.key
    WHERE (state IS NULL OR state IN (SELECT value FROM json_each(:working)))
      AND {0})
"""
_FILTERS = {
    "kind": "listed.kind = :kind",
    "want": "want = :want",
    "place": PLACE,
    "records": "listed.kind || '/' || listed.key IN"
    " (SELECT value FROM json_each(:records))",
    "without": "listed.kind || '/' || listed.key NOT IN"
    " (SELECT value FROM json_each(:without))",
}
_COLUMNS = "kind, key, code, want, detail, since, name"
_COUNT = "SELECT count(*) FROM found"
_PLACES = """,
under (task, id, place) AS (
  SELECT found.kind || found.key || found.code || found.detail, found.id, value
    FROM found JOIN facet ON facet.id = found.id AND facet.name = 'location'
  UNION
  SELECT under.task, under.id, inside.container FROM under
    JOIN inside ON inside.place = under.place)
SELECT place, count(*) FROM under GROUP BY place ORDER BY place
"""
_CURSOR = re.compile(r"([a-z-]+)/([a-z0-9.-]+)/([a-z0-9-]+)/(.*)\Z", re.DOTALL)


class GapTable:
    """Implements `ports.GapIndex` and `ports.GapList`.

    Every thread reads through a connection of its own; one process writes.

    Args:
        path: of the file of the lists, which is there.
        origin: names the rules; what was found by others is found anew.
    """

    def __init__(self, path: Path, origin: str = "") -> None:
        self._origin = origin
        self._connection = PerThread(partial(connect, path))
        with self._connection() as connection:
            connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Closes the connection of this thread."""
        self._connection.close()

    def renew(self) -> None:
        """Empties it if what is there was found by other rules."""
        row = self._progress()
        if row and row[0] != self._origin:
            self.discard()

    def discard(self) -> None:
        """Empties it; readers see nothing missing until it is filled again."""
        with self._connection() as connection:
            for table in _TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def sequence(self) -> int:
        """Returns the journal position that it has reached, 0 at first."""
        row = self._progress()
        return int(row[1]) if row else 0

    def links(self) -> str:
        """Returns the state of the links that it has taken in, empty at first."""
        row = self._progress()
        return str(row[2]) if row else ""

    def _progress(self) -> Any:
        statement = "SELECT origin, sequence, links FROM gap_progress"
        return self._connection().execute(statement).fetchone()

    def replace(self, found: Sequence[tuple[RecordId, Gaps]], sequence: int) -> None:
        """Puts what is missing from records in place of what was, and moves on."""
        state = self.links()
        with self._connection() as connection:
            for record, gaps in found:
                own = (record.kind, record.key)
                for table in ("gap", "gap_address"):
                    connection.execute(
                        f"DELETE FROM {table} WHERE kind = ? AND key = ?",  # noqa: S608 - our own names
                        own,
                    )
                connection.executemany(
                    "INSERT INTO gap VALUES (?, ?, ?, ?, ?)",
                    [(*own, g.code, g.want, g.since.isoformat()) for g in gaps.gaps],
                )
                connection.executemany(
                    "INSERT INTO gap_address VALUES (?, ?, ?)",
                    [(*own, address) for address in gaps.addresses],
                )
            self._keep(connection, sequence, state)

    def replace_dead(self, dead: Mapping[str, date], state: str) -> None:
        """Puts the dead addresses in place of those before."""
        sequence = self.sequence()
        with self._connection() as connection:
            connection.execute("DELETE FROM gap_dead")
            connection.executemany(
                "INSERT INTO gap_dead VALUES (?, ?)",
                [(address, since.isoformat()) for address, since in dead.items()],
            )
            self._keep(connection, sequence, state)

    def _keep(self, connection: sqlite3.Connection, sequence: int, state: str) -> None:
        connection.execute("DELETE FROM gap_progress")
        connection.execute(
            "INSERT INTO gap_progress VALUES (?, ?, ?)", (self._origin, sequence, state)
        )

    def search(self, query: GapQuery) -> GapPage:
        """Returns one page of what is missing, by record.

        Raises:
            BadParameter: the cursor is not one of ours.
        """
        found, values = _conditions(query)
        kind, key, code, detail = _cursor(query.after)
        rows = self._fetch(
            f"{found} SELECT {_COLUMNS} FROM found"  # noqa: S608 - conditions are constants
            " WHERE (kind, key, code, detail) > (:kind_, :key_, :code_, :detail_)"
            " ORDER BY kind, key, code, detail LIMIT :limit",
            {
                **values,
                "kind_": kind,
                "key_": key,
                "code_": code,
                "detail_": detail,
                "limit": query.limit + 1,
            },
        )
        items = [_missing(row) for row in rows[: query.limit]]
        more = len(rows) > query.limit
        [[total]] = self._fetch(found + _COUNT, values)
        return GapPage(items, total, _cursor_of(items[-1]) if more else None)

    def counts(self, query: GapQuery) -> GapCounts:
        """Returns how all that a query finds is spread, whatever its page."""
        found, values = _conditions(query)

        def by(column: str) -> Mapping[str, int]:
            rows = self._fetch(
                f"{found} SELECT {column}, count(*) FROM found"  # noqa: S608 - our own names
                f" GROUP BY {column} ORDER BY {column}",
                values,
            )
            return dict(rows)

        places = dict(self._fetch(found + _PLACES, values))
        return GapCounts(by("kind"), by("want"), places)

    def latest(self, query: GapQuery) -> Sequence[Missing]:
        """Returns the gaps that came up last, the newest first."""
        found, values = _conditions(query)
        rows = self._fetch(
            f"{found} SELECT {_COLUMNS} FROM found"  # noqa: S608 - conditions are constants
            " ORDER BY since DESC, kind, key, code, detail LIMIT :limit",
            {**values, "limit": query.limit},
        )
        return [_missing(row) for row in rows]

    def _fetch(self, sql: str, values: Mapping[str, object]) -> list[Any]:
        return self._connection().execute(sql, values).fetchall()


def _conditions(query: GapQuery) -> tuple[str, Mapping[str, object]]:
    """Returns the common tables of a query, and what is bound in them."""
    given = {
        "kind": query.kind,
        "want": query.want,
        "place": query.place,
        "records": _names(query.records),
        "without": _names(query.without),
    }
    values = {name: value for name, value in given.items() if value is not None}
    conditions = " AND ".join(_FILTERS[name] for name in values) or "true"
    always = {"today": query.today.isoformat(), "working": json.dumps(WORKING)}
    return _FOUND.format(conditions), {**values, **always}


def _names(records: Sequence[RecordId] | None) -> str | None:
    return None if records is None else json.dumps([str(one) for one in records])


def _missing(row: tuple[str, ...]) -> Missing:
    kind, key, code, want, detail, since, name = row
    gap = Gap(code, Want(want), date.fromisoformat(since))
    return Missing(RecordId(kind, key), json.loads(name), gap, detail)


def _cursor_of(item: Missing) -> str:
    return f"{item.record}/{item.gap.code}/{item.detail}"


def _cursor(after: str | None) -> tuple[str, ...]:
    if after is None:
        return ("", "", "", "")
    found = _CURSOR.match(after)
    if found is None:
        raise BadParameter(
            "The cursor “after” is not one that a page before gave.",
            "Стойността „after“ не идва от предишна страница.",
        )
    return found.groups()
