from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.catalogue.store import Store
from registry.cataloguing import steps
from registry.journal.sql import SqlJournal, create
from registry.lifecycle import Event
from registry.ports import Position, Standing
from registry.record import Entry, Version
from tests.cataloguing import OTHER, OWN, QUARTERLY, YEARLY, History, catalogue
from tests.conftest import BASE, ticking
from tests.strategies import examples

Happening = Callable[[History], object]

keys = st.sampled_from([YEARLY, OTHER, QUARTERLY, OWN])
sizes = st.integers(1, 3)
files = st.dictionaries(
    st.sampled_from(
        [
            "manifest.json",
            "register.institution.csv",
            "register.table.nt",
            "registry.nq.gz",
            f"table.{YEARLY}.csv",
            f"table.{OWN}.parquet",
        ]
    ),
    sizes,
)
happenings: st.SearchStrategy[Happening] = st.one_of(
    st.builds(lambda key, n: lambda h: h.table(key, n), keys, sizes),
    st.builds(lambda n: lambda h: h.institution(f"Име {n}"), sizes),
    st.builds(lambda key: lambda h: h.submission(key), keys),
    st.builds(lambda key: lambda h: h.retire(key), keys),
    st.builds(lambda key, other: lambda h: h.supersede(key, other), keys, keys),
    st.builds(lambda key: lambda h: h.verify(key), keys),
    st.builds(lambda found: lambda h: h.dump(found), files),
)
"""One thing that happens to a registry."""


def everything(store: Store) -> list[object]:
    """Returns all that a catalogue would tell anybody."""
    snapshot = store.open()
    told = [
        store.state(),
        store.position(),
        list(store.activities(limit=1000)),
        list(store.changed(0, limit=1000)),
        list(snapshot.fragments("dcat-ap-2.1.1.ttl")),
        list(snapshot.fragments("dcat-ap-3.0.1.rdf")),
        [store.reliability(kind) for kind in ("table", "institution")],
    ]
    snapshot.close()
    return told


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.tuples(happenings, st.booleans(), st.integers(1, 4)), max_size=14))
def test_any_steps_give_the_same_catalogue(
    things: list[tuple[Happening, bool, int]],
) -> None:
    """Following a history bit by bit is walking through it once."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        history = History(create(folder / "journal.sqlite", BASE, ticking()))
        followed = catalogue(folder / "followed.sqlite")
        for happen, follow, batch in things:
            happen(history)
            if follow:
                history.catch_up(followed, batch=batch)
        history.catch_up(followed)

        rebuilt = catalogue(folder / "rebuilt.sqlite")
        history.catch_up(rebuilt)

        assert everything(rebuilt) == everything(followed)
        for store in (followed, rebuilt):
            store.close()
        history.journal.close()


def test_catching_up_again_does_nothing(history: History, store: Store) -> None:
    """What has been taken in is not taken in twice."""
    history.table(YEARLY)
    history.dump({"registry.nq.gz": 1})
    assert history.catch_up(store) == 4
    reached = Position(history.journal.tip()[0], 1)

    assert history.catch_up(store) == 0
    assert store.position() == reached


class Watched:
    """A journal that notes which past states it is asked for."""

    def __init__(self, journal: SqlJournal) -> None:
        self.journal = journal
        self.asked: list[int] = []
        self.entries = journal.entries
        self.version = journal.version
        self.changed = journal.changed

    def after_entry(self, entry: Entry) -> Version | None:
        self.asked.append(entry.sequence)
        return self.journal.after_entry(entry)


def test_records_that_stand_still_are_read_at_once(
    history: History, store: Store
) -> None:
    """Past states are put together only for entries that were overtaken."""
    history.institution("Едно")
    history.institution("Друго")
    first, second = (
        entry.sequence
        for entry in history.journal.entries()
        if entry.event is Event.ACCEPTED
    )
    watched = Watched(history.journal)

    steps.catch_up(replace(history.sources, journal=watched), store)

    assert watched.asked == [first]
    assert second == history.journal.tip()[0]


class Counting:
    """A catalogue that counts what is asked of it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.asked = 0
        self.state = store.state
        self.position = store.position
        self.write = store.write
        self.together = store.together
        self.keep_fresh = store.keep_fresh
        self.reliability = store.reliability

    def standing(self, key: str) -> Standing | None:
        self.asked += 1
        return self.store.standing(key)


def test_cost_is_that_of_what_changed(history: History, store: Store) -> None:
    """However much a catalogue holds, little of it is read for a little change."""
    for key in (YEARLY, OTHER, QUARTERLY, OWN):
        history.table(key)
    history.institution("Едно")
    history.catch_up(store)
    history.table(QUARTERLY, 2)
    counting = Counting(store)

    assert steps.catch_up(history.sources, counting) == 1
    assert counting.asked == 2, "the register of tables, and the table"
