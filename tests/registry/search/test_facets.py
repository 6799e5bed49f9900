from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.iris import RecordId
from registry.ports import Facets, ListQuery
from registry.search import facets
from registry.search.index import Index
from tests.versions import BASE, IRIS, concept, place, version

CENTRE = version(
    "training-centre/a",
    {
        "type": "Organization",
        "name": {"bg": "„Ята“"},
        "serviceKind": [concept("course-type", "language-course")],
        "targetGroup": [concept("target-group", "refugees")],
        "servesIn": [concept("language", "ar")],
        "state": concept("operating-state", "active"),
        "location": place("town"),
        "linkedTo": f"{BASE}id/institution/b",
    },
)
INSTITUTION = version(
    "institution/b",
    {
        "type": "Organization",
        "name": {"bg": "Акация", "en": "Zebra"},
        "state": concept("operating-state", "historic"),
        "location": place("province"),
        "areaServed": [place("town")],
    },
)
COURSE = version(
    "course/c",
    {
        "type": "LearningOpportunity",
        "title": {"bg": "Курс", "en": "Course"},
        "providedBy": f"{BASE}id/training-centre/a",
        "location": [place("town"), place("village")],
    },
)
PLACES = [
    version("place/province", {"type": "Location", "name": {"bg": "Област"}}),
    *(
        version(
            f"place/{key}",
            {"type": "Location", "name": {"bg": key}, "broader": place("province")},
        )
        for key in ("town", "village")
    ),
]
RECORDS = (CENTRE, INSTITUTION, COURSE)
FINDABLE = ("training-centre", "institution", "course")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An index of one record of each of three kinds, in a province with two places."""
    index = Index(tmp_path / "lists.sqlite", IRIS)
    index.replace([*PLACES, *RECORDS], 12)
    yield index
    index.close()


def keys(index: Index, query: ListQuery) -> list[str]:
    return [item.record.key for item in index.search(query).items]


def test_facets_of_a_document() -> None:
    """Concepts, places and the records that it belongs to can be filtered by."""
    document = {
        "state": concept("operating-state", "active"),
        "targetGroup": [concept("target-group", "refugees")],
        "location": place("town"),
        "parent": {"id": "nested", "name": {"bg": "без запис"}},
        "publisher": f"{BASE}id/institution/b",
        "page": ["https://elsewhere.example/"],
    }

    assert list(facets.of_document(document, IRIS)) == [
        ("concept", "target-group#refugees"),
        ("state", "active"),
        ("group", "refugees"),
        ("location", "town"),
        ("of", "institution/b"),
    ]


def test_spread_counts_each_record_once(index: Index) -> None:
    """A record in two places of a province is one record of the province."""
    assert index.facets(ListQuery(kinds=FINDABLE)) == Facets(
        kinds={"course": 1, "institution": 1, "training-centre": 1},
        states={"active": 1, "historic": 1},
        places={"province": 3, "town": 2, "village": 1},
        services={"language-course": 1},
        languages={"ar": 1},
        groups={"refugees": 1},
    )


def test_spread_is_that_of_what_is_found(index: Index) -> None:
    """Words and filters hold for the counts as for the list."""
    found = index.facets(ListQuery(text="курс", kinds=("course",), place="village"))

    assert found.kinds == {"course": 1}
    assert found.places == {"province": 1, "town": 1, "village": 1}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (ListQuery(kinds=("course", "institution")), ["c", "b"]),
        (ListQuery(kinds=FINDABLE, working=True), ["c", "a"]),
        (ListQuery(group="refugees"), ["a"]),
        (ListQuery(of=RecordId("institution", "b")), ["a"]),
        (ListQuery(of=RecordId("training-centre", "a")), ["c"]),
        (ListQuery(kinds=FINDABLE, by_name="bg"), ["b", "c", "a"]),
        (ListQuery(kinds=FINDABLE, by_name="en"), ["c", "b", "a"]),
        (ListQuery(kinds=FINDABLE, by_name="uk"), ["b", "c", "a"]),
    ],
)
def test_filters_and_order(index: Index, query: ListQuery, found: list[str]) -> None:
    """Names are sorted by their letters, not by the quotation marks around them."""
    assert keys(index, query) == found


def test_pages_by_name(index: Index) -> None:
    """The cursor of a page by name leads to the page that follows."""
    first = index.search(ListQuery(kinds=FINDABLE, by_name="bg", limit=2))
    second = index.search(
        ListQuery(kinds=FINDABLE, by_name="bg", limit=2, after=first.next)
    )

    assert [item.record.key for item in first.items] == ["b", "c"]
    assert [item.record.key for item in second.items] == ["a"]
    assert (first.total, second.total, second.next) == (3, 3, None)


def test_withdrawn_record_is_not_listed_by_name(index: Index) -> None:
    """What is put in place of a record replaces its name too."""
    index.replace([CENTRE], 13)

    assert keys(index, ListQuery(kinds=FINDABLE, by_name="bg")) == ["b", "c", "a"]
