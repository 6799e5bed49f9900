import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.catalogue.store import Store
from registry.ports import Activity, Deed, Described, Position, Standing

DAWN = datetime(2026, 1, 1, tzinfo=UTC)


def at(day: int) -> datetime:
    return DAWN + timedelta(days=day)


def standing(key: str, day: int, text: str | None = None) -> Standing:
    """Returns a dataset as it stands from a day on, deleted if its text is empty."""
    said = f"<{key}> is {day}" if text is None else text
    return Standing(key, at(day), said, DAWN, at(day), day)


def cut(triples: str) -> Mapping[str, bytes]:
    return {"small": triples.lower().encode(), "large": triples.upper().encode()}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty catalogue."""
    made = Store(tmp_path / "catalogue.sqlite", cut)
    yield made
    made.close()


def test_new_catalogue_is_empty(store: Store) -> None:
    """Before anything is written it has no datasets, and a digest all the same."""
    state = store.state()

    assert (state.number, state.at, state.datasets) == (0, None, 0)
    assert len(state.digest) == 64
    assert store.position() == Position(0, 0)
    assert store.datasets() == []


def test_changes_become_activities(store: Store) -> None:
    """What a change does to a dataset follows from how the dataset stood."""
    store.write([standing("a", 1), standing("b", 2)], Position(7, 0))
    store.write(
        [standing("a", 3), standing("b", 4, ""), standing("b", 5)], Position(9, 2)
    )

    assert [(a.number, a.deed, a.dataset, a.at) for a in store.activities()] == [
        (1, Deed.CREATE, "a", at(1)),
        (2, Deed.CREATE, "b", at(2)),
        (3, Deed.UPDATE, "a", at(3)),
        (4, Deed.DELETE, "b", at(4)),
        (5, Deed.CREATE, "b", at(5)),
    ]
    assert store.activities(after=3, limit=1) == [
        Activity(4, Deed.DELETE, "b", at(4), "")
    ]
    assert store.position() == Position(9, 2)
    state = store.state()
    assert (state.number, state.at, state.datasets) == (5, at(5), 2)


def test_datasets_are_what_the_activities_add_up_to(store: Store) -> None:
    """A deleted dataset is found by its key and among changes, but not listed."""
    store.write([standing(key, n) for n, key in enumerate("dacb", 1)], Position(1, 0))
    store.write([standing("a", 9, "")], Position(2, 0))

    b = Described("b", 4, at(4), "<b> is 4")
    c = Described("c", 3, at(3), "<c> is 3")
    d = Described("d", 1, at(1), "<d> is 1")
    gone = Described("a", 5, at(9), "")
    assert store.datasets() == [b, c, d]
    assert store.datasets(after="b", limit=1) == [c]
    assert store.datasets(since=at(3)) == [b, c]
    assert store.changed(1) == [c, b, gone]
    assert store.changed(1, limit=2) == [c, b]
    assert store.dataset("a") == gone
    assert store.dataset("nobody") is None


def test_standing_is_what_was_written(store: Store) -> None:
    """The projection finds again what it left."""
    change = Standing("a", at(3), "<a>", at(1), at(2), 4, 17, ("b", "c"))
    store.write([change], Position(1, 0))

    assert store.standing("a") == change
    assert store.standing("b") is None


def test_equal_catalogues_have_equal_digests(tmp_path: Path, store: Store) -> None:
    """The way to a catalogue does not matter, only what it holds."""
    store.write([standing("a", 1), standing("b", 1), standing("c", 1)], Position(1, 0))
    store.write([standing("b", 2, ""), standing("a", 2, "other")], Position(2, 0))
    other = Store(tmp_path / "other.sqlite", cut)
    other.write([standing("c", 1), standing("a", 5, "other")], Position(8, 3))

    assert store.state().digest == other.state().digest
    other.write([standing("a", 6, "another")], Position(9, 3))
    assert store.state().digest != other.state().digest
    other.close()


def test_snapshot_stays_as_it_is(store: Store) -> None:
    """Who reads for a long time reads one state, whatever is written meanwhile."""
    store.write([standing("a", 1), standing("b", 1)], Position(1, 0))
    snapshot = store.open()

    store.write([standing("b", 2), standing("c", 2)], Position(2, 0))

    assert snapshot.state.datasets == snapshot.count() == 2
    assert list(snapshot.fragments("small")) == [b"<a> is 1", b"<b> is 1"]
    snapshot.close()
    later = store.open()
    assert list(later.fragments("small")) == [b"<a> is 1", b"<b> is 2", b"<c> is 2"]
    later.close()


def test_other_threads_read_meanwhile(store: Store) -> None:
    """Each thread has a connection of its own."""
    store.write([standing("a", 1)], Position(1, 0))
    seen: list[int] = []

    def read() -> None:
        seen.append(store.state().datasets)
        store.close()

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert seen == [1]


def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """Readers see all of a step or nothing of it."""

    def fragile(triples: str) -> Mapping[str, bytes]:
        if "bad" in triples:
            raise ValueError(triples)
        return {}

    store = Store(tmp_path / "catalogue.sqlite", fragile)
    with pytest.raises(ValueError, match="bad"):
        store.write([standing("a", 1), standing("b", 1, "bad")], Position(1, 0))

    assert store.state().number == 0
    assert store.position() == Position(0, 0)
    store.close()


def test_failure_among_several_writes_leaves_nothing(store: Store) -> None:
    """What is written together is seen together, or not at all."""

    def write() -> None:
        with store.together():
            store.write([standing("a", 1)], Position(1, 0))
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        write()
    assert store.state().number == 0
    store.write([standing("b", 1)], Position(1, 0))
    assert store.state().number == 1


@pytest.mark.parametrize(
    "renew",
    [
        pytest.param(lambda store: store.discard(), id="discarded"),
        pytest.param(lambda store: store.renew(), id="of another origin"),
    ],
)
def test_readers_keep_the_old_catalogue_until_the_new_is_whole(
    tmp_path: Path, renew: Callable[[Store], None]
) -> None:
    """Nobody is shown an empty catalogue, or half of one, while it is made anew."""
    path = tmp_path / "catalogue.sqlite"
    reader = Store(path, cut, "one")
    reader.write([standing("a", 1), standing("b", 1)], Position(9, 3))
    store = Store(path, cut, "two")

    renew(store)
    seen = []
    with store.together():
        assert store.position() == Position(0, 0)
        assert store.standing("a") is None
        for number, key in enumerate("cd", 1):
            store.write([standing(key, number)], Position(number, 0))
            seen.append([found.key for found in reader.datasets()])

    assert seen == [["a", "b"], ["a", "b"]]
    assert [found.key for found in reader.datasets()] == ["c", "d"]
    assert [a.number for a in reader.activities()] == [1, 2]
    assert reader.position() == Position(2, 0)
    for opened in (reader, store):
        opened.close()


def test_failed_renewal_is_tried_again(tmp_path: Path) -> None:
    """The old catalogue stays, and the next attempt starts from nothing too."""
    store = Store(tmp_path / "catalogue.sqlite", cut)
    store.write([standing("a", 1)], Position(1, 0))
    store.discard()
    with pytest.raises(ValueError, match="broken"), store.together():
        raise ValueError("broken")
    assert [found.key for found in store.datasets()] == ["a"]

    with store.together():
        pass

    assert store.datasets() == []
    store.close()


def test_renewed_catalogue_of_the_same_origin_is_kept(tmp_path: Path) -> None:
    """What was made from the same facts stays."""
    store = Store(tmp_path / "catalogue.sqlite", cut, "one")
    store.renew()
    store.write([standing("a", 1)], Position(1, 0))

    store.renew()
    with store.together():
        pass

    assert store.state().number == 1
    store.close()
