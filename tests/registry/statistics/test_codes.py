import pytest

from registry import review, submissions
from registry.errors import NotFound
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from registry.record import Provenance
from registry.statistics.codes import CodeLists
from registry.statistics.structure import (
    AREA,
    TIME,
    Dimension,
    Period,
    Role,
    Structure,
)
from tests.versions import BASE, content, place

STRUCTURE = Structure(
    key="people",
    dimensions=(
        Dimension("sex", "https://example.org/sex", Role.CODED, "sex", {}),
        Dimension("geo", AREA, Role.AREA, None, {}),
        Dimension("time_period", TIME, Role.TIME, None, {}),
    ),
    measure="https://example.org/people",
    integer=True,
    unit="PER",
    period=Period.YEAR,
    flags=True,
    threshold=None,
    default={},
)


def publish(journal: SqlJournal, name: str, document: dict[str, object]) -> None:
    """Submits and accepts a record."""
    record = RecordId(*name.split("/"))
    with journal.write() as writer:
        entry = submissions.submit(
            writer,
            record,
            content(record, document),
            provenance=Provenance(),
            actor="test",
        )
        assert entry is not None
        review.accept(writer, entry, actor="reviewer")


def scheme(journal: SqlJournal, key: str, broader: dict[str, str | None]) -> None:
    """Publishes a code list."""
    thing = f"{BASE}id/scheme/{key}"
    concepts = [
        {
            "id": f"{thing}#{code}",
            "type": "Concept",
            "notation": code,
            **({"broader": f"{thing}#{above}"} if above else {}),
        }
        for code, above in broader.items()
    ]
    publish(journal, f"scheme/{key}", {"type": "ConceptScheme", "concepts": concepts})


@pytest.fixture
def filled(journal: SqlJournal) -> SqlJournal:
    """A journal with two code lists and some places."""
    scheme(journal, "sex", {"T": None, "F": "T", "M": "T"})
    scheme(journal, "obs-flag", {"b": None, "c": None})
    publish(journal, "place/bg", {"type": "Location", "notation": "BG"})
    publish(
        journal,
        "place/77195",
        {"type": "Location", "ekatte": "77195", "broader": place("bg")},
    )
    publish(journal, "place/eu27-2020", {"type": "Location", "notation": "EU27_2020"})
    publish(journal, "place/nameless", {"type": "Location"})
    return journal


def test_codes_are_those_of_lists_and_places(filled: SqlJournal) -> None:
    """Each code comes with what it is a part of; periods have no list."""
    assert CodeLists(filled).of(STRUCTURE) == {
        "sex": {"T": None, "F": "T", "M": "T"},
        "geo": {"BG": None, "77195": "BG", "EU27_2020": None},
        "obs_flag": {"b": None, "c": None},
    }


def test_a_withdrawn_place_has_no_code(filled: SqlJournal) -> None:
    """Only places that are public can be written in a table."""
    with filled.write() as writer:
        review.retire(writer, RecordId("place", "77195"), actor="test", reason="gone")

    assert CodeLists(filled).of(STRUCTURE)["geo"] == {"BG": None, "EU27_2020": None}


def test_a_list_that_is_not_published_is_missed_by_name(journal: SqlJournal) -> None:
    """The refusal says what has to be loaded first."""
    scheme(journal, "obs-flag", {"b": None})

    with pytest.raises(NotFound, match="sex"):
        CodeLists(journal).of(STRUCTURE)
