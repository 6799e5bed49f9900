"""The register item: what is said about a record, not about its thing.

Source: UK Government Linked Data registry vocabulary, `reg:RegisterItem`;
profile in `docs/model.md`, "The register item".
"""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain

from pyoxigraph import Literal, NamedNode

from registry import freshness
from registry.iris import Iris
from registry.namespaces import DCAT, DCT, INTG, PROV, RDF, RDFS, REG, SKOS, XSD
from registry.record import Head, Version

_LABEL = f"<{RDFS}label>"
_TAKEN = (
    (f"<{SKOS}prefLabel>", _LABEL),
    (f"<{DCT}title>", _LABEL),
    (f"<{RDF}type>", f"<{REG}itemClass>"),
)
"""What an item has from its thing: under which predicate, and under which here."""

_DATE_TIME = NamedNode(f"{XSD}dateTime")
_DATES = {4: f"{XSD}gYear", 7: f"{XSD}gYearMonth", 10: f"{XSD}date"}


def triples(version: Version, iris: Iris) -> str:
    """Returns the canonical N-Triples of the version's register item."""
    item = f"<{iris.item(version.head.record)}>"
    facts = chain(
        _facts(version.head, item, iris),
        _ages(version, item),
        _from_thing(version, item, iris),
    )
    return "".join(sorted({f"{fact} .\n" for fact in facts}))


def _from_thing(version: Version, item: str, iris: Iris) -> Iterator[str]:
    """Yields the label and classes of the item, as its thing has them."""
    thing = f"<{iris.thing(version.head.record)}>"
    # In canonical N-Triples a line feed ends a triple and is nowhere else.
    text = f"\n{version.content.triples}"
    for predicate, own in _TAKEN:
        for found in text.split(f"\n{thing} {predicate} ")[1:]:
            value = found.partition("\n")[0].removesuffix(" .")
            yield f"{item} {own} {value}"


def _facts(head: Head, item: str, iris: Iris) -> Iterator[str]:
    record = head.record
    definition = f"<{iris.document(record)}#definition>"
    thing = f"<{iris.thing(record)}>"
    # What is no text of anybody needs no escapes: keys, numbers and days.
    yield f"{item} <{RDF}type> <{REG}RegisterItem>"
    yield f"{item} <{REG}status> <{head.status.iri}>"
    yield f'{item} <{REG}notation> "{record.key}"'
    yield f"{item} <{REG}definition> {definition}"
    yield f"{definition} <{RDF}type> <{REG}EntityReference>"
    yield f"{definition} <{REG}entity> {thing}"
    yield f"{definition} <{REG}sourceGraph> <{iris.graph(record)}>"
    yield f"{item} <{DCT}dateSubmitted> {moment(head.submitted)}"
    yield f"{item} <{DCT}modified> {moment(head.modified)}"
    yield f'{item} <{DCAT}version> "{head.version}"'
    if head.verified:
        yield f"{item} <{INTG}lastVerifiedOn> {_day(head.verified.date())}"
    if head.successor:
        yield f"{item} <{DCT}isReplacedBy> <{iris.thing(head.successor)}>"
    yield from _provenance(head, item, iris)


def _ages(version: Version, item: str) -> Iterator[str]:
    """Yields the days on which the record ages, of which time changes nothing."""
    found = freshness.ages(version)
    if found:
        yield f"{item} <{INTG}freshUntil> {_day(found.fresh_until)}"
        yield f"{item} <{INTG}staleFrom> {_day(found.stale_from)}"


def _provenance(head: Head, item: str, iris: Iris) -> Iterator[str]:
    provenance = head.provenance
    for position, source in enumerate(provenance.sources):
        page = NamedNode(source.iri)
        yield f"{item} <{DCT}source> {page}"
        if position == 0:
            yield f"{item} <{PROV}hadPrimarySource> {page}"
        if source.issued:
            datatype = NamedNode(_DATES[len(source.issued)])
            yield f"{page} <{DCT}issued> {Literal(source.issued, datatype=datatype)}"
    for tag in provenance.name_seen_in:
        language = NamedNode(f"{iris.base}id/scheme/language#{tag}")
        yield f"{item} <{INTG}nameSeenIn> {language}"
    for tag, note in provenance.note.items():
        yield f"{item} <{SKOS}editorialNote> {Literal(note, language=tag)}"


def _day(day: date) -> str:
    return f'"{day.isoformat()}"^^<{XSD}date>'


def moment(at: datetime) -> Literal:
    """Returns a moment as `xsd:dateTime` in UTC."""
    # In canonical form, which is also what engines turn it into.
    text = at.replace(tzinfo=None).isoformat()
    if at.microsecond:
        text = text.rstrip("0")
    return Literal(f"{text}Z", datatype=_DATE_TIME)
