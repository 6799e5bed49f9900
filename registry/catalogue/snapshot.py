"""One state of the catalogue, as it stays however long somebody reads it."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from registry.catalogue import checksum
from registry.catalogue.changes import progress
from registry.catalogue.schema import moment, unpacked, written
from registry.ports import CatalogueState, Described

# By time, so that the cost is that of what changed.
_SINCE = "FROM dataset INDEXED BY dataset_by_time WHERE NOT deleted AND at >= ?"
# The index has them in this order already: nothing is gathered to be sorted.
_ALL = "SELECT body FROM fragment WHERE form = ? ORDER BY key LIMIT ? OFFSET ?"
_ONE = "SELECT body FROM fragment WHERE key = ? AND form = ?"


class Snapshot:
    """A transaction that reads; it holds up nobody, and nobody changes it.

    Args:
        connection: its own; closed with it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("BEGIN")
        # A transaction sees what was there when it read for the first time.
        self.state = state_of(connection)

    def close(self) -> None:
        """Ends the transaction."""
        self._connection.close()

    def count(self, since: datetime | None = None) -> int:
        """Returns how many datasets there are, or have changed since a moment."""
        if since is None:
            return self.state.datasets
        row = self._connection.execute(
            f"SELECT count(*) {_SINCE}",
            [written(since)],
        )
        count: int = row.fetchone()[0]
        return count

    def fragments(
        self,
        form: str,
        *,
        since: datetime | None = None,
        skip: int = 0,
        limit: int | None = None,
    ) -> Iterator[bytes]:
        """Yields the fragments of datasets by key, without deleted ones.

        Args:
            form: a name that the fragments were written under.
            since: leaves out those that have not changed since that moment.
            skip: how many to leave out at the start.
            limit: how many at most; all of them if not given.
        """
        most = -1 if limit is None else limit
        if since is None:
            return self._bodies(_ALL, form, most, skip)
        keys = self._connection.execute(
            f"SELECT key {_SINCE} ORDER BY key LIMIT ? OFFSET ?",
            (written(since), most, skip),
        ).fetchall()
        return (body for (key,) in keys for body in self._bodies(_ONE, key, form))

    def _bodies(self, statement: str, *values: object) -> Iterator[bytes]:
        rows = self._connection.execute(statement, values)
        return (unpacked(body) for (body,) in rows)


def state_of(connection: sqlite3.Connection) -> CatalogueState:
    """Returns how far the catalogue has come."""
    found = progress(connection)
    return CatalogueState(
        number=found.number,
        at=moment(found.at) if found.at else None,
        datasets=found.datasets,
        digest=checksum.digest(found.total),
    )


def described(row: Any) -> Described:
    """Returns a dataset as a row has it."""
    key, number, at, triples = row
    return Described(key, number, moment(at), unpacked(triples).decode())
