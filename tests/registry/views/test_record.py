import json

from pyld import jsonld as pyld
from pyoxigraph import RdfFormat, parse

from registry import graphs
from registry.graphs import FORMATS
from registry.record import Version
from registry.views import record
from tests.versions import BASE, CONTEXT, IRIS, ONE


def normal(document: bytes) -> str:
    quads = pyld.to_rdf(
        CONTEXT.expand(json.loads(document)), {"format": "application/n-quads"}
    )
    return graphs.canonical(graphs.triples(quads))


def render(version: Version, extension: str, *, item: bool) -> bytes:
    return record.render(
        version, FORMATS[extension], iris=IRIS, context=CONTEXT, item=item
    )


def test_every_format_holds_the_same_triples() -> None:
    """JSON-LD, Turtle and RDF/XML say what the N-Triples say, in both views."""
    for item in (False, True):
        expected = render(ONE, "nt", item=item).decode()
        assert normal(render(ONE, "jsonld", item=item)) == expected
        for extension in ("ttl", "rdf"):
            form = RdfFormat.from_extension(extension)
            quads = parse(render(ONE, extension, item=item), format=form)
            assert graphs.canonical(quad.triple for quad in quads) == expected


def test_item_document_has_the_thing_inside() -> None:
    """The view of the record is one tree: item, definition, entity."""
    document = json.loads(render(ONE, "jsonld", item=True))

    assert document["id"] == f"{BASE}doc/institution/one#item"
    assert document["definition"]["entity"] == {
        "id": f"{BASE}id/institution/one",
        "type": "Organization",
        "name": {"bg": "Едно", "en": "One"},
    }
    assert document["source"] == [
        {"id": "https://a.example/", "issuedMonth": "2024-05"},
        "https://b.example/",
    ]
