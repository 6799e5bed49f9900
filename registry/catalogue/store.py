"""The file of the catalogue: what it is now, and every change that made it so.

One process writes; any number of threads and processes read meanwhile, each of
them a state as it was after some activity.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from registry.catalogue import fresh
from registry.catalogue.changes import (
    Cut,
    Progress,
    added,
    keep,
    progress,
    standing,
)
from registry.catalogue.schema import (
    connect,
    empty,
    moment,
    prepare,
    unpacked,
    written,
)
from registry.catalogue.snapshot import Snapshot, described, state_of
from registry.connections import PerThread
from registry.iris import RecordId
from registry.ports import (
    Activity,
    CatalogueState,
    Deed,
    Described,
    Position,
    Reliability,
    Standing,
)

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
        self._connections = PerThread(partial(connect, path))
        self._within = self._anew = False
        prepare(self._connection)

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._connections()

    def close(self) -> None:
        """Closes the connection of this thread."""
        self._connections.close()

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
        found = self._progress()
        return Position(found.sequence, found.dump)

    def _progress(self) -> Progress:
        return progress(self._connection)

    def standing(self, key: str) -> Standing | None:
        """Returns how a dataset stands, even if deleted, or `None` if it never was."""
        return standing(self._connection, key)

    def keep_fresh(
        self, record: RecordId, until: date | None, *, confirmed: bool
    ) -> None:
        """Keeps until when a record is fresh, `None` for one that ages no more."""
        with self._writing() as connection:
            fresh.keep(connection, record, until, confirmed=confirmed)

    def reliability(self, kind: str) -> Reliability | None:
        """Returns what is kept of the records of a kind, if anything is."""
        return fresh.reliability(self._connection, kind)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self.together():
            connection = self._connection
            if not connection.in_transaction:
                connection.execute("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Shows readers what is written within at once, or nothing if it fails."""
        if self._within:
            yield
            return
        self._within = True
        connection = self._connection
        try:
            if self._anew:
                connection.execute("BEGIN IMMEDIATE")
                empty(connection)
            yield
            if connection.in_transaction:
                connection.execute("COMMIT")
            self._anew = False
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        finally:
            self._within = False

    def write(self, changes: Sequence[Standing], position: Position) -> None:
        """Adds an activity for each change, in order, and moves the position."""
        with self._writing() as connection:
            before = self._progress()
            after = added(connection, changes, before, cut=self._cut)
            after = replace(
                after,
                sequence=position.sequence,
                dump=position.dump,
                origin=self._origin,
            )
            keep(connection, after)

    def renew(self) -> None:
        """Has the file filled anew if it was made from another origin than this."""
        if self._progress().origin not in ("", self._origin):
            self.discard()

    def discard(self) -> None:
        """Has the file filled anew; until it is full, readers see what there was."""
        self._anew = True
