"""The register item: what is said about a record, not about its thing.

Source: UK Government Linked Data registry vocabulary, `reg:RegisterItem`;
profile in `docs/model.md`, "The register item".
"""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain

from pyoxigraph import Literal, NamedNode, Triple

from registry import freshness, graphs
from registry.iris import Iris
from registry.namespaces import DCAT, DCT, INTG, PROV, RDF, RDFS, REG, SKOS, XSD
from registry.record import Head, Version

_NAMES = (f"<{SKOS}prefLabel>", f"<{DCT}title>")
_DATES = {4: f"{XSD}gYear", 7: f"{XSD}gYearMonth", 10: f"{XSD}date"}


def triples(version: Version, iris: Iris) -> str:
    """Returns the canonical N-Triples of the version's register item."""
    facts = chain(_facts(version.head, iris), _ages(version, iris))
    lines = {f"{triple} .\n" for triple in facts}
    return "".join(sorted(lines | set(_from_thing(version, iris))))


def _from_thing(version: Version, iris: Iris) -> Iterator[str]:
    """Yields the label and classes of the item, as its thing has them."""
    item = f"<{iris.item(version.head.record)}>"
    thing = f"<{iris.thing(version.head.record)}> "
    for line in graphs.lines(version.content.triples):
        if line.startswith(thing):
            predicate, value = line.removeprefix(thing).split(" ", 1)
            if predicate in _NAMES:
                yield f"{item} <{RDFS}label> {value}"
            elif predicate == f"<{RDF}type>":
                yield f"{item} <{REG}itemClass> {value}"


def _facts(head: Head, iris: Iris) -> Iterator[Triple]:
    record = head.record
    item = NamedNode(iris.item(record))
    definition = NamedNode(f"{iris.document(record)}#definition")

    def fact(predicate: str, value: NamedNode | Literal) -> Triple:
        return Triple(item, NamedNode(predicate), value)

    yield fact(f"{RDF}type", NamedNode(f"{REG}RegisterItem"))
    yield fact(f"{REG}status", NamedNode(head.status.iri))
    yield fact(f"{REG}notation", Literal(record.key))
    yield fact(f"{REG}definition", definition)
    yield Triple(definition, _TYPE, NamedNode(f"{REG}EntityReference"))
    yield Triple(definition, NamedNode(f"{REG}entity"), NamedNode(iris.thing(record)))
    yield Triple(
        definition, NamedNode(f"{REG}sourceGraph"), NamedNode(iris.graph(record))
    )
    yield fact(f"{DCT}dateSubmitted", moment(head.submitted))
    yield fact(f"{DCT}modified", moment(head.modified))
    yield fact(f"{DCAT}version", Literal(str(head.version)))
    if head.verified:
        yield fact(f"{INTG}lastVerifiedOn", _day(head.verified.date()))
    if head.successor:
        yield fact(f"{DCT}isReplacedBy", NamedNode(iris.thing(head.successor)))
    yield from _provenance(head, iris, item)


def _ages(version: Version, iris: Iris) -> Iterator[Triple]:
    """Yields the days on which the record ages, of which time changes nothing."""
    found = freshness.ages(version)
    if found:
        item = NamedNode(iris.item(version.head.record))
        yield Triple(item, NamedNode(f"{INTG}freshUntil"), _day(found.fresh_until))
        yield Triple(item, NamedNode(f"{INTG}staleFrom"), _day(found.stale_from))


_TYPE = NamedNode(f"{RDF}type")


def _provenance(head: Head, iris: Iris, item: NamedNode) -> Iterator[Triple]:
    provenance = head.provenance
    for position, source in enumerate(provenance.sources):
        page = NamedNode(source.iri)
        yield Triple(item, NamedNode(f"{DCT}source"), page)
        if position == 0:
            yield Triple(item, NamedNode(f"{PROV}hadPrimarySource"), page)
        if source.issued:
            datatype = NamedNode(_DATES[len(source.issued)])
            yield Triple(
                page,
                NamedNode(f"{DCT}issued"),
                Literal(source.issued, datatype=datatype),
            )
    for tag in provenance.name_seen_in:
        language = NamedNode(f"{iris.base}id/scheme/language#{tag}")
        yield Triple(item, NamedNode(f"{INTG}nameSeenIn"), language)
    for tag, note in provenance.note.items():
        yield Triple(
            item, NamedNode(f"{SKOS}editorialNote"), Literal(note, language=tag)
        )


def _day(day: date) -> Literal:
    return Literal(day.isoformat(), datatype=NamedNode(f"{XSD}date"))


def moment(at: datetime) -> Literal:
    """Returns a moment as `xsd:dateTime` in UTC."""
    # In canonical form, which is also what engines turn it into.
    text = at.replace(tzinfo=None).isoformat()
    if at.microsecond:
        text = text.rstrip("0")
    return Literal(f"{text}Z", datatype=NamedNode(f"{XSD}dateTime"))
