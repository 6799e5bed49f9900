"""Deciding: submissions are accepted or rejected, records confirmed or ended."""

from registry.iris import RecordId
from registry.lifecycle import Event, Status
from registry.ports import JournalWriter
from registry.record import Change, Entry


def accept(
    writer: JournalWriter,
    submission: Entry,
    *,
    actor: str,
    status: Status = Status.STABLE,
    reason: str = "",
) -> Entry | None:
    """Publishes a submission as the record's next version.

    Raises:
        NotAllowed: the actor is the one who submitted it, it was decided
            before, or the record cannot be accepted as it stands.
    """
    change = Change(
        submission.record,
        Event.ACCEPTED,
        actor,
        status=status,
        decides=submission.sequence,
        reason=reason,
    )
    return writer.append(change)


def reject(
    writer: JournalWriter, submission: Entry, *, actor: str, reason: str
) -> Entry | None:
    """Turns a submission down; what is published stays as it is."""
    change = Change(
        submission.record,
        Event.REJECTED,
        actor,
        decides=submission.sequence,
        reason=reason,
    )
    return writer.append(change)


def retire(
    writer: JournalWriter, record: RecordId, *, actor: str, reason: str
) -> Entry | None:
    """Withdraws a published record; its versions stay readable by number."""
    return writer.append(Change(record, Event.RETIRED, actor, reason=reason))


def supersede(
    writer: JournalWriter,
    record: RecordId,
    successor: RecordId,
    *,
    actor: str,
    reason: str,
) -> Entry | None:
    """Ends a published record in favour of another one."""
    return writer.append(
        Change(record, Event.SUPERSEDED, actor, successor=successor, reason=reason)
    )


def verify(
    writer: JournalWriter, record: RecordId, *, actor: str, reason: str = ""
) -> Entry | None:
    """Notes that somebody confirmed the record; changes nothing else."""
    return writer.append(Change(record, Event.VERIFIED, actor, reason=reason))
