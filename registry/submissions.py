"""Handing in: a record's new content enters the journal as a submission."""

from registry.desk import Outcome, Submission
from registry.iris import RecordId
from registry.lifecycle import Event
from registry.ports import DeskWriter, JournalWriter
from registry.record import Change, Content, Entry, Provenance


def submit(
    writer: JournalWriter,
    record: RecordId,
    content: Content,
    *,
    provenance: Provenance,
    actor: str,
    based_on: int | None = None,
    reason: str = "",
) -> Entry | None:
    """Submits content that has passed the gate.

    Returns:
        The submission, or `None` if it equals what is already published.

    Raises:
        Conflict: `based_on` is no longer the current version.
        NotAllowed: the record was superseded.
    """
    return writer.append(
        Change(
            record,
            Event.SUBMITTED,
            actor,
            content=content,
            provenance=provenance,
            based_on=based_on,
            reason=reason,
        )
    )


def take_place(
    writer: DeskWriter, entry: Entry, amended: Submission | None = None
) -> None:
    """Closes the open submissions whose place one that was just appended takes.

    They are those of the same record by the same actor, and the one it amends.
    """
    for opened in writer.opened(entry.record):
        own = opened.entry.actor == entry.actor
        changed = amended is not None and opened.number == amended.number
        if opened.number < entry.sequence and (own or changed):
            writer.close(opened.number, Outcome.REPLACED)
