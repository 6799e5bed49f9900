from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from registry.errors import BadParameter
from registry.freshness import Aged, Freshness
from registry.iris import RecordId
from registry.lifecycle import Status
from registry.ports import Listed, ListPage, ListQuery
from registry.search.index import Index
from tests.versions import IRIS, concept, place, version

PLACES = [
    version("place/bg", {"type": "Location", "name": {"bg": "България"}}),
    version(
        "place/bg422",
        {"type": "Location", "name": {"bg": "Хасково"}, "broader": place("bg")},
    ),
    version(
        "place/hkv34",
        {"type": "Location", "name": {"bg": "Хасково"}, "broader": place("bg422")},
    ),
    version(
        "place/77195",
        {"type": "Location", "name": {"bg": "Хасково"}, "broader": place("hkv34")},
    ),
    version(
        "place/bg411",
        {"type": "Location", "name": {"bg": "София"}, "broader": place("bg")},
    ),
]
OFFICE = version(
    "institution/office",
    {
        "type": "Organization",
        "name": {"bg": "Бюро по труда", "en": "Labour Office"},
        "serviceKind": [concept("service-kind", "employment-mediation")],
        "servesIn": [concept("language", "ar")],
        "state": concept("operating-state", "active"),
        "location": place("77195"),
    },
)
CARITAS = version(
    "institution/caritas",
    {
        "type": "Organization",
        "name": {"bg": "Каритас", "en": "Caritas"},
        "state": concept("operating-state", "closed"),
        "location": place("bg411"),
        "areaServed": [place("bg422")],
    },
)
COURSE = version(
    "course/bulgarian-1",
    {
        "type": "LearningOpportunity",
        "title": {"bg": "Български език"},
        "taughtLanguage": [concept("language", "bg")],
        "genre": [concept("course-type", "language-course")],
        "state": concept("operating-state", "active"),
    },
)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An index of a few places, two institutions and a course."""
    index = Index(tmp_path / "lists.sqlite", IRIS)
    index.replace([*PLACES, OFFICE, CARITAS, COURSE], 16)
    yield index
    index.close()


def keys(page: ListPage) -> list[str]:
    return [str(item.record) for item in page.items]


def test_line_of_a_list_says_what_and_where(index: Index) -> None:
    """A list shows names in both languages, the state and the seat."""
    page = index.search(ListQuery(kind="institution", state="active"))

    assert page == ListPage(
        items=[
            Listed(
                RecordId("institution", "office"),
                {"bg": "Бюро по труда", "en": "Labour Office"},
                "active",
                "77195",
            )
        ],
        total=1,
        next=None,
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (ListQuery(kind="institution", place="bg"), ["caritas", "office"]),
        (ListQuery(kind="institution", place="bg422"), ["caritas", "office"]),
        (ListQuery(kind="institution", place="hkv34"), ["caritas", "office"]),
        (ListQuery(kind="institution", place="bg411"), ["caritas"]),
        (ListQuery(service="employment-mediation"), ["office"]),
        (ListQuery(service="language-course"), ["bulgarian-1"]),
        (ListQuery(language="ar"), ["office"]),
        (ListQuery(language="bg"), ["bulgarian-1"]),
        (ListQuery(state="active"), ["bulgarian-1", "office"]),
        (ListQuery(text="БЮРО"), ["office"]),
        (ListQuery(text="labour тру"), ["office"]),
        (ListQuery(text='бюро" OR "каритас'), []),
        (ListQuery(text="…"), []),
        (ListQuery(kind="institution", text="никой"), []),
    ],
)
def test_filters_must_all_hold(
    index: Index, query: ListQuery, found: list[str]
) -> None:
    """Each filter narrows the list; a place means all inside it and around it."""
    assert [item.record.key for item in index.search(query).items] == found


def test_pages_follow_one_another_without_gaps(index: Index) -> None:
    """Cursors walk through every record once, in a stable order."""
    query = ListQuery(limit=3)
    pages = [index.search(query)]
    while pages[-1].next:
        pages.append(index.search(ListQuery(limit=3, after=pages[-1].next)))

    assert [len(page.items) for page in pages] == [3, 3, 2]
    walked = [name for page in pages for name in keys(page)]
    assert walked == sorted(set(walked))
    assert {page.total for page in pages} == {8}


def test_foreign_cursor_is_refused(index: Index) -> None:
    """A cursor that no page gave is an error, not an empty list."""
    with pytest.raises(BadParameter):
        index.search(ListQuery(after="nonsense"))


def test_retired_record_leaves_the_lists(index: Index) -> None:
    """Only what is current and public is listed."""
    retired = version(
        "institution/office", {"name": {"bg": "Бюро"}}, status=Status.RETIRED
    )

    index.replace([retired], 17)

    assert keys(index.search(ListQuery(kind="institution"))) == ["institution/caritas"]
    assert keys(index.search(ListQuery(text="бюро"))) == []
    assert index.sequence() == 17


def test_replacing_forgets_what_was_said_before(index: Index) -> None:
    """A new version takes the place of the old one in every filter."""
    moved = version(
        "institution/office",
        {
            "name": {"bg": "Дирекция"},
            "state": concept("operating-state", "active"),
            "location": place("bg411"),
        },
    )

    index.replace([moved], 18)

    assert keys(index.search(ListQuery(place="77195"))) == ["institution/caritas"]
    assert keys(index.search(ListQuery(text="бюро"))) == []
    assert keys(index.search(ListQuery(text="дирекция"))) == ["institution/office"]


def test_state_tells_of_every_change(tmp_path: Path) -> None:
    """Whoever watches sees that another filled the index, or emptied it."""
    watching, writing = (Index(tmp_path / "lists.sqlite", IRIS) for _ in range(2))
    seen = [watching.state(), watching.state()]
    for _ in range(2):
        writing.replace([OFFICE], 1)
        seen.append(watching.state())
        writing.discard()
        seen.append(watching.state())
    watching.close()
    writing.close()

    assert seen[0] == seen[1]
    assert len(set(seen)) == len(seen) - 1


def test_with_no_limit_records_are_only_counted(index: Index) -> None:
    """A limit of 0 gives the total of what is asked, by words too."""
    counted = index.search(ListQuery(kind="institution", limit=0))
    worded = index.search(ListQuery(text="Хасково", limit=0))

    assert (counted.items, counted.total, counted.next) == ((), 2, None)
    assert worded.total == index.search(ListQuery(text="Хасково")).total


@pytest.mark.parametrize(
    ("on", "freshness", "found"),
    [
        (date(2026, 4, 1), Freshness.FRESH, ["bulgarian-1", "caritas", "office"]),
        (date(2026, 10, 1), Freshness.AGEING, ["bulgarian-1"]),
        (date(2026, 10, 1), Freshness.FRESH, ["caritas", "office"]),
        (date(2027, 4, 1), Freshness.STALE, ["bulgarian-1", "caritas", "office"]),
        (date(2027, 4, 1), Freshness.FRESH, []),
    ],
)
def test_records_are_filtered_by_how_fresh_they_are_today(
    index: Index, on: date, freshness: Freshness, found: list[str]
) -> None:
    """Nothing has to be indexed anew as time goes by; places never age."""
    page = index.search(ListQuery(aged=Aged(freshness, on)))

    assert [item.record.key for item in page.items] == found
