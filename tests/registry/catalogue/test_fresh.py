from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from registry.catalogue.store import Store
from registry.iris import RecordId
from registry.ports import Reliability
from tests.cataloguing import catalogue

FIRST, SECOND, THIRD = (date(2026, 5, day) for day in (1, 2, 3))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty catalogue."""
    made = catalogue(tmp_path / "catalogue.sqlite")
    yield made
    made.close()


def keep(store: Store, key: str, until: date | None, confirmed: bool = False) -> None:
    store.keep_fresh(RecordId("institution", key), until, confirmed=confirmed)


def test_half_of_the_records_are_fresh_until_a_day(store: Store) -> None:
    """All of them until the first, at least half until the one in the middle."""
    assert store.reliability("institution") is None
    for key, until in (("a", THIRD), ("b", FIRST), ("c", SECOND)):
        keep(store, key, until)
    assert store.reliability("institution") == Reliability(0, FIRST, SECOND)

    keep(store, "d", THIRD)

    assert store.reliability("institution") == Reliability(0, FIRST, THIRD)
    assert store.reliability("course") is None


def test_what_was_confirmed_once_stays_so(store: Store) -> None:
    """Until it ages no more."""
    keep(store, "a", FIRST, confirmed=True)
    keep(store, "a", SECOND)
    assert store.reliability("institution") == Reliability(1, SECOND, SECOND)

    keep(store, "a", None)

    assert store.reliability("institution") is None
