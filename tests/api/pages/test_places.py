import pytest

from api.pages.places import Place, Places
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from tests.publishing import publish, retire
from tests.versions import IRIS, concept, place


def _place(
    journal: SqlJournal, key: str, level: str, bg: str, inside: str | None = None
) -> None:
    document: dict[str, object] = {
        "type": "Location",
        "name": {"bg": bg, "en": f"{bg} (en)"},
        "genre": [concept("place-level", level)],
        "notation": key.upper(),
    }
    if inside:
        document["broader"] = place(inside)
    publish(journal, f"place/{key}", document)


@pytest.fixture
def gazetteer(journal: SqlJournal) -> SqlJournal:
    """A journal with a country and two provinces."""
    _place(journal, "bg", "country", "България")
    _place(journal, "bg422", "province", "Хасково", "bg")
    _place(journal, "bg311", "province", "Видин", "bg")
    return journal


def test_places(gazetteer: SqlJournal) -> None:
    """Every place is known by its key, with level, code, names and container."""
    places = Places(gazetteer, IRIS).all()

    assert set(places) == {"bg", "bg422", "bg311"}
    assert places["bg422"] == Place(
        RecordId("place", "bg422"),
        "province",
        "BG422",
        {"bg": "Хасково", "en": "Хасково (en)"},
        "bg",
    )


def test_of_level(gazetteer: SqlJournal) -> None:
    """The places of a level come by their names."""
    places = Places(gazetteer, IRIS)

    assert [p.code for p in places.of_level("province", "bg")] == ["BG311", "BG422"]
    assert places.of_level("settlement", "bg") == []


def test_around(gazetteer: SqlJournal) -> None:
    """What contains a place comes from the largest on; a ring of places ends."""
    _place(gazetteer, "77195", "settlement", "Хасково", "bg422")
    _place(gazetteer, "a1", "settlement", "А", "a2")
    _place(gazetteer, "a2", "settlement", "Б", "a1")
    places = Places(gazetteer, IRIS)

    assert [p.code for p in places.around("77195")] == ["BG", "BG422"]
    assert places.around("bg") == places.around("nowhere") == []
    assert len(places.around("a1")) <= len(places.all())


def test_changes_are_seen(gazetteer: SqlJournal) -> None:
    """What is published, renamed or withdrawn later is known the next time."""
    places = Places(gazetteer, IRIS)
    before = places.all()

    _place(gazetteer, "bg422", "province", "Хасково 2", "bg")
    _place(gazetteer, "bg421", "province", "Пловдив", "bg")
    retire(gazetteer, "place/bg311")

    assert set(places.all()) == {"bg", "bg422", "bg421"}
    assert places.all()["bg422"].names["bg"] == "Хасково 2"
    assert set(before) == {"bg", "bg422", "bg311"}
