import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple
from rdflib import Graph

from registry import graphs
from registry.errors import MalformedDocument
from registry.graphs import FORMATS
from registry.namespaces import SKOS
from tests.strategies import THING, facts
from tests.versions import CONTEXT

RDFLIB = {"ttl": "turtle", "nt": "nt", "rdf": "xml"}
LABEL = NamedNode(f"{SKOS}prefLabel")


@given(st.lists(facts, max_size=10))
def test_every_format_is_read_alike_by_another_library(triples: list[Triple]) -> None:
    """Turtle, N-Triples and RDF/XML give rdflib the same triples."""
    text = graphs.canonical(triples)
    expected = set(Graph().parse(data=text, format="nt"))

    for extension, name in RDFLIB.items():
        written = graphs.serialise(text, FORMATS[extension])
        assert set(Graph().parse(data=written, format=name)) == expected


def test_turtle_begins_with_the_thing_and_its_types() -> None:
    """A reader meets the thing first, then the nodes nested in it."""
    document = {
        "id": THING,
        "type": "Organization",
        "name": {"bg": "Едно"},
        "address": {"id": f"{THING}#address", "type": "Address", "postCode": "6300"},
    }

    turtle = graphs.serialise(
        graphs.read_document(document, CONTEXT, THING), FORMATS["ttl"]
    ).decode()

    assert turtle == (
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix locn: <http://www.w3.org/ns/locn#> .\n"
        "@prefix org: <http://www.w3.org/ns/org#> .\n"
        f"<{THING}> a org:Organization ;\n"
        '\tskos:prefLabel "Едно"@bg ;\n'
        f"\tlocn:address <{THING}#address> .\n"
        f"<{THING}#address> a locn:Address ;\n"
        '\tlocn:postCode "6300" .\n'
    )


def test_canonical_text_is_that_of_rdfc10() -> None:
    """Escapes and order are those of RDFC-1.0, section 5."""
    text = graphs.canonical(
        [
            Triple(NamedNode(THING), LABEL, Literal('b"\\\t\x7f\x0bя')),
            Triple(NamedNode(THING), LABEL, Literal("a", language="bg")),
            Triple(NamedNode(THING), LABEL, Literal("a", language="bg")),
        ]
    )

    assert text == (
        f'<{THING}> <{SKOS}prefLabel> "a"@bg .\n'
        f'<{THING}> <{SKOS}prefLabel> "b\\"\\\\\\t\\u007F\\u000Bя" .\n'
    )
    assert graphs.canonical(graphs.triples(text)) == text


def test_blank_nodes_are_named_under_the_root() -> None:
    """A document with an unnamed node becomes a graph without blank nodes."""
    document = {"id": THING, "address": {"type": "Address", "postCode": "6300"}}

    text = graphs.read_document(document, CONTEXT, THING)

    assert text == graphs.read_document(
        {**document, "address": {**document["address"], "id": f"{THING}#c14n0"}},  # type: ignore[dict-item] # a literal dict above
        CONTEXT,
        THING,
    )


def test_malformed_document_says_so_in_both_languages() -> None:
    """What the parser cannot read is refused, not dropped."""
    with pytest.raises(MalformedDocument) as refusal:
        graphs.read_document({"@id": 7}, CONTEXT, THING)

    assert refusal.value.detail["en"].startswith("The document is not JSON-LD: ")
    assert refusal.value.detail["bg"].startswith("Документът не е JSON-LD: ")


def test_quads_name_the_graph_on_every_line() -> None:
    """N-Quads of a graph are its lines with the graph's name."""
    text = graphs.canonical([Triple(NamedNode(THING), LABEL, Literal("a . b"))])

    assert graphs.quads(text, "http://example.org/g") == (
        f'<{THING}> <{SKOS}prefLabel> "a . b" <http://example.org/g> .\n'
    )


def test_own_files_are_read_against_the_base() -> None:
    """Relative IRIs of a file are the registry's own."""
    text = graphs.read_file(
        b"<shapes/a> a <b> .", RdfFormat.TURTLE, "http://b.example/"
    )

    assert "<http://b.example/shapes/a>" in text


def test_own_files_keep_the_blank_nodes_that_shacl_wants() -> None:
    """They have canonical labels, so equal files are equal texts."""
    one = graphs.read_file(
        b"<a> <p> [ <q> 1 ] .", RdfFormat.TURTLE, "http://b.example/"
    )
    two = graphs.read_file(
        b"_:x <q> 1 . <a> <p> _:x .", RdfFormat.TURTLE, "http://b.example/"
    )

    assert one == two
    assert "<http://b.example/a> <http://b.example/p> _:c14n0 ." in one


def test_lines_end_where_triples_end() -> None:
    """Separators within a literal, such as U+2028, do not break a line."""
    text = graphs.canonical(
        [Triple(NamedNode(THING), LABEL, Literal("a\u2028b\x85c\x1cd\n .\ne"))]
    )

    assert graphs.lines(text) == [text]
    assert graphs.quads(text, "http://g.example/").count(" <http://g.example/> .") == 1


def test_a_document_says_so_much_and_no_more() -> None:
    """It is counted before anything slow is done with it."""
    text = "".join(f"<a:a> <a:b> {n} .\n" for n in range(graphs.STATEMENTS + 1))

    with pytest.raises(MalformedDocument, match="more than 5000"):
        graphs.read_text(text, "text/turtle", "a:a")
