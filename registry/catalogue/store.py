"""The file of the catalogue: what it is now, and every change that made it so.

One process writes; any number of threads and processes read meanwhile, each of
them a state as it was after some activity.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from registry.catalogue import checksum
from registry.catalogue.schema import (
    connect,
    empty,
    moment,
    packed,
    prepare,
    unpacked,
    written,
)
from registry.catalogue.snapshot import Snapshot, described, state_of
from registry.ports import (
    Activity,
    CatalogueState,
    Deed,
    Described,
    Position,
    Standing,
)

Cut = Callable[[str], Mapping[str, bytes]]
"""Makes the fragments of a description, by the name of their form."""

_ONE, _BY_KEY, _BY_TIME, _BY_NUMBER = (
    f"SELECT key, dataset.number, dataset.at, triples FROM dataset {index}"  # noqa: S608
    f" JOIN activity ON activity.number = dataset.number WHERE {condition}"
    for index, condition in (
        ("", "key = ?"),
        ("", "NOT deleted AND key > ? ORDER BY key LIMIT ?"),
        (
            # Whatever the planner believes, few have changed.
            "INDEXED BY dataset_by_time",
            "NOT deleted AND dataset.at >= ? AND key > ? ORDER BY key LIMIT ?",
        ),
        ("", "dataset.number > ? ORDER BY dataset.number LIMIT ?"),
    )
)
_START = (0, 0, "", 0, None, 0, checksum.NOTHING)


class Store:
    """Implements `ports.Catalogue` and `ports.CatalogueWriter` on one file.

    Args:
        path: of the file, which is made if it is not there.
        cut: makes the fragments of what is written.
        origin: names what descriptions are made from beside the journal; see
            `renew`.
    """

    def __init__(self, path: Path, cut: Cut, origin: str = "") -> None:
        self._path = path
        self._cut = cut
        self._origin = origin
        self._local = threading.local()
        prepare(self._connection)

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._path)
        return connection

    def close(self) -> None:
        """Closes the connection of this thread."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            del self._local.connection

    def open(self) -> Snapshot:
        """Returns the present state for reading; to be closed afterwards."""
        return Snapshot(connect(self._path))

    def state(self) -> CatalogueState:
        """Returns how far the catalogue has come."""
        return state_of(self._connection)

    def dataset(self, key: str) -> Described | None:
        """Returns a dataset, or what was left of it, or `None` if it never was."""
        found = self._described(_ONE, key)
        return found[0] if found else None

    def datasets(
        self, *, after: str = "", since: datetime | None = None, limit: int = 100
    ) -> Sequence[Described]:
        """Returns datasets by key, without deleted ones."""
        if since is None:
            return self._described(_BY_KEY, after, limit)
        return self._described(_BY_TIME, written(since), after, limit)

    def changed(self, after: int, limit: int = 100) -> Sequence[Described]:
        """Returns datasets by their latest activity, deleted ones too."""
        return self._described(_BY_NUMBER, after, limit)

    def _described(self, statement: str, *values: object) -> list[Described]:
        rows = self._connection.execute(statement, values)
        return [described(row) for row in rows]

    def activities(self, after: int = 0, limit: int = 100) -> Sequence[Activity]:
        """Returns activities by their number, oldest first."""
        rows = self._connection.execute(
            "SELECT number, deed, dataset, at, triples FROM activity"
            " WHERE number > ? ORDER BY number LIMIT ?",
            (after, limit),
        )
        return [
            Activity(
                number, Deed(deed), dataset, moment(at), unpacked(triples).decode()
            )
            for number, deed, dataset, at, triples in rows
        ]

    def position(self) -> Position:
        """Returns what the catalogue has taken in, two zeros at first."""
        sequence, dump, *_ = self._progress()
        return Position(sequence, dump)

    def _progress(self) -> Any:
        row = self._connection.execute("SELECT * FROM progress").fetchone()
        return row or _START

    def standing(self, key: str) -> Standing | None:
        """Returns how a dataset stands, even if deleted, or `None` if it never was."""
        row = self._connection.execute(
            "SELECT key, dataset.at, triples, issued, modified, version, counted,"
            " members FROM dataset JOIN activity ON activity.number = dataset.number"
            " WHERE key = ?",
            (key,),
        ).fetchone()
        if row is None:
            return None
        key, at, triples, issued, modified, version, counted, members = row
        return Standing(
            key=key,
            at=moment(at),
            triples=unpacked(triples).decode(),
            issued=moment(issued),
            modified=moment(modified),
            version=version,
            counted=counted,
            members=tuple(json.loads(members)),
        )

    def write(self, changes: Sequence[Standing], position: Position) -> None:
        """Adds an activity for each change, in order, and moves the position."""
        with self._writing() as connection:
            *_, number, at, datasets, total = self._progress()
            for change in changes:
                number, at = number + 1, written(change.at)
                before = self.standing(change.key)
                old = before.triples if before else ""
                _add(connection, number, change, _deed(old, change.triples))
                datasets += bool(change.triples) - bool(old)
                total = checksum.moved(
                    total, without=_member(change.key, old), with_=_member_of(change)
                )
            for latest in {change.key: change for change in changes}.values():
                _put(connection, latest.key, self._fragments(latest))
            connection.execute("DELETE FROM progress")
            connection.execute(
                "INSERT INTO progress VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    position.sequence,
                    position.dump,
                    self._origin,
                    number,
                    at,
                    datasets,
                    total,
                ),
            )

    def _fragments(self, change: Standing) -> Mapping[str, bytes]:
        return self._cut(change.triples) if change.triples else {}

    def renew(self) -> None:
        """Empties the file if it was made from another origin than is given now."""
        if self._progress()[2] not in ("", self._origin):
            self.discard()

    def discard(self) -> None:
        """Empties the file; readers see it empty until it is filled again."""
        with self._writing() as connection:
            empty(connection)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _add(
    connection: sqlite3.Connection, number: int, change: Standing, deed: Deed
) -> None:
    at = written(change.at)
    connection.execute(
        "INSERT INTO activity VALUES (?, ?, ?, ?, ?)",
        (number, deed, change.key, at, packed(change.triples.encode())),
    )
    connection.execute(
        "INSERT OR REPLACE INTO dataset VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            change.key,
            number,
            at,
            not change.triples,
            written(change.issued),
            written(change.modified),
            change.version,
            change.counted,
            json.dumps(change.members),
        ),
    )


def _put(
    connection: sqlite3.Connection, key: str, fragments: Mapping[str, bytes]
) -> None:
    connection.execute("DELETE FROM fragment WHERE key = ?", (key,))
    connection.executemany(
        "INSERT INTO fragment VALUES (?, ?, ?)",
        [(key, form, packed(body)) for form, body in fragments.items()],
    )


def _deed(old: str, new: str) -> Deed:
    if not new:
        return Deed.DELETE
    return Deed.UPDATE if old else Deed.CREATE


def _member(key: str, triples: str) -> bytes | None:
    return f"{key}\0{triples}".encode() if triples else None


def _member_of(change: Standing) -> bytes | None:
    return _member(change.key, change.triples)
