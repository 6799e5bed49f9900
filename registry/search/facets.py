"""What records can be filtered by, and how what was found is spread over it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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

_SPREAD = """
WITH RECURSIVE
  found (id, kind) AS MATERIALIZED (SELECT id, kind FROM listed WHERE {0}),
  under (id, place) AS (
    SELECT found.id, value FROM found JOIN facet
      ON facet.id = found.id AND name = 'location' UNION
    SELECT under.id, inside.container FROM under
      JOIN inside ON inside.place = under.place)
SELECT 'kind', kind, count(*) FROM found GROUP BY kind UNION ALL
SELECT name, value, count(*) FROM found JOIN facet ON facet.id = found.id
  WHERE name IN ('state', 'service', 'language', 'group')
  GROUP BY name, value UNION ALL
SELECT 'place', place, count(*) FROM under GROUP BY place ORDER BY 1, 2
"""
"""What is found is looked for once, however much is counted of it."""


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
    counted: dict[str, dict[str, int]] = {}
    for name, value, count in fetch(_SPREAD.format(condition), values):
        counted.setdefault(name, {})[value] = count
    return Facets(
        kinds=counted.get("kind", {}),
        states=counted.get("state", {}),
        places=counted.get("place", {}),
        services=counted.get("service", {}),
        languages=counted.get("language", {}),
        groups=counted.get("group", {}),
    )


def _concepts(document: Mapping[str, Any], iris: Iris) -> Iterator[tuple[str, str]]:
    start = f"{iris.base}id/scheme/"
    for term in document:
        if term == "state":
            continue  # that a centre is open says nothing of what it is about
        for iri in _all(document, term):
            if iri.startswith(start) and "#" in iri:
                yield "concept", iri.removeprefix(start)


def _all(document: Mapping[str, Any], term: str) -> Sequence[str]:
    values = document.get(term)
    if isinstance(values, list):
        return [value for value in values if isinstance(value, str)]
    return [values] if isinstance(values, str) else []


def _code(iri: str, iris: Iris) -> str:
    """Returns the code of a concept, or the key of a place."""
    concept = iri.rpartition("#")[2]
    record = iris.parse(iri)
    return record.key if record and concept == iri else concept
