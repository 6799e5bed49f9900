"""Records and datasets in simple Dublin Core, with the language of each text.

What is not a text stays an IRI, even where the registry knows a name for it:
so a description changes only when its own record does.

Source: Dublin Core Metadata Element Set, version 1.1; the profile `oai_dc`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, Triple

from registry import graphs
from registry.language import LANGUAGES
from registry.namespaces import (
    BIBO,
    DCAT,
    DCT,
    ELM,
    FOAF,
    INTG,
    LOCN,
    ORG,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
)

ELEMENTS = (
    "title",
    "subject",
    "description",
    "publisher",
    "date",
    "type",
    "format",
    "identifier",
    "language",
    "relation",
    "coverage",
    "rights",
)
"""The elements in use, in the order in which they are written."""

_OF_THING: Mapping[str, str] = MappingProxyType(
    {
        f"{SKOS}prefLabel": "title",
        f"{DCT}title": "title",
        f"{DCAT}keyword": "subject",
        f"{DCAT}theme": "subject",
        f"{INTG}integrationDomain": "subject",
        f"{INTG}serviceKind": "subject",
        f"{INTG}targetGroup": "subject",
        f"{DCT}description": "description",
        f"{DCT}publisher": "publisher",
        f"{ELM}providedBy": "publisher",
        f"{SCHEMA}provider": "publisher",
        f"{DCT}issued": "date",
        f"{DCT}modified": "date",
        f"{RDF}type": "type",
        f"{DCT}type": "type",
        f"{ORG}classification": "type",
        f"{DCT}identifier": "identifier",
        f"{DCT}language": "language",
        f"{DCAT}inSeries": "relation",
        f"{DCT}isPartOf": "relation",
        f"{FOAF}homepage": "relation",
        f"{FOAF}page": "relation",
        f"{ORG}subOrganizationOf": "relation",
        f"{SKOS}broader": "relation",
        f"{DCT}spatial": "coverage",
        f"{LOCN}location": "coverage",
        f"{DCT}accessRights": "rights",
        f"{DCT}rights": "rights",
    }
)
_OF_FILE: Mapping[str, str] = MappingProxyType(
    {
        f"{DCAT}mediaType": "format",
        f"{DCT}license": "rights",
        f"{DCT}rights": "rights",
    }
)
_NAMES = frozenset(
    {
        f"{SKOS}prefLabel",
        f"{DCT}title",
        f"{FOAF}name",
        f"{DCT}description",
        f"{RDFS}label",
    }
)
_DISTRIBUTION = f"{DCAT}distribution"
_ISBN = f"{BIBO}isbn13"


@dataclass(frozen=True, slots=True)
class Statement:
    """One element of a description.

    Attributes:
        element: one of `ELEMENTS`.
        language: tag of a text; `None` for everything else.
    """

    element: str
    value: str
    language: str | None = None


def statements(text: str, thing: str, *extra: Statement) -> list[Statement]:
    """Returns what Dublin Core can say of a thing, in a fixed order.

    The first identifier is the IRI of the thing itself.

    Args:
        text: canonical N-Triples of its record, or of its dataset.
        thing: which node of it is described.
        extra: what is known from elsewhere; a date counts only where the thing
            has none of its own.
    """
    graph = graphs.triples(text)
    said = {Statement("identifier", thing), *_said(graph, thing)}
    dated = any(each.element == "date" for each in said)
    said |= {each for each in extra if not (dated and each.element == "date")}
    return sorted(said, key=lambda each: _order(each, thing))


def _order(statement: Statement, thing: str) -> tuple[int, bool, int, str, str]:
    language = statement.language
    rank = LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES)
    return (
        ELEMENTS.index(statement.element),
        statement.value != thing,
        rank,
        language or "",
        statement.value,
    )


def _said(graph: list[Triple], thing: str) -> Iterator[Statement]:
    files = {
        _text(triple.object)
        for triple in graph
        if triple.predicate.value == _DISTRIBUTION and _text(triple.subject) == thing
    }
    names = _names(graph)
    for triple in graph:
        subject, predicate = _text(triple.subject), triple.predicate.value
        element = None
        if subject == thing and predicate == _ISBN:
            yield Statement("identifier", f"urn:isbn:{_text(triple.object)}")
        elif subject == thing:
            element = _OF_THING.get(predicate)
        elif subject in files:
            element = _OF_FILE.get(predicate)
        if element is not None:
            yield from _values(element, triple.object, names)


def _values(
    element: str, value: object, names: Mapping[str, list[Literal]]
) -> Iterator[Statement]:
    if isinstance(value, Literal):
        yield Statement(element, value.value, value.language)
    elif isinstance(value, NamedNode) and element == "language":
        # A code list or an authority table ends its IRIs in the code itself.
        code = value.value.replace("#", "/").rpartition("/")[2]
        yield Statement(element, code.lower())
    elif isinstance(value, NamedNode) and element == "format":
        yield Statement(element, value.value.partition("/media-types/")[2])
    elif isinstance(value, NamedNode) and value.value in names:
        for name in names[value.value]:
            yield Statement(element, name.value, name.language)
    elif isinstance(value, NamedNode):
        yield Statement(element, value.value)


def _names(graph: list[Triple]) -> Mapping[str, list[Literal]]:
    """Returns the texts of the nodes that the graph itself names."""
    found: dict[str, list[Literal]] = {}
    for triple in graph:
        if triple.predicate.value in _NAMES and isinstance(triple.object, Literal):
            found.setdefault(_text(triple.subject), []).append(triple.object)
    return found


def _text(term: object) -> str:
    assert isinstance(term, NamedNode | Literal)  # noqa: S101 - nothing is blank
    return term.value
