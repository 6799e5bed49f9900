from datetime import timedelta
from itertools import chain

import pytest

from registry.views.dublin_core import Statement
from registry.views.oai.items import Item
from registry.views.oai.tokens import Remainder
from tests.conftest import DAWN
from tests.registry.views.oai.conftest import Registry, described
from tests.versions import IRIS

WHOLE = Remainder("ListRecords", "oai_dc", None, None, 0, 0, 0)


def at(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)


def harvest(registry: Registry, asked: Remainder | None, limit: int) -> list[list[str]]:
    """Returns the names on each page, following the list to its end."""
    items, pages = registry.items(limit), []
    while asked:
        page, left = items.page(asked)
        pages.append([item.name for item in page])
        assert left is None or left.cursor == asked.cursor + len(page)
        asked = left
    return pages


def test_record(registry: Registry) -> None:
    """A record is in the set of its kind, with the moment of its last change."""
    registry.publish("institution/one")
    (item,), left = registry.items().page(WHOLE)

    version = registry.journal.changed(0)[0]
    assert item == Item(
        name="institution/one",
        set="record:institution",
        position=2,
        at=registry.journal.entries(1)[0].at,
        deleted=False,
        thing=IRIS.base + "id/institution/one",
        triples=version.content.triples,
        extra=(Statement("date", "2026-01-01"),),
    )
    assert (item.dataset, left) == (False, None)
    assert registry.items().find("institution/one") == item


def test_dataset(registry: Registry) -> None:
    """A dataset of the catalogue is in a set of its own."""
    registry.describe("table.one", DAWN)

    item = registry.items().find("catalog/table.one")

    assert item == Item(
        name="catalog/table.one",
        set="dataset",
        position=1,
        at=DAWN,
        deleted=False,
        thing=IRIS.base + "id/catalog/table.one",
        triples=described("table.one", "а"),
    )
    assert item.dataset


def test_ends(registry: Registry) -> None:
    """What was retired is deleted at that moment; a superseded one names the next."""
    for name in ("institution/one", "institution/two", "institution/three"):
        registry.publish(name)
    registry.describe("table.one", DAWN)
    registry.delete("table.one", DAWN + at(9))
    registry.retire("institution/one")
    registry.replace("institution/two", "institution/three")
    find = registry.items().find

    one, two, table = map(
        find, ("institution/one", "institution/two", "catalog/table.one")
    )

    assert one is not None
    assert two is not None
    assert table is not None
    assert (one.deleted, one.triples, one.position) == (True, "", 7)
    assert one.at == registry.journal.entries(6)[0].at
    assert (two.deleted, two.position) == (False, 8)
    assert Statement("relation", IRIS.base + "id/institution/three") in two.extra
    assert (table.deleted, table.triples, table.at) == (True, "", DAWN + at(9))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "one",
        "institution/",
        "institution/two",
        "nothing/one",
        "institution/One",
        "institution/one/two",
        "catalog/table.two",
        "catalog/",
    ],
)
def test_no_item(registry: Registry, name: str) -> None:
    """What was never published is no item, however it is called."""
    registry.publish("institution/one")
    registry.describe("table.one", DAWN)

    assert registry.items().find(name) is None


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
def test_pages_hold_every_item_once(registry: Registry, limit: int) -> None:
    """Datasets come before records, pages are full, and none is empty."""
    for key in "ab":
        registry.describe(f"table.{key}", DAWN)
    for name in ("institution/one", "place/bg", "institution/two"):
        registry.publish(name)

    pages = harvest(registry, WHOLE, limit)

    assert [*chain.from_iterable(pages)] == [
        "catalog/table.a",
        "catalog/table.b",
        "institution/one",
        "place/bg",
        "institution/two",
    ]
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert len(pages[-1]) > 0


def test_page_that_is_full_ends_the_list(registry: Registry) -> None:
    """Where nothing follows there is no token, even if there are no records at all."""
    registry.describe("table.a", DAWN)

    assert registry.items(1).page(WHOLE)[1] is None


def test_parts_of_the_list(registry: Registry) -> None:
    """One kind, datasets alone, and what changed before a moment."""
    registry.describe("table.a", DAWN)
    registry.describe("table.b", DAWN + at(1))
    for name in ("institution/one", "place/bg", "institution/two"):
        registry.publish(name)

    def names(
        kind: str | None, until: str | None, datasets: int | None, records: int | None
    ) -> list[str]:
        asked = Remainder("ListRecords", "oai_dc", kind, until, datasets, records, 0)
        return [*chain.from_iterable(harvest(registry, asked, 1))]

    assert names("institution", None, None, 0) == ["institution/one", "institution/two"]
    assert names(None, None, 0, None) == ["catalog/table.a", "catalog/table.b"]
    assert names(None, None, 1, 4) == ["catalog/table.b", "institution/two"]
    assert names(None, "2026-01-01T00:00:00Z", 0, 0) == ["catalog/table.a"]
    assert len(names(None, "2026-01-01", 0, 0)) == 5


def test_change_during_a_harvest_skips_nothing(registry: Registry) -> None:
    """What changes meanwhile is met later, and what is retired as deleted."""
    for key in "abc":
        registry.describe(f"table.{key}", DAWN)
        registry.publish(f"institution/{key}")
    items, asked, seen = registry.items(2), WHOLE, []

    page, left = items.page(asked)
    seen += [(item.name, item.deleted) for item in page]
    registry.describe("table.c", DAWN + at(9), "б")
    registry.publish("institution/a", "б")
    registry.retire("institution/b")
    while left:
        page, left = items.page(left)
        seen += [(item.name, item.deleted) for item in page]

    assert seen == [
        ("catalog/table.a", False),
        ("catalog/table.b", False),
        ("catalog/table.c", False),
        ("institution/c", False),
        ("institution/a", False),
        ("institution/b", True),
    ]
