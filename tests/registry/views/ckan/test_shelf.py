from pathlib import Path

from registry.catalogue.store import Store
from registry.ports import Position
from registry.views import fragments
from registry.views.ckan.shelf import Shelf, words
from tests.registry.views.ckan.conftest import Catalogue


def names(shelf: Shelf) -> list[str]:
    return [each.order["name"] for each in shelf.entries()]


def test_words() -> None:
    """Words have no case, and stand between whatever is no letter or digit."""
    assert words("Курс А1, „Хасково“", "a-b") == {"курс", "а1", "хасково", "a", "b"}


def test_entry(catalogue: Catalogue) -> None:
    """A package is known by what can be searched and sorted by."""
    catalogue.add("place", "csv", "nt")

    (entry,) = catalogue.shelf().entries()

    assert entry.key == "register.place"
    assert entry.fields["name"] == {"register_place"}
    assert entry.fields["organization"] == {"rma-maritza"}
    assert entry.fields["license_id"] == {"cc-by"}
    assert entry.fields["res_format"] == {"CSV", "N-Triples"}
    assert entry.fields["metadata_modified"] == {"2026-01-02T00:00:00.000000"}
    assert entry.fields["groups"] == frozenset()
    assert {"places", "области", "register_place"} <= entry.words
    assert entry.order["title"].startswith("места")


def test_shelf_follows_the_catalogue(catalogue: Catalogue) -> None:
    """What is added, changed or deleted is seen by the next reading."""
    shelf = catalogue.shelf()
    assert names(shelf) == []

    catalogue.add("place", "csv")
    catalogue.add("institution")
    assert names(shelf) == ["register_institution", "register_place"]

    catalogue.add("institution", "nt")
    catalogue.delete("place")
    (entry,) = shelf.entries()
    assert entry.key == "register.institution"
    assert entry.fields["res_format"] == {"N-Triples"}


def test_shelf_of_a_catalogue_that_was_made_anew(catalogue: Catalogue) -> None:
    """Nothing is left of a catalogue once another has taken its place."""
    catalogue.add("place")
    catalogue.add("course")
    shelf = catalogue.shelf()
    assert names(shelf) == ["register_course", "register_place"]

    catalogue.store.discard()
    assert names(shelf) == ["register_course", "register_place"]
    catalogue.add("institution")
    assert names(shelf) == ["register_institution"]


def test_find(catalogue: Catalogue) -> None:
    """A package is found by its name or its id, and by nothing else."""
    catalogue.add("place")
    shelf = catalogue.shelf()
    (entry,) = shelf.entries()
    (identity,) = entry.fields["id"]

    assert shelf.find("register_place") == shelf.find(identity) == entry
    assert shelf.find("register.place") is None
    assert [each["id"] for each in shelf.packages([entry])] == [identity]


def test_package_that_went_meanwhile(catalogue: Catalogue) -> None:
    """What is deleted between a search and its answer is left out."""
    catalogue.add("place")
    shelf = catalogue.shelf()
    found = shelf.entries()
    catalogue.delete("place")

    assert shelf.packages(found) == []
    catalogue.store.discard()
    assert shelf.packages(found) == []


def test_large_catalogue_is_read_in_steps(tmp_path: Path, catalogue: Catalogue) -> None:
    """More datasets than are read in one step are all there."""
    catalogue.add("place")
    (described,) = catalogue.store.datasets()
    store = Store(tmp_path / "large.sqlite", fragments.cut)
    many = [f"table.n{number:03}" for number in range(450)]
    large = Catalogue(store)
    changes = [
        large.standing(key, described.triples.replace("register.place", key))
        for key in many
    ]
    store.write(changes, Position(0, 0))

    assert names(large.shelf()) == [key.replace(".", "_") for key in many]
    store.close()
