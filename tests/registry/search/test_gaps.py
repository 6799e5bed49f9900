from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from registry.errors import BadParameter
from registry.iris import RecordId
from registry.ports import Gap, GapCounts, GapQuery, Gaps, Missing, Want
from registry.record import Version
from registry.search.gaps import GapTable
from registry.search.index import Index
from tests.versions import IRIS, concept, place, version

DAY = date(2026, 3, 1)
TODAY = date(2026, 4, 1)
LATER = date(2027, 3, 2)
PAGE = "https://page.example/"
ENGLISH = Gap("name-en-missing", Want.ENGLISH, DAY)
CONTACT = Gap("contact-missing", Want.CONTACT, DAY)


def institution(key: str, state: str, where: str) -> Version:
    return version(
        f"institution/{key}",
        {
            "type": "Organization",
            "name": {"bg": key},
            "state": concept("operating-state", state),
            "location": place(where),
        },
    )


ONE = institution("one", "active", "hkv34")
TWO = institution("two", "active", "bg411")
OLD = institution("old", "historic", "hkv34")
PLACES = [
    version("place/bg422", {"type": "Location", "name": {"bg": "Хасково"}}),
    version(
        "place/hkv34",
        {"type": "Location", "name": {"bg": "Харманли"}, "broader": place("bg422")},
    ),
    version("place/bg411", {"type": "Location", "name": {"bg": "София"}}),
]


def missing(found: Version, gap: Gap, detail: str = "") -> Missing:
    key = found.head.record.key
    return Missing(found.head.record, {"bg": key}, gap, detail)


@pytest.fixture
def table(tmp_path: Path) -> Iterator[GapTable]:
    """What is missing from three institutions, one of which is history."""
    index = Index(tmp_path / "lists.sqlite", IRIS)
    index.replace([*PLACES, ONE, TWO, OLD], 6)
    made = GapTable(tmp_path / "lists.sqlite")
    made.replace(
        [
            (ONE.head.record, Gaps((CONTACT, ENGLISH), (PAGE,))),
            (TWO.head.record, Gaps((ENGLISH,))),
            (OLD.head.record, Gaps((ENGLISH,))),
        ],
        6,
    )
    yield made
    made.close()
    index.close()


def test_what_is_missing_comes_by_record(table: GapTable) -> None:
    """What no longer works need not be completed."""
    page = table.search(GapQuery(TODAY))

    assert page.items == [
        missing(ONE, CONTACT),
        missing(ONE, ENGLISH),
        missing(TWO, ENGLISH),
    ]
    assert (page.total, page.next) == (3, None)


def test_a_page_leads_to_the_next(table: GapTable) -> None:
    """Nothing is skipped and nothing comes twice, dead links of one record too."""
    table.replace_dead({PAGE: DAY}, "1")
    found, after = list[Missing](), None
    while True:
        page = table.search(GapQuery(TODAY, after=after, limit=1))
        found += page.items
        if page.next is None:
            break
        after = page.next

    assert found == list(table.search(GapQuery(TODAY)).items)
    assert len(found) == page.total == 4
    with pytest.raises(BadParameter):
        table.search(GapQuery(TODAY, after="nowhere"))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (GapQuery(TODAY, kind="institution"), 3),
        (GapQuery(TODAY, kind="course"), 0),
        (GapQuery(TODAY, want=Want.ENGLISH), 2),
        (GapQuery(TODAY, place="bg422"), 2),
        (GapQuery(TODAY, records=[TWO.head.record]), 1),
        (GapQuery(TODAY, records=[]), 0),
        (GapQuery(TODAY, without=[TWO.head.record]), 2),
        (GapQuery(LATER, want=Want.CHECK), 2),
    ],
    ids=str,
)
def test_filters(table: GapTable, query: GapQuery, count: int) -> None:
    """Each filter that is given holds; a place has what is inside it."""
    assert table.search(query).total == count


def test_what_was_not_checked_for_too_long_follows_from_today(table: GapTable) -> None:
    """Nothing has to be projected for a record to grow stale."""
    assert table.search(GapQuery(TODAY, want=Want.CHECK)).items == []

    page = table.search(GapQuery(LATER, want=Want.CHECK, limit=1))

    stale = Gap("stale", Want.CHECK, date(2027, 3, 1))
    assert page.items == [missing(ONE, stale)]


def test_a_dead_link_is_missing_from_the_records_that_have_it(table: GapTable) -> None:
    """It goes as soon as it is dead no more."""
    table.replace_dead({PAGE: DAY, "https://elsewhere.example/": DAY}, "1")
    page = table.search(GapQuery(TODAY, want=Want.LINK))
    assert page.items == [missing(ONE, Gap("dead-link", Want.LINK, DAY), PAGE)]

    table.replace_dead({}, "2")

    assert table.search(GapQuery(TODAY, want=Want.LINK)).items == []
    assert (table.links(), table.sequence()) == ("2", 6)


def test_counts(table: GapTable) -> None:
    """A place counts each gap once, also those of the places inside it."""
    assert table.counts(GapQuery(TODAY)) == GapCounts(
        {"institution": 3},
        {"contact": 1, "english": 2},
        {"bg411": 1, "bg422": 2, "hkv34": 2},
    )


def test_the_latest_come_first(table: GapTable) -> None:
    """A feed tells of what came up, not of what has been there for long."""
    newer = Gap("stale", Want.CHECK, date(2027, 3, 1))

    latest = table.latest(GapQuery(LATER, limit=2))

    assert latest == [missing(ONE, newer), missing(TWO, newer)]


def test_other_rules_find_everything_anew(table: GapTable, tmp_path: Path) -> None:
    """What was found by the rules of before is not kept."""
    table.renew()
    assert table.sequence() == 6
    other = GapTable(tmp_path / "lists.sqlite", "other rules")

    other.renew()

    assert other.sequence() == 0
    assert other.search(GapQuery(TODAY)).items == []
    other.close()


def test_a_record_that_is_not_there_is_not_listed(table: GapTable) -> None:
    """What the lists do not have yet, or no longer, is not told of."""
    gone = RecordId("institution", "gone")

    table.replace([(gone, Gaps((ENGLISH,)))], 7)

    assert table.search(GapQuery(TODAY)).total == 3
