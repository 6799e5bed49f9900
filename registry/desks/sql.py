"""What was handed in, in tables of the journal's database.

What a transaction notes here is committed with the entries that it appends, or
not at all.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, insert, select, update

from registry.desk import Channel, Comment, Outcome, Submission
from registry.desks.tables import COMMENT, SUBMISSION
from registry.iris import RecordId
from registry.journal.dialects import writing
from registry.journal.repeater import Repeater
from registry.journal.rows import Row, entry_of, time_of, time_text
from registry.journal.sql import SqlJournal
from registry.journal.tables import ENTRY, STEWARD
from registry.journal.writer import Writer
from registry.lifecycle import Event
from registry.losses import Loss
from registry.people import KEEPER
from registry.ports import Clock, DeskQuery
from registry.record import Change, Entry, Head

_DECISION = ENTRY.alias("decision")
_FACTS = (
    "organisation",
    "channel",
    "outcome",
    "amends",
    "claimed_by",
    "claimed_at",
    "losses",
)
_SUBMISSIONS = (
    select(
        *(column.label(f"of_{column.name}") for column in ENTRY.c),
        *(column.label(f"by_{column.name}") for column in _DECISION.c),
        *(SUBMISSION.c[name].label(f"desk_{name}") for name in _FACTS),
    )
    .select_from(
        ENTRY.outerjoin(SUBMISSION, SUBMISSION.c.number == ENTRY.c.sequence).outerjoin(
            _DECISION, _DECISION.c.decides == ENTRY.c.sequence
        )
    )
    .where(ENTRY.c.event == Event.SUBMITTED.value)
    .order_by(ENTRY.c.sequence)
)
_OPEN = and_(SUBMISSION.c.outcome == Outcome.OPEN.value, _DECISION.c.sequence.is_(None))
_DECIDED = {Event.ACCEPTED: Outcome.ACCEPTED, Event.REJECTED: Outcome.REJECTED}


class SqlDesk:
    """A `registry.ports.Desk` beside a journal.

    Args:
        journal: whose database it shares.
        clock: tells when something is claimed or said.
    """

    def __init__(self, journal: SqlJournal, clock: Clock) -> None:
        self._journal = journal
        self._engine = journal.engine
        self._clock = clock

    @contextmanager
    def write(self, idempotency_key: str | None = None) -> Iterator["DeskTransaction"]:
        """Opens a transaction as `SqlJournal.write` does."""
        with self._journal.write(idempotency_key) as writer:
            yield DeskTransaction(writer)

    def submission(self, number: int) -> Submission | None:
        """Returns a submission, or `None` if the number is of nothing or of else."""
        with self._engine.connect() as connection:
            return _submission(connection, number)

    def list(self, query: DeskQuery) -> Sequence[Submission]:
        """Returns a page of submissions, oldest first."""
        with self._engine.connect() as connection:
            return _all(connection, _asked(query))

    def claim(self, number: int, actor: str | None) -> None:
        """Notes who looks after a submission from now on, or that nobody does."""
        at = None if actor is None else time_text(self._clock())
        with writing(self._engine) as connection:
            connection.execute(
                update(SUBMISSION).where(SUBMISSION.c.number == number),
                {"claimed_by": actor, "claimed_at": at},
            )

    def comment(self, number: int, actor: str, text: str) -> Comment:
        """Notes what somebody says about a submission."""
        with writing(self._engine) as connection:
            last = connection.scalar(select(func.max(COMMENT.c.number))) or 0
            row = {
                "number": last + 1,
                "submission": number,
                "actor": actor,
                "text": text,
                "at": time_text(self._clock()),
            }
            connection.execute(insert(COMMENT), row)
        return _comment(row)

    def comments(self, number: int) -> Sequence[Comment]:
        """Returns what was said about a submission, oldest first."""
        said = select(COMMENT).where(COMMENT.c.submission == number)
        with self._engine.connect() as connection:
            rows = connection.execute(said.order_by(COMMENT.c.number))
            return [_comment(row) for row in rows.mappings()]

    def ways(self, first: int, last: int) -> Mapping[int, tuple[str, Channel]]:
        """Returns organisation and channel of the submissions between two numbers."""
        number = SUBMISSION.c.number
        known = select(number, SUBMISSION.c.organisation, SUBMISSION.c.channel)
        with self._engine.connect() as connection:
            rows = connection.execute(known.where(number.between(first, last)))
            return {
                row.number: (row.organisation, Channel(row.channel)) for row in rows
            }


class DeskTransaction:
    """A `registry.ports.DeskWriter`: the journal's writer, and the desk's tables."""

    def __init__(self, writer: Writer | Repeater) -> None:
        self._writer = writer
        self._connection = writer.connection

    def head(self, record: RecordId) -> Head | None:
        """Returns where the record stands within the transaction."""
        return self._writer.head(record)

    def append(self, change: Change) -> Entry | None:
        """Adds the change, or nothing if it would change nothing."""
        return self._writer.append(change)

    def submission(self, number: int) -> Submission | None:
        """Returns a submission that was made before the transaction."""
        return _submission(self._connection, number)

    def opened(self, record: RecordId) -> Sequence[Submission]:
        """Returns the record's open submissions from before, oldest first."""
        return _all(self._connection, _asked(DeskQuery(record=record, limit=-1)))

    def hand_in(
        self,
        entry: Entry,
        *,
        organisation: str,
        channel: Channel,
        amends: int | None = None,
        losses: Sequence[Loss] = (),
    ) -> None:
        """Notes for whom and by which way an appended submission was handed in."""
        number = SUBMISSION.c.number
        known = select(number).where(number == entry.sequence)
        if self._connection.execute(known).first() is None:
            self._connection.execute(
                insert(SUBMISSION),
                {
                    "number": entry.sequence,
                    "organisation": organisation,
                    "channel": channel.value,
                    "outcome": Outcome.OPEN.value,
                    "amends": amends,
                    "losses": _written(losses),
                },
            )

    def close(self, number: int, outcome: Outcome) -> None:
        """Notes what became of a submission; it is open no longer."""
        self._connection.execute(
            update(SUBMISSION).where(SUBMISSION.c.number == number),
            {"outcome": outcome.value},
        )

    def entrust(self, record: RecordId, organisation: str) -> None:
        """Gives a record to an organisation, whoever has it now."""
        row = {"kind": record.kind, "key": record.key}
        own = STEWARD.c.kind == record.kind, STEWARD.c.key == record.key
        self._connection.execute(delete(STEWARD).where(*own))
        self._connection.execute(insert(STEWARD), {**row, "organisation": organisation})


def _asked(query: DeskQuery) -> Select[Any]:
    found = _SUBMISSIONS.where(SUBMISSION.c.number > query.after)
    if query.outcome is Outcome.OPEN:
        found = found.where(_OPEN)
    else:
        found = found.where(SUBMISSION.c.outcome == query.outcome.value)
    if query.organisations is not None:
        found = found.where(SUBMISSION.c.organisation.in_(query.organisations))
    if query.record is not None:
        found = found.where(
            ENTRY.c.kind == query.record.kind, ENTRY.c.key == query.record.key
        )
    if query.kind is not None:
        found = found.where(ENTRY.c.kind == query.kind)
    if query.author is not None:
        found = found.where(ENTRY.c.actor == query.author)
    return found if query.limit < 0 else found.limit(query.limit)


def _submission(connection: Connection, number: int) -> Submission | None:
    found = _all(connection, _SUBMISSIONS.where(ENTRY.c.sequence == number))
    return found[0] if found else None


def _all(connection: Connection, statement: Select[Any]) -> Sequence[Submission]:
    rows = connection.execute(statement).mappings().all()
    return [_made(connection, row) for row in rows]


def _made(connection: Connection, row: Row) -> Submission:
    decision = entry_of(_part(row, "by_")) if row["by_sequence"] else None
    facts = _part(row, "desk_")
    amends, claimed_at = facts["amends"], facts["claimed_at"]
    kept = Outcome(facts["outcome"] or Outcome.OPEN)
    return Submission(
        entry=entry_of(_part(row, "of_")),
        organisation=facts["organisation"] or KEEPER,
        channel=Channel(facts["channel"] or Channel.API),
        # What the journal says of a decision holds, whoever appended it.
        outcome=kept if decision is None else _DECIDED[decision.event],
        decision=decision,
        amends=None if amends is None else _submission(connection, amends),
        claimed_by=facts["claimed_by"],
        claimed_at=None if claimed_at is None else time_of(claimed_at),
        losses=_losses(facts["losses"] or "[]"),
    )


def _losses(written: str) -> Sequence[Loss]:
    return tuple(Loss(**one) for one in json.loads(written))


def _written(losses: Sequence[Loss]) -> str:
    return json.dumps([asdict(loss) for loss in losses], ensure_ascii=False)


def _part(row: Row, start: str) -> Row:
    return {
        name.removeprefix(start): value
        for name, value in row.items()
        if name.startswith(start)
    }


def _comment(row: Row) -> Comment:
    return Comment(
        number=row["number"],
        submission=row["submission"],
        actor=row["actor"],
        text=row["text"],
        at=time_of(row["at"]),
    )
