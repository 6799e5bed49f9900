from dataclasses import replace

from registry.iris import RecordId
from registry.lifecycle import Status
from registry.namespaces import DCAT, DCT, INTG, ORG, PROV, RDF, RDFS, REG, SKOS, XSD
from registry.record import Version
from registry.views import item
from tests.versions import AT, BASE, IRIS, ONE

ITEM = f"<{BASE}doc/institution/one#item>"
DEFINITION = f"<{BASE}doc/institution/one#definition>"
NOW = f'"2026-03-01T12:00:00Z"^^<{XSD}dateTime>'


def lines(version: Version) -> set[str]:
    return set(item.triples(version, IRIS).splitlines())


def test_item_says_where_the_record_stands_and_what_it_rests_on() -> None:
    """Status, dates, sources, seen names and doubts hang on the item alone."""
    assert lines(ONE) == {
        f"{ITEM} <{RDF}type> <{REG}RegisterItem> .",
        f'{ITEM} <{RDFS}label> "Едно"@bg .',
        f'{ITEM} <{RDFS}label> "One"@en .',
        f"{ITEM} <{REG}itemClass> <{ORG}Organization> .",
        f"{ITEM} <{REG}status> <{REG}statusStable> .",
        f'{ITEM} <{REG}notation> "one" .',
        f"{ITEM} <{REG}definition> {DEFINITION} .",
        f"{DEFINITION} <{RDF}type> <{REG}EntityReference> .",
        f"{DEFINITION} <{REG}entity> <{BASE}id/institution/one> .",
        f"{DEFINITION} <{REG}sourceGraph> <{BASE}graph/institution/one> .",
        f"{ITEM} <{DCT}dateSubmitted> {NOW} .",
        f"{ITEM} <{DCT}modified> {NOW} .",
        f'{ITEM} <{DCAT}version> "1" .',
        f"{ITEM} <{DCT}source> <https://a.example/> .",
        f"{ITEM} <{DCT}source> <https://b.example/> .",
        f"{ITEM} <{PROV}hadPrimarySource> <https://a.example/> .",
        f'<https://a.example/> <{DCT}issued> "2024-05"^^<{XSD}gYearMonth> .',
        f"{ITEM} <{INTG}nameSeenIn> <{BASE}id/scheme/language#bg> .",
        f'{ITEM} <{SKOS}editorialNote> "Check the address."@en .',
        f'{ITEM} <{INTG}freshUntil> "2026-11-26"^^<{XSD}date> .',
        f'{ITEM} <{INTG}staleFrom> "2027-03-01"^^<{XSD}date> .',
    }


def test_item_names_successor_and_verification() -> None:
    """A superseded record says by what; a confirmed one says when."""
    head = replace(
        ONE.head,
        status=Status.SUPERSEDED,
        successor=RecordId("institution", "two"),
        verified=AT,
    )

    assert lines(replace(ONE, head=head)) - lines(ONE) == {
        f"{ITEM} <{REG}status> <{REG}statusSuperseded> .",
        f"{ITEM} <{DCT}isReplacedBy> <{BASE}id/institution/two> .",
        f'{ITEM} <{INTG}lastVerifiedOn> "2026-03-01"^^<{XSD}date> .',
    }
