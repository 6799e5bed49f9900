"""One transaction on the journal: changes in, entries out."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from registry.iris import RecordId
from registry.journal.batch import Batch, BatchStatements
from registry.journal.changes import (
    changes_nothing,
    check_base,
    check_decision,
    check_parts,
    check_successor,
)
from registry.journal.heads import advance
from registry.journal.rows import (
    change_digest,
    digest_of,
    entry_hash,
    entry_row,
    time_of,
    time_text,
)
from registry.journal.tables import IDEMPOTENCY, TIP
from registry.lifecycle import Event, Status, next_status
from registry.ports import Clock
from registry.record import Change, Entry, Head, Provenance

_TIP = select(TIP).with_for_update()


@dataclass(frozen=True, slots=True)
class _Published:
    """What an entry submits or publishes; nothing for the other events."""

    digest: str | None = None
    document_digest: str | None = None
    provenance: Provenance = field(default_factory=Provenance)


class Writer:
    """Appends entries; they reach the tables in batches, and all by `finish`.

    Args:
        connection: in a transaction, which the caller commits.
        statements: compiled for its kind of database.
        clock: tells the time of each entry.
        key: under which the answers are kept for a second time, if any.
    """

    def __init__(
        self,
        connection: Connection,
        statements: BatchStatements,
        clock: Clock,
        key: str | None = None,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._key = key
        tip = connection.execute(_TIP).one()
        self._base: int = tip.sequence
        self._sequence: int = tip.sequence
        self._hash: str = tip.hash
        self._at: datetime = time_of(tip.at)
        self._answers: list[tuple[str, int | None]] = []
        self._batch = Batch(connection.connection, statements)

    @property
    def connection(self) -> Connection:
        """The transaction, for what is written beside the journal."""
        return self._connection

    def head(self, record: RecordId) -> Head | None:
        """Returns where the record stands within the transaction."""
        return self._batch.head(record)

    def append(self, change: Change) -> Entry | None:
        """Adds the change, or nothing if it would change nothing.

        An acceptance that names no version stands on that of its submission.

        Raises:
            Conflict: it was not made from the current version.
            Invalid: a part is missing, or out of place.
            NotAllowed: the event cannot happen to the record as it stands.
        """
        check_parts(change)
        head = self.head(change.record)
        submission = self._submission(change)
        based_on = change.based_on
        if change.event is Event.ACCEPTED and submission and based_on is None:
            based_on = submission.based_on
        check_base(change.record, based_on, head)
        before = None if head is None else head.status
        status = next_status(change.event, before, change.status)
        if change.successor is not None:
            check_successor(change, self.head(change.successor))
        entry = None
        if not changes_nothing(change, head):
            entry = self._add(change, head, submission, based_on, status)
        if self._key is not None:
            sequence = None if entry is None else entry.sequence
            self._answers.append((change_digest(change), sequence))
        return entry

    def finish(self) -> None:
        """Writes what is held back; nothing may be appended afterwards."""
        self._batch.flush()
        if self._sequence > self._base:
            self._connection.execute(
                update(TIP),
                {
                    "sequence": self._sequence,
                    "hash": self._hash,
                    "at": time_text(self._at),
                },
            )
        if self._key is not None:
            self._connection.execute(
                insert(IDEMPOTENCY),
                {
                    "key": self._key,
                    "base": self._base,
                    "answers": json.dumps(self._answers),
                    "at": time_text(self._clock()),
                },
            )

    def _submission(self, change: Change) -> Entry | None:
        """Returns the submission that the change decides, after checking it."""
        number = change.decides
        if number is None:
            return None
        submission = self._batch.entry(number)
        check_decision(change, submission, decided=self._batch.decided(number))
        return submission

    def _add(
        self,
        change: Change,
        head: Head | None,
        submission: Entry | None,
        based_on: int | None,
        status: Status,
    ) -> Entry:
        published = self._published(change, submission)
        draft = Entry(
            sequence=self._sequence + 1,
            record=change.record,
            event=change.event,
            status=status,
            version=(0 if head is None else head.version)
            + (change.event is Event.ACCEPTED),
            digest=published.digest,
            provenance=published.provenance,
            based_on=based_on,
            decides=change.decides,
            successor=change.successor,
            actor=change.actor,
            reason=change.reason,
            at=max(self._clock().astimezone(UTC), self._at),
            previous=self._hash,
            hash="",
            document_digest=published.document_digest,
        )
        row = entry_row(draft, None if submission is None else submission.actor)
        row["hash"] = entry_hash(row)
        entry = replace(draft, hash=row["hash"])
        self._sequence, self._hash, self._at = entry.sequence, entry.hash, entry.at
        self._batch.add(entry, row, advance(head, entry))
        return entry

    def _published(self, change: Change, submission: Entry | None) -> _Published:
        if change.content is not None:
            document = self._batch.keep(change.content)
            return _Published(
                change.content.digest, digest_of(document), change.provenance
            )
        if submission is None or change.event is not Event.ACCEPTED:
            return _Published()
        return _Published(
            submission.digest, submission.document_digest, submission.provenance
        )
