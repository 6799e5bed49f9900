"""Handing in: a record's new content enters the journal as a submission."""

from registry.iris import RecordId
from registry.lifecycle import Event
from registry.ports import JournalWriter
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
