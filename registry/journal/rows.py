"""Values of the record to and from the rows of the tables, and the hash of an entry.

The hash of an entry is the SHA-256 of its row without the column `hash`, as
JSON in UTF-8 with sorted keys, no white space and no escapes that JSON does not
ask for. So whoever has the table can check the chain with standard tools.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from registry.iris import RecordId
from registry.lifecycle import Event, Status
from registry.record import Change, Content, Entry, Head, Provenance, Source

GENESIS = "0" * 64
"""Stands for the hash of the entry before the first."""

DAWN = "0001-01-01T00:00:00.000000Z"
"""Stands for the time of the entry before the first."""

Row = Mapping[Any, Any]
"""A row by column; the tables hold text, whole numbers and nulls only."""

_CANONICAL = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def time_text(moment: datetime) -> str:
    """Returns RFC 3339 text in UTC with microseconds.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return (
        f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat('T', 'microseconds')}Z"
    )


def time_of(text: str) -> datetime:
    """Returns the moment that `time_text` wrote."""
    return datetime.fromisoformat(text)


def digest_of(text: str) -> str:
    """Returns the SHA-256 of the text in UTF-8, in lower-case hexadecimal."""
    return sha256(text.encode()).hexdigest()


def entry_hash(row: Row) -> str:
    """Returns the hash of an entry from the other columns of its row."""
    return digest_of(
        _CANONICAL({name: value for name, value in row.items() if name != "hash"})
    )


def entry_row(entry: Entry, submitter: str | None) -> dict[str, Any]:
    """Returns the row of an entry, its hash as it stands."""
    return {
        "sequence": entry.sequence,
        "kind": entry.record.kind,
        "key": entry.record.key,
        "event": entry.event.value,
        "status": entry.status.value,
        "version": entry.version,
        "digest": entry.digest,
        "document_digest": entry.document_digest,
        "provenance": provenance_text(entry.provenance),
        "based_on": entry.based_on,
        "decides": entry.decides,
        "successor": _record_text(entry.successor),
        "actor": entry.actor,
        "submitter": submitter,
        "reason": entry.reason,
        "at": time_text(entry.at),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def entry_of(row: Row) -> Entry:
    """Returns the entry of a row."""
    return Entry(
        sequence=row["sequence"],
        record=RecordId(row["kind"], row["key"]),
        event=Event(row["event"]),
        status=Status(row["status"]),
        version=row["version"],
        digest=row["digest"],
        provenance=provenance_of(row["provenance"]),
        based_on=row["based_on"],
        decides=row["decides"],
        successor=_record_of(row["successor"]),
        actor=row["actor"],
        reason=row["reason"],
        at=time_of(row["at"]),
        previous=row["previous"],
        hash=row["hash"],
        document_digest=row["document_digest"],
    )


def head_row(head: Head) -> dict[str, Any]:
    """Returns the row of a head."""
    return {
        "kind": head.record.kind,
        "key": head.record.key,
        "sequence": head.sequence,
        "version": head.version,
        "status": head.status.value,
        "digest": head.digest,
        "provenance": provenance_text(head.provenance),
        "successor": _record_text(head.successor),
        "submitted": time_text(head.submitted),
        "modified": time_text(head.modified),
        "verified": None if head.verified is None else time_text(head.verified),
    }


def head_of(row: Row) -> Head:
    """Returns the head of a row."""
    verified = row["verified"]
    return Head(
        record=RecordId(row["kind"], row["key"]),
        sequence=row["sequence"],
        version=row["version"],
        status=Status(row["status"]),
        digest=row["digest"],
        provenance=provenance_of(row["provenance"]),
        successor=_record_of(row["successor"]),
        submitted=time_of(row["submitted"]),
        modified=time_of(row["modified"]),
        verified=None if verified is None else time_of(verified),
    )


def content_of(row: Row) -> Content:
    """Returns the content of a row."""
    return Content(row["document"], row["triples"])


def change_digest(change: Change) -> str:
    """Returns a digest by which the same change is known when it comes again."""
    content = change.content
    return digest_of(
        _CANONICAL(
            [
                str(change.record),
                change.event,
                change.actor,
                change.status,
                content and [content.digest, digest_of(content.document)],
                provenance_text(change.provenance),
                change.based_on,
                change.decides,
                _record_text(change.successor),
                change.reason,
            ]
        )
    )


def provenance_text(provenance: Provenance) -> str:
    """Returns the provenance as JSON with sorted keys."""
    return _CANONICAL(
        {
            "dataset": provenance.dataset,
            "name_seen_in": provenance.name_seen_in,
            "note": dict(provenance.note),
            "sources": [[source.iri, source.issued] for source in provenance.sources],
        }
    )


def provenance_of(text: str) -> Provenance:
    """Returns the provenance that `provenance_text` wrote."""
    value = json.loads(text)
    return Provenance(
        sources=tuple(Source(iri, issued) for iri, issued in value["sources"]),
        name_seen_in=tuple(value["name_seen_in"]),
        note=value["note"],
        dataset=value["dataset"],
    )


def _record_text(record: RecordId | None) -> str | None:
    return None if record is None else str(record)


def _record_of(text: str | None) -> RecordId | None:
    return None if text is None else RecordId(*text.split("/", 1))
