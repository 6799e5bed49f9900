"""What records can be filtered by, and how what was found is spread over it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from registry.iris import Iris
from registry.ports import Facets

FACETS = {
    "serviceKind": "service",
    "genre": "service",
    "servesIn": "language",
    "taughtLanguage": "language",
    "language": "language",
    "state": "state",
    "targetGroup": "group",
    "location": "location",
    "areaServed": "area",
}
"""Terms of the document that can be filtered by, and the facet they fill."""

OF = ("parent", "linkedTo", "providedBy", "provider", "authority", "publisher")
"""Terms that name the record which another belongs to."""

Fetch = Callable[[str, Mapping[str, object]], list[Any]]

_KINDS = """
SELECT kind, count(*) FROM listed WHERE {0} GROUP BY kind ORDER BY kind
"""
_VALUES = """
SELECT value, count(*) FROM facet WHERE name = :facet AND id IN (
  SELECT id FROM listed WHERE {0}) GROUP BY value ORDER BY value
"""
_PLACES = """
WITH RECURSIVE under (id, place) AS (
  SELECT id, value FROM facet WHERE name = 'location' AND id IN (
    SELECT id FROM listed WHERE {0}) UNION
  SELECT under.id, inside.container FROM under
    JOIN inside ON inside.place = under.place)
SELECT place, count(*) FROM under GROUP BY place ORDER BY place
"""


def of_document(document: Mapping[str, Any], iris: Iris) -> Iterator[tuple[str, str]]:
    """Yields what a record can be filtered by, as the name of a facet and a value."""
    yield from _concepts(document, iris)
    for term, facet in FACETS.items():
        for iri in _all(document, term):
            yield facet, _code(iri, iris)
    for term in OF:
        for iri in _all(document, term):
            record = iris.parse(iri)
            if record:
                yield "of", str(record)


def spread(fetch: Fetch, condition: str, values: Mapping[str, object]) -> Facets:
    """Returns how records are spread.

    Args:
        fetch: runs SQL with what is bound in it.
        condition: on `listed`; a constant of ours, without any of the question.
        values: what is bound in it.
    """

    def counted(sql: str, facet: str = "") -> dict[str, int]:
        return dict(fetch(sql.format(condition), {**values, "facet": facet}))

    return Facets(
        kinds=counted(_KINDS),
        states=counted(_VALUES, "state"),
        places=counted(_PLACES),
        services=counted(_VALUES, "service"),
        languages=counted(_VALUES, "language"),
        groups=counted(_VALUES, "group"),
    )


def _concepts(document: Mapping[str, Any], iris: Iris) -> Iterator[tuple[str, str]]:
    start = f"{iris.base}id/scheme/"
    for term in document:
        if term == "state":
            continue  # that a centre is open says nothing of what it is about
        for iri in _all(document, term):
            if iri.startswith(start) and "#" in iri:
                yield "concept", iri.removeprefix(start)


def _all(document: Mapping[str, Any], term: str) -> Iterator[str]:
    values = document.get(term, [])
    for value in values if isinstance(values, list) else [values]:
        if isinstance(value, str):
            yield value


def _code(iri: str, iris: Iris) -> str:
    """Returns the code of a concept, or the key of a place."""
    concept = iri.rpartition("#")[2]
    record = iris.parse(iri)
    return record.key if record and concept == iri else concept
