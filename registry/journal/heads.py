"""The head of a record is what its entries add up to, and nothing else.

The writer moves heads with `advance`; reading a past state, and checking the
journal, replay entries with the same function.
"""

from collections.abc import Iterable
from dataclasses import replace

from registry.lifecycle import Event
from registry.record import Entry, Head, Provenance


def advance(head: Head | None, entry: Entry) -> Head:
    """Returns the head after an entry.

    `sequence` stays 0 until something is published. Submissions and rejections
    move a head only as far as the status of an unpublished record.

    Args:
        head: where the record stood, `None` before its first entry.
        entry: the next entry of the record.
    """
    if head is None:
        head = _unpublished(entry)
    match entry.event:
        case Event.SUBMITTED | Event.REJECTED:
            same = entry.status is head.status
            return head if same else replace(head, status=entry.status)
        case Event.VERIFIED:
            return replace(head, sequence=entry.sequence, verified=entry.at)
        case Event.SUPERSEDED | Event.RETIRED:
            return replace(
                head,
                sequence=entry.sequence,
                status=entry.status,
                successor=entry.successor,
            )
        case Event.ACCEPTED:
            return replace(
                head,
                sequence=entry.sequence,
                version=entry.version,
                status=entry.status,
                digest=entry.digest,
                provenance=entry.provenance,
                successor=None,
                modified=entry.at,
            )


def replay(entries: Iterable[Entry]) -> Head | None:
    """Returns the head after all of a record's entries, oldest first."""
    head = None
    for entry in entries:
        head = advance(head, entry)
    return head


def _unpublished(first: Entry) -> Head:
    return Head(
        record=first.record,
        sequence=0,
        version=0,
        status=first.status,
        digest=None,
        provenance=Provenance(),
        successor=None,
        submitted=first.at,
        modified=first.at,
        verified=None,
    )
