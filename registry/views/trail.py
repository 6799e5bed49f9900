"""The audit trail as CSV and JSON: who changed what, when and why, line by line."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from registry.desk import Channel
from registry.record import Entry

BOM = "\ufeff"
"""Tells spreadsheet programs that the text is UTF-8."""

COLUMNS = (
    "sequence",
    "at",
    "record",
    "event",
    "status",
    "version",
    "decides",
    "actor",
    "name",
    "erased",
    "organisation",
    "channel",
    "reason",
    "digest",
    "hash",
)
"""What is told of a change, in order."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Line:
    """One change: an entry of the journal with what stands beside it.

    Attributes:
        entry: the journal's entry.
        organisation: id of the one for which it was handed in, or else of the one
            that keeps the record.
        channel: by which way; `None` if it did not come by the desk.
        name: of who did it; `None` if it is not known, or no longer.
        erased: whether that person's data were erased.
    """

    entry: Entry
    organisation: str
    channel: Channel | None = None
    name: str | None = None
    erased: bool = False


def members(line: Line) -> Mapping[str, object]:
    """Returns what is told of a change, by column."""
    entry = line.entry
    values = (
        entry.sequence,
        entry.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        str(entry.record),
        entry.event.value,
        entry.status.value,
        entry.version,
        entry.decides,
        entry.actor,
        line.name,
        line.erased,
        line.organisation,
        line.channel.value if line.channel else None,
        entry.reason,
        entry.digest,
        entry.hash,
    )
    return dict(zip(COLUMNS, values, strict=True))


def written_csv(lines: Iterable[Line]) -> Iterator[bytes]:
    """Yields CSV for people: no spreadsheet program takes a text for a formula.

    **Source:** RFC 4180.
    """
    yield (BOM + _csv(COLUMNS)).encode()
    for line in lines:
        yield _csv(_cell(value) for value in members(line).values()).encode()


def written_json(lines: Iterable[Line]) -> Iterator[bytes]:
    """Yields one JSON array of objects, a line of text for each."""
    before = "[\n"
    for line in lines:
        yield (before + json.dumps(members(line), ensure_ascii=False)).encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def guarded(text: str) -> str:
    """Returns a text that spreadsheet programs show, whatever it begins with."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(str(value))


def _csv(cells: Iterable[str]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()
