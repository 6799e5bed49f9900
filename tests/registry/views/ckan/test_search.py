import pytest

from registry.views.ckan.faults import FaultError, Kind
from registry.views.ckan.search import condition, ordering
from registry.views.ckan.shelf import Entry, words


def entry(name: str, day: int, text: str, organization: str = "rma") -> Entry:
    at = f"2026-01-{day:02}T00:00:00.000000"
    return Entry(
        key=name,
        fields={
            "name": frozenset({name}),
            "metadata_modified": frozenset({at}),
            "organization": frozenset({organization}),
            "groups": frozenset(),
            "tags": frozenset({"a tag"}),
        },
        words=words(text),
        order={"name": name, "metadata_modified": at, "title": text.casefold()},
    )


ONE = entry("one", 1, "Места в Хасково")
TWO = entry("two", 2, "Курсове")
THREE = entry("three", 2, "Места", "eurostat")
ALL = (ONE, TWO, THREE)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "one two three"),
        ("*:*", "one two three"),
        ("места", "one three"),
        ("МЕСТА хасково", "one"),
        ('"места хасково"', "one"),
        ("мест", ""),
        ("места OR курсове", "one two three"),
        ("места AND хасково", "one"),
        ("-места", "two"),
        ("+места -хасково", "three"),
        ("name:one", "one"),
        ("name:one OR name:two", "one two"),
        ("organization:rma", "one two"),
        ("-organization:rma", "three"),
        ("organization:rma OR organization:eurostat места", "one three"),
        ('tags:"a tag"', "one two three"),
        ("organization:*", "one two three"),
        ("groups:*", ""),
        ("-groups:x", "one two three"),
        ("metadata_modified:[2026-01-02T00:00:00Z TO *]", "two three"),
        ("metadata_modified:[2026-01-01T00:00:00.000001Z TO *]", "two three"),
        ("metadata_modified:[* TO 2026-01-01T02:00:00+02:00]", "one"),
        ("metadata_modified:[2026-01-01 TO 2026-01-02]", "one two three"),
        ("metadata_modified:[2026-01-02T00:00:00Z TO *] -organization:rma", "three"),
        ("OR места", "one three"),
    ],
)
def test_condition(query: str, names: str) -> None:
    """Clauses hold together, `OR` joins neighbours, and a minus turns one round."""
    holds = condition(query)

    assert [each.key for each in ALL if holds(each)] == names.split()


@pytest.mark.parametrize(
    "query",
    [
        "(места)",
        "nothing:x",
        "title:места",
        "name:",
        "name:[a TO b]",
        "metadata_modified:[NOW TO *]",
        "metadata_modified:[2026-13-01T00:00:00Z TO *]",
        "metadata_modified:[0001-01-01T00:00:00+02:00 TO *]",
        '"open',
        "[",
        "a" * 1001,
    ],
)
def test_bad_queries(query: str) -> None:
    """What is not understood is refused rather than left out."""
    with pytest.raises(FaultError) as refused:
        condition(query)

    assert refused.value.kind is Kind.SEARCH_QUERY


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name asc", "one three two"),
        ("name desc", "two three one"),
        ("metadata_modified desc", "three two one"),
        ("score desc, metadata_modified desc", "three two one"),
        ("metadata_modified asc, title desc", "one three two"),
        ("title", "two three one"),
    ],
)
def test_order(sort: str, names: str) -> None:
    """Packages are sorted by several fields, and equal ones by name."""
    assert [each.key for each in ordering(sort)(ALL)] == names.split()


@pytest.mark.parametrize("sort", ["", "views_recent desc", "name up", "name asc,"])
def test_bad_orders(sort: str) -> None:
    """A field that nothing is sorted by is refused."""
    with pytest.raises(FaultError):
        ordering(sort)
