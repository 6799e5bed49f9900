from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry.catalogue.store import Store
from registry.ports import Described, Position, Standing
from registry.views import fragments
from registry.views.following import PAGE, Following

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty catalogue."""
    made = Store(tmp_path / "catalogue.sqlite", fragments.cut)
    yield made
    made.close()


def put(store: Store, **words: str) -> None:
    """Writes datasets, each with a word that it says; an empty one deletes."""
    changes = [
        Standing(key, AT, word and f'<x:{key}> <x:says> "{word}" .\n', AT, AT)
        for key, word in words.items()
    ]
    store.write(changes, Position(0, 0))


def word(described: Described) -> str | None:
    """Returns what a dataset says, or nothing if that is not to be told."""
    said = described.triples.split('"')[1]
    return None if said == "secret" else said


def test_what_changes_is_seen_by_the_next_reading(store: Store) -> None:
    """What is added, changed, deleted or left out."""
    followed = Following(store, word)
    assert followed.values() == {}

    put(store, a="one", b="two", c="secret")
    assert followed.values() == {"a": "one", "b": "two"}
    put(store, a="three", b="", c="four")
    assert followed.values() == {"a": "three", "c": "four"}
    put(store, c="secret")
    assert followed.values() == {"a": "three"}


def test_only_what_changed_is_read(store: Store) -> None:
    """What stayed as it was costs nothing."""
    read: list[str] = []

    def noted(described: Described) -> str | None:
        read.append(described.key)
        return word(described)

    followed = Following(store, noted)
    put(store, a="one", b="two")
    followed.values()
    read.clear()

    followed.values()
    put(store, b="three")
    followed.values()

    assert read == ["b"]


def test_a_catalogue_that_was_made_anew(store: Store) -> None:
    """Nothing is left of a catalogue once another has taken its place."""
    followed = Following(store, word)
    put(store, a="one", b="two")
    assert set(followed.values()) == {"a", "b"}

    store.discard()
    assert set(followed.values()) == {"a", "b"}
    put(store, c="three")
    assert followed.values() == {"c": "three"}


def test_large_catalogue_is_read_in_steps(store: Store) -> None:
    """More datasets than are read in one step are all there."""
    many = {f"n{number:03}": "x" for number in range(2 * PAGE + 50)}
    put(store, **many)

    assert Following(store, word).values() == many
