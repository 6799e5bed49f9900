import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest

from registry.desk import Channel
from registry.iris import RecordId
from registry.lifecycle import Event, Status
from registry.record import Entry, Provenance
from registry.views.trail import COLUMNS, Line, guarded, written_csv, written_json

ENTRY = Entry(
    sequence=7,
    record=RecordId("institution", "one"),
    event=Event.ACCEPTED,
    status=Status.STABLE,
    version=2,
    digest="d" * 64,
    provenance=Provenance(),
    based_on=None,
    decides=6,
    successor=None,
    actor="person/1",
    reason='Проверено, "по телефона"\nи на място',
    at=datetime(2026, 5, 1, 9, 30, tzinfo=UTC),
    previous="0" * 64,
    hash="f" * 64,
)
LINE = Line(ENTRY, "org-1", Channel.FORM, name="Мария")
TOLD = {
    "sequence": 7,
    "at": "2026-05-01T09:30:00.000000Z",
    "record": "institution/one",
    "event": "accepted",
    "status": "stable",
    "version": 2,
    "decides": 6,
    "actor": "person/1",
    "name": "Мария",
    "erased": False,
    "organisation": "org-1",
    "channel": "form",
    "reason": 'Проверено, "по телефона"\nи на място',
    "digest": "d" * 64,
    "hash": "f" * 64,
}


def _rows(*lines: Line) -> list[list[str]]:
    text = b"".join(written_csv(lines)).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def test_csv() -> None:
    """CSV has a line for each change, which reads back as it was."""
    erased = replace(LINE, name=None, erased=True, channel=None)

    assert _rows(LINE, erased) == [
        list(COLUMNS),
        ["false" if v is False else str(v) for v in TOLD.values()],
        [
            *("7", "2026-05-01T09:30:00.000000Z", "institution/one", "accepted"),
            *("stable", "2", "6", "person/1", "", "true", "org-1", ""),
            *('Проверено, "по телефона"\nи на място', "d" * 64, "f" * 64),
        ],
    ]


def test_json() -> None:
    """JSON is one array, even of nothing, and says what is not known."""
    erased = replace(LINE, name=None, erased=True)

    assert json.loads(b"".join(written_json([LINE, erased]))) == [
        TOLD,
        {**TOLD, "name": None, "erased": True},
    ]
    assert json.loads(b"".join(written_json([]))) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_formulas(text: str) -> None:
    """What a spreadsheet program would run is shown to people as text."""
    hostile = Line(replace(ENTRY, reason=text), "org-1", name=text)

    row = dict(zip(COLUMNS, _rows(hostile)[1], strict=True))
    assert (row["reason"], row["name"]) == (f"'{text}", f"'{text}")
    assert json.loads(b"".join(written_json([hostile])))[0]["reason"] == text


def test_plain_text_is_left_alone() -> None:
    """Text that begins with nothing suspicious stays as it is."""
    assert guarded("Мария = 1") == "Мария = 1"
