import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from registry import uploads
from registry.errors import Busy, Invalid, NotFound, RegistryError
from registry.sandbox import Reason, Stopped
from registry.sheets.faults import Fault


@dataclass
class Recorder:
    """A worker that keeps the requests, and answers or has to be stopped."""

    reason: Reason | None = None
    asked: list[Any] = field(default_factory=list)

    def call(self, payload: bytes, deadline: float) -> bytes:
        """Answers as the worker of sheets does: a head, a line break, a text."""
        assert deadline == uploads.DEADLINE
        self.asked.append(json.loads(payload))
        if self.reason:
            raise Stopped(self.reason)
        return b"{}\nmarked"


def fault(line: int, rule: str = "not-a-number") -> Fault:
    """Returns a fault in a cell."""
    return Fault(line, "value", rule, "x", {"bg": "грешно", "en": "wrong"})


def test_remarks_are_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    """What is wrong with the file as a whole stands in its first line."""
    worker = Recorder()

    body = uploads.marked(worker, tmp_path / "f", [fault(0), fault(7)], "bg")

    assert body == b"marked"
    assert worker.asked == [
        {
            "task": "mark",
            "path": str(tmp_path / "f"),
            "remarks": [[1, "value", "грешно"], [7, "value", "грешно"]],
            "language": "bg",
        }
    ]


def test_what_cannot_be_opened_cannot_be_marked(tmp_path: Path) -> None:
    """The worker is not even asked."""
    worker = Recorder()

    assert not uploads.markable([fault(1), fault(0, "not-utf-8")])
    with pytest.raises(NotFound, match="cannot be opened"):
        uploads.marked(worker, tmp_path, [fault(0, "not-utf-8")], "en")
    assert worker.asked == []


def test_a_file_that_takes_too_long_is_refused() -> None:
    """With the reason, and with what to do about it."""
    with pytest.raises(Invalid, match=r"deadline.*fewer rows"):
        uploads.ask(Recorder(Reason.DEADLINE), {"task": "table"})


@pytest.mark.parametrize(
    ("reason", "error", "calls"),
    [
        (Reason.KILLED, Busy, 2),
        (Reason.BUSY, Busy, 1),
        (Reason.MEMORY, Invalid, 1),
        (Reason.DEADLINE, Invalid, 1),
    ],
)
def test_only_what_a_file_did_is_held_against_it(
    reason: Reason, error: type[RegistryError], calls: int
) -> None:
    """A worker killed from outside is replaced; if that is too, one may try again."""
    worker = Recorder(reason)

    with pytest.raises(error):
        uploads.ask(worker, {})

    assert len(worker.asked) == calls
