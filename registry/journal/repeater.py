"""A transaction that comes a second time, under the key of the first."""

import json

from sqlalchemy import Connection, bindparam, select

from registry.errors import Conflict
from registry.iris import RecordId
from registry.journal.heads import replay
from registry.journal.rows import Row, change_digest, entry_of
from registry.journal.tables import ENTRY, IDEMPOTENCY
from registry.record import Change, Entry, Head

_EARLIER = select(IDEMPOTENCY).where(IDEMPOTENCY.c.key == bindparam("key"))
_ENTRY = select(ENTRY).where(ENTRY.c.sequence == bindparam("sequence"))
_HISTORY = (
    select(ENTRY)
    .where(
        ENTRY.c.kind == bindparam("kind"),
        ENTRY.c.key == bindparam("key"),
        ENTRY.c.sequence <= bindparam("last"),
    )
    .order_by(ENTRY.c.sequence)
)


class Repeater:
    """Answers a transaction that was made before as it was answered then.

    Args:
        connection: in a transaction, in which nothing is written.
        key: the key of the transaction.
        earlier: its row in the table of idempotency.
    """

    def __init__(self, connection: Connection, key: str, earlier: Row) -> None:
        self._connection = connection
        self._key = key
        self._position: int = earlier["base"]
        self._answers: list[tuple[str, int | None]] = json.loads(earlier["answers"])
        self._answers.reverse()

    @property
    def connection(self) -> Connection:
        """The transaction, for what is written beside the journal."""
        return self._connection

    def head(self, record: RecordId) -> Head | None:
        """Returns where the record stood at this point of the first time."""
        rows = self._connection.execute(
            _HISTORY,
            {"kind": record.kind, "key": record.key, "last": self._position},
        )
        return replay(entry_of(row) for row in rows.mappings())

    def append(self, change: Change) -> Entry | None:
        """Returns what the same change was answered with.

        Raises:
            Conflict: the transaction had another change at this point.
        """
        if not self._answers or self._answers[-1][0] != change_digest(change):
            raise self._differs()
        _, sequence = self._answers.pop()
        if sequence is None:
            return None
        self._position = sequence
        row = self._connection.execute(_ENTRY, {"sequence": sequence}).one()
        return entry_of(row._mapping)

    def finish(self) -> None:
        """Checks that every change of the first time came again.

        Raises:
            Conflict: the transaction had more changes.
        """
        if self._answers:
            raise self._differs()

    def _differs(self) -> Conflict:
        return Conflict(
            f"The key “{self._key}” was used before, with other changes.",
            f"Ключът „{self._key}“ вече е използван за други промени.",
            extra={"idempotency_key": self._key},
        )


def repeater(connection: Connection, key: str) -> Repeater | None:
    """Returns what answers a transaction under a key that was used before."""
    earlier = connection.execute(_EARLIER, {"key": key}).first()
    return None if earlier is None else Repeater(connection, key, earlier._mapping)


def answers(connection: Connection, key: str) -> list[int | None] | None:
    """Returns the entries that answered a key, by number, if it was used before."""
    earlier = connection.execute(_EARLIER, {"key": key}).first()
    if earlier is None:
        return None
    return [sequence for _, sequence in json.loads(earlier.answers)]
