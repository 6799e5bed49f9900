from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from registry import gaps, projection
from registry.errors import MalformedDocument
from registry.gate import Gate
from registry.iris import RecordId
from registry.journal.sql import SqlJournal, create
from registry.ports import GapQuery, Want
from registry.report import Report
from registry.sandbox import Worker
from registry.search.gaps import GapTable
from registry.search.index import Index
from tests.api.conftest import START, Minutes
from tests.api.queries import InProcessQueries
from tests.publishing import publish
from tests.tables import MemoryTables
from tests.versions import BASE, IRIS, concept, version

ROOT = Path(__file__).parents[2]
CENTRE = RecordId("institution", "centre")
BARE: dict[str, Any] = {
    "type": "Organization",
    "name": {"bg": "Център"},
    "classification": [concept("institution-kind", "ngo")],
    "state": concept("operating-state", "active"),
    "homepage": ["https://centre.example/"],
}


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    """The real rules, in a sandboxed worker."""
    with Worker("registry.admission:serve", memory=3 * 1024**3) as worker:
        yield Gate(
            worker, ontology=ROOT / "ontology", shapes=ROOT / "shapes", base=BASE
        )


class Board:
    """A journal with its lists, and with what is missing."""

    def __init__(self, folder: Path, gate: Gate) -> None:
        self.clock = Minutes()
        self.journal: SqlJournal = create(folder / "journal.sqlite", BASE, self.clock)
        self.queries = InProcessQueries()
        self.index = Index(folder / "lists.sqlite", IRIS)
        self.table = GapTable(folder / "lists.sqlite")
        self.check: gaps.Check = gate.check

    def catch_up(self) -> int:
        projection.catch_up(
            self.journal,
            self.queries,
            self.index,
            IRIS,
            tables=MemoryTables(),
            ontology="",
        )
        return gaps.catch_up(
            self.journal, self.journal.links, self.table, check=self.check, iris=IRIS
        )

    def codes(self) -> list[str]:
        page = self.table.search(GapQuery(START.date()))
        return [item.gap.code for item in page.items]

    def close(self) -> None:
        self.table.close()
        self.index.close()
        self.journal.close()


@pytest.fixture
def board(tmp_path: Path, gate: Gate) -> Iterator[Board]:
    """A board of an empty registry."""
    made = Board(tmp_path, gate)
    yield made
    made.close()


def test_the_board_empties_itself(board: Board) -> None:
    """A gap goes with the version that closes it, and nobody has to tick it off."""
    publish(board.journal, "institution/centre", BARE)
    board.catch_up()
    before = board.codes()
    told = {"bg": "Помага.", "en": "It helps."}
    contact = {
        "id": f"{BASE}id/institution/centre#contact",
        "type": "ContactPoint",
        "telephone": "+359 2 000000",
    }
    better = {**BARE, "description": told, "contact": contact}

    publish(board.journal, "institution/centre", better)
    board.catch_up()

    closed = {"contact-missing", "description-bg-missing", "description-en-missing"}
    assert before == sorted(before)
    assert set(before) - set(board.codes()) == closed
    assert {"address-missing", "location-missing", "name-en-missing"} < set(before)


def test_catching_up_and_filling_anew_find_the_same(board: Board) -> None:
    """What is missing follows from the journal, and its days too."""
    publish(board.journal, "institution/centre", BARE)
    board.catch_up()
    publish(board.journal, "institution/other", BARE)
    assert board.catch_up() == 1
    whole = board.table.search(GapQuery(START.date()))

    board.table.discard()

    assert board.catch_up() == 2
    assert board.table.search(GapQuery(START.date())) == whole
    assert board.catch_up() == 0


def test_dead_links_are_taken_in_when_something_was_noted(board: Board) -> None:
    """The projection looks at links only if somebody has tried them."""
    publish(board.journal, "institution/centre", BARE)
    for _ in range(2):
        board.journal.links.note("https://centre.example/", "404", alive=False)
        board.clock.at += timedelta(days=1)

    board.catch_up()

    assert "dead-link" in board.codes()


def test_a_record_whose_check_has_to_be_stopped_stops_no_other(board: Board) -> None:
    """The others of its batch are checked one by one."""
    real = board.check

    def stopped(kind: str, triples: str, focus: Sequence[str]) -> Report:
        if f"{BASE}id/institution/bad" in focus:
            raise MalformedDocument("stopped", "спряно")
        return real(kind, triples, focus)

    board.check = stopped
    publish(board.journal, "institution/bad", BARE)
    publish(board.journal, "institution/centre", BARE)
    board.catch_up()

    found = board.table.search(GapQuery(START.date(), records=[CENTRE]))
    assert Want.CONTACT in [item.gap.want for item in found.items]
    bad = board.table.search(
        GapQuery(START.date(), records=[RecordId("institution", "bad")])
    )
    assert [item.gap.code for item in bad.items] == ["address-missing"]


@pytest.mark.parametrize(
    ("code", "want"),
    [
        ("description-en-missing", Want.ENGLISH),
        ("concept-name-bg-missing", Want.BULGARIAN),
        ("location-missing", Want.PLACE),
        (gaps.ADDRESS, Want.PLACE),
        ("contact-missing", Want.CONTACT),
        (gaps.STALE, Want.CHECK),
        (gaps.DEAD_LINK, Want.LINK),
        ("target-group-missing", Want.RULE),
    ],
)
def test_each_code_is_about_something_to_add(code: str, want: Want) -> None:
    """What no other want is about is a rule that should be kept."""
    assert gaps.want_of(code) is want


def test_pages_elsewhere_are_links() -> None:
    """Homepages, pages and sources count once each; our own addresses do not."""
    document = {
        **BARE,
        "homepage": ["https://one.example/", "http://two.example/a?b=1", f"{BASE}id/x"],
    }
    found = version("institution/centre", document)

    assert gaps.addresses(found, IRIS) == [
        "http://two.example/a?b=1",
        "https://one.example/",
    ]
