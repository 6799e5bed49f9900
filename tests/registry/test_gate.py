from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.errors import Busy, MalformedDocument
from registry.gate import Gate
from registry.losses import Loss
from registry.sandbox import Reason, Stopped, Worker
from tests.versions import BASE, content, place, version

ROOT = Path(__file__).parents[2]
FOLDERS: dict[str, Any] = {"ontology": ROOT / "ontology", "shapes": ROOT / "shapes"}
COUNTRY = {"type": "Location", "name": {"bg": "България"}}


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    """The gate over a real sandboxed worker, kept for the module."""
    with Worker("registry.admission:serve", memory=3 * 1024**3) as worker:
        yield Gate(worker, **FOLDERS, base=BASE)


def test_reading_gives_content_and_losses(gate: Gate) -> None:
    """A document becomes canonical triples and the document written from them."""
    record = version("place/bg", COUNTRY).head.record

    [reading] = gate.read(
        [(place("bg"), {"id": place("bg"), **COUNTRY, "naem": "typing error"})]
    )

    assert reading.content == content(record, COUNTRY)
    assert reading.losses == (Loss("/naem", '"typing error"', "undefined-term"),)
    assert reading.problem is None


def test_malformed_document_does_not_stop_the_others(gate: Gate) -> None:
    """Each document of a batch has its own outcome."""
    bad, good = gate.read(
        [
            (place("xx"), {"id": place("xx"), "type": {"no": "type"}}),
            (place("bg"), {"id": place("bg"), **COUNTRY}),
        ]
    )

    assert bad.content is None
    assert bad.problem is not None
    assert set(bad.problem) == {"bg", "en"}
    assert good.content is not None


def test_checking_reports_codes_in_both_languages(gate: Gate) -> None:
    """The report says which rule a thing breaks and what to do about it."""
    nameless = version("place/bg", {"type": ["Location", "AdminUnit"]})

    report = gate.check("place", nameless.content.triples, [place("bg")])

    assert not report.conforms
    missing = next(r for r in report.results if r.code == "name-missing")
    assert (missing.focus_node, missing.severity) == (place("bg"), "must")
    assert set(missing.message) == {"bg", "en"}


class Dying:
    """A worker that had to be stopped, or was not to be had."""

    def __init__(self, reason: Reason) -> None:
        self._reason = reason

    def call(self, payload: bytes, deadline: float) -> bytes:  # noqa: ARG002 - the port
        raise Stopped(self._reason)


def test_document_that_kills_its_reader_is_refused() -> None:
    """Whoever handed it in is told that reading had to be stopped."""
    gate = Gate(Dying(Reason.MEMORY), **FOLDERS, base=BASE)

    with pytest.raises(MalformedDocument, match="had to be stopped") as refusal:
        gate.read([(place("bg"), COUNTRY)])

    assert "спряна" in refusal.value.detail["bg"]


@pytest.mark.parametrize("reason", [Reason.BUSY, Reason.NOT_STARTED, Reason.KILLED])
def test_a_document_is_not_blamed_for_others(reason: Reason) -> None:
    """Whoever handed it in is told to try again."""
    gate = Gate(Dying(reason), **FOLDERS, base=BASE)

    with pytest.raises(Busy):
        gate.read([(place("bg"), COUNTRY)])


class KilledOnce:
    """A worker that somebody kills in the middle of its first call."""

    def __init__(self) -> None:
        self.calls = 0

    def call(self, payload: bytes, deadline: float) -> bytes:  # noqa: ARG002 - the port
        self.calls += 1
        if self.calls == 1:
            raise Stopped(Reason.KILLED)
        return b"[]"


def test_a_killed_reader_is_replaced() -> None:
    """Nobody notices: another worker reads the documents from their beginning."""
    worker = KilledOnce()

    assert Gate(worker, **FOLDERS, base=BASE).read([]) == []

    assert worker.calls == 2
