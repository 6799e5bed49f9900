from collections.abc import Mapping, Sequence

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from registry.foreign import Finding
from registry.sources.node import NodeReader, index, short, shown

A = "https://data.example/a"
P, Q = "http://purl.org/dc/terms/title", "https://data.example/q"


def reading(values: str, fallback: str | None = None) -> NodeReader:
    """Returns the reader of a node that has these values of P, and one of Q."""
    text = f'<{A}> <{P}> {values} ; <{Q}> "q" .'
    nodes = index(quad.triple for quad in parse(text, format=RdfFormat.TURTLE))
    return NodeReader(nodes, NamedNode(A), A, f"{A}/thing", fallback, [])


def lost(reader: NodeReader) -> Sequence[tuple[str, str]]:
    """Returns what was lost: rule and value."""
    assert all(isinstance(loss, Finding) for loss in reader.losses)
    return [(loss.rule, loss.value) for loss in reader.losses]


def test_a_graph_is_kept_by_node_and_predicate() -> None:
    """Values come in an order of their own, and triple terms are left out."""
    text = f'<{A}> <{P}> "b" , "a" , <<( <{A}> <{P}> "c" )>> .'
    quads = parse(text, format=RdfFormat.TURTLE)

    nodes = index(quad.triple for quad in quads)

    assert nodes == {NamedNode(A): {P: (Literal("a"), Literal("b"))}}


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ('"А"@bg , "A"@en', {"bg": ["А"], "en": ["A"]}),
        ('"B"@en , "A"@en-US', {"en": ["B", "A"]}),
        ('" "@bg', {}),
    ],
)
def test_texts_by_language(values: str, kept: Mapping[str, Sequence[str]]) -> None:
    """The barest tag first; blank texts are no texts."""
    reader = reading(values)

    assert reader.texts(P) == kept
    assert reader.losses == []


def test_a_text_without_a_language_takes_that_of_its_surroundings() -> None:
    """If one is known; otherwise it is lost."""
    known, unknown = reading('"А"', "bg"), reading('"А"')

    assert (known.texts(P), lost(known)) == ({"bg": ["А"]}, [])
    assert (unknown.texts(P), lost(unknown)) == ({}, [("language-unknown", "А")])


def test_what_nobody_asks_for_is_told_of() -> None:
    """By the first of its values."""
    reader = reading('"А"@bg')
    reader.text(P)

    reader.rest()

    assert lost(reader) == [("not-kept", "q")]


def test_a_node_that_is_not_there_has_no_values() -> None:
    """Nested nodes of other documents are like that."""
    reader = reading('"А"@bg').at(NamedNode(Q))

    reader.rest()

    assert (reader.values(P), reader.label(), reader.losses) == ([], {}, [])


def test_of_several_values_one_is_kept() -> None:
    """The others are told of."""
    reader = reading('"А"@bg')

    assert reader.one(P, ["1", "2", "3"]) == "1"
    assert reader.one(P, []) is None
    assert lost(reader) == [("several", "2"), ("several", "3")]


def test_a_nested_text_is_named_under_the_record() -> None:
    """Whether the source has it as a node with a label or as plain text."""
    for values in ('"А"@bg', '[ <http://xmlns.com/foaf/0.1/name> "А"@bg ]'):
        assert reading(values).labelled(P, "agent", "Agent", "agentName") == {
            "id": f"{A}/thing#agent",
            "type": ["Agent"],
            "agentName": {"bg": "А"},
        }


def test_a_blank_node_is_shown_as_nothing() -> None:
    """Its label means nothing to anybody."""
    assert shown(BlankNode("b1")) == ""
    assert shown(NamedNode(A)) == A


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("http://purl.org/dc/terms/title", "dct:title"),
        ("https://data.example/p", "https://data.example/p"),
    ],
)
def test_a_property_is_named_briefly(iri: str, expected: str) -> None:
    """By the registry's own prefixes, where one fits."""
    assert short(iri) == expected
