import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld as pyld
from pyoxigraph import Triple

from registry import graphs
from registry.jsonld import text, without
from registry.losses import Loss
from tests.strategies import THING, facts, types
from tests.versions import BASE, CONTEXT


@given(st.lists(st.one_of(types, facts), max_size=12))
def test_document_expands_to_its_triples_in_another_processor(
    triples: list[Triple],
) -> None:
    """Whatever the graph, PyLD reads the document as just the same triples."""
    document = CONTEXT.document(triples, THING)

    normal = pyld.to_rdf(
        CONTEXT.expand(json.loads(text(document))), {"format": "application/n-quads"}
    )
    assert graphs.canonical(graphs.triples(normal)) == graphs.canonical(triples)


@given(st.lists(st.one_of(types, facts), max_size=12))
def test_document_is_read_back_as_its_triples(triples: list[Triple]) -> None:
    """Document to graph to document is the identity, in our own reader too."""
    document = CONTEXT.document(triples, THING)

    assert graphs.read_document(document, CONTEXT, THING) == graphs.canonical(triples)
    assert CONTEXT.losses(document) == []


@given(st.lists(facts, max_size=8), st.randoms())
def test_document_does_not_depend_on_the_order_of_triples(
    triples: list[Triple], random: Any
) -> None:
    """Equal graphs are equal texts."""
    shuffled = list(triples)
    random.shuffle(shuffled)

    assert text(CONTEXT.document(shuffled, THING)) == text(
        CONTEXT.document(triples, THING)
    )


def test_nested_nodes_stand_where_they_are_referred_to() -> None:
    """A record is one tree, in the order of the context."""
    source = {
        "@context": CONTEXT.iri,
        "id": THING,
        "type": "Organization",
        "name": {"bg": "Едно", "en": "One"},
        "classification": [f"{BASE}id/scheme/institution-kind#ngo"],
        "address": {
            "id": f"{THING}#address",
            "type": "Address",
            "fullAddress": {"bg": "ул. „Първа“ 1"},
            "postCode": "6300",
        },
    }
    triples = graphs.triples(graphs.read_document(source, CONTEXT, THING))

    document = CONTEXT.document(triples, THING)

    assert document == source
    assert list(document) == list(source)


def test_what_is_lost_is_left_out_and_nothing_else() -> None:
    """A literal or a node that would say something else goes as a whole."""
    document = {
        "id": THING,
        "na~em": 1,
        "name": {"bg": "Едно", "not/a tag": "x"},
        "homepage": ["https://good.example/", {"id": "no iri"}],
        "contact": {"id": "no iri", "email": "a@example.org"},
        "dct:title": [{"@value": "x", "@language": "b@d"}, {"@value": "y"}],
        "address": {"id": f"{THING}#a", "strasse": 1, "postCode": "6300"},
    }

    losses = CONTEXT.losses(document)

    assert [(loss.pointer, loss.value) for loss in losses] == [
        ("/na~0em", "1"),
        ("/name/not~1a tag", '"x"'),
        ("/homepage/1", '{"id": "no iri"}'),
        ("/contact", '{"id": "no iri", "email": "a@example.org"}'),
        ("/dct:title/0", '{"@value": "x", "@language": "b@d"}'),
        ("/address/strasse", "1"),
    ]
    assert without(document, losses) == {
        "id": THING,
        "name": {"bg": "Едно"},
        "homepage": ["https://good.example/"],
        "dct:title": [{"@value": "y"}],
        "address": {"id": f"{THING}#a", "postCode": "6300"},
    }


def test_concepts_stand_inside_their_scheme() -> None:
    """A reverse property gathers the nodes that point at the root."""
    scheme = f"{BASE}id/scheme/s"
    source = {
        "@context": CONTEXT.iri,
        "id": scheme,
        "type": "ConceptScheme",
        "concepts": [
            {"id": f"{scheme}#a", "type": "Concept", "notation": "a"},
            {"id": f"{scheme}#b", "type": "Concept", "broader": f"{scheme}#a"},
        ],
    }
    triples = graphs.triples(graphs.read_document(source, CONTEXT, scheme))

    assert CONTEXT.document(triples, scheme) == source


def test_losses_name_what_a_processor_drops() -> None:
    """Undefined terms, bad addresses and bad language tags are all listed."""
    document = {
        "id": THING,
        "naem": "typing error",
        "name": {"bg": "Едно", "not a tag": "x"},
        "homepage": ["https://good.example/", "http://not good"],
        "address": {"id": f"{THING}#a", "strasse": 1},
        "dct:subject": "kept",
    }

    assert CONTEXT.losses(document) == [
        Loss("/naem", '"typing error"', "undefined-term"),
        Loss("/name/not a tag", '"x"', "bad-language"),
        Loss("/homepage/1", "http://not good", "bad-iri"),
        Loss("/address/strasse", "1", "undefined-term"),
    ]


def test_foreign_context_is_never_fetched() -> None:
    """Expanding refuses a context that is not the registry's own."""
    with pytest.raises(pyld.JsonLdError, match="loading remote context failed"):
        CONTEXT.expand({"@context": "http://127.0.0.1:9/context", "id": THING})
