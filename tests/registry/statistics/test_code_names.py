from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.journal.sql import SqlJournal, create
from registry.statistics.code_names import CodeNames, Listed
from tests.conftest import ticking
from tests.publishing import publish, retire
from tests.tables import structure
from tests.versions import BASE, concept, place


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqlJournal]:
    """A country with a town, a village that is gone, a code list, and a school."""
    made = create(tmp_path / "journal.sqlite", BASE, ticking())
    publish(
        made,
        "place/bg",
        {"type": "Location", "notation": "BG", "name": {"bg": "България"}},
    )
    publish(
        made,
        "place/12345",
        {
            "type": "Location",
            "ekatte": "12345",
            "name": {"bg": "Град"},
            "broader": place("bg"),
        },
    )
    publish(made, "place/99999", {"type": "Location", "ekatte": "99999"})
    retire(made, "place/99999")
    publish(
        made,
        "scheme/sex",
        {
            "type": "ConceptScheme",
            "concepts": [
                {"id": concept("sex", "T"), "type": "Concept", "name": {"en": "all"}},
                {
                    "id": concept("sex", "F"),
                    "type": "Concept",
                    "name": {"en": "women"},
                    "broader": concept("sex", "T"),
                },
            ],
        },
    )
    publish(
        made,
        "institution/school",
        {"type": ["Organization", "TrainingCentre"], "name": {"en": "School"}},
    )
    yield made
    made.close()


def test_places_have_codes_names_and_what_they_are_in(journal: SqlJournal) -> None:
    """Those that are public; names are read again when the journal moves on."""
    names = CodeNames(journal)

    assert names.places() == Listed(
        {"12345": {"bg": "Град"}, "BG": {"bg": "България"}}, {"12345": "BG"}
    )
    retire(journal, "place/12345")
    assert names.places() == Listed({"BG": {"bg": "България"}}, {})


def test_a_code_list_has_codes_and_names(journal: SqlJournal) -> None:
    """One that is not published has none."""
    names = CodeNames(journal)

    assert names.scheme("sex") == Listed(
        {"F": {"en": "women"}, "T": {"en": "all"}}, {"F": "T"}
    )
    assert names.scheme("age") == Listed({}, {})


def test_records_are_found_by_what_they_are(journal: SqlJournal) -> None:
    """By their ids, whichever of the types they have."""
    names = CodeNames(journal)

    assert names.records(["TrainingCentre"]).names == {
        "institution/school": {"en": "School"}
    }
    assert set(names.records(["Location"]).names) == {"place/bg", "place/12345"}


def test_a_table_has_lists_for_all_of_its_codes(journal: SqlJournal) -> None:
    """And for flags."""
    found = CodeNames(journal).of(structure("foreign-residents-by-municipality"))

    assert set(found) == {"obs_flag", "geo", "citizen", "sex", "age"}
    assert set(found["geo"].names) == {"BG", "12345"}
