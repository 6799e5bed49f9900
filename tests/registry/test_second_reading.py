import json
from typing import Any

import pytest
from hypothesis import given, settings
from pyoxigraph import Triple

from registry import graphs, second_reading
from registry.errors import MalformedDocument
from registry.jsonld import Context
from tests.differential import agreed, read, texts
from tests.strategies import THING, graph, odd
from tests.versions import BASE, CONTEXT

TURTLE = "text/turtle"


@given(graph)
def test_readers_agree_on_what_we_write(triples: list[Triple]) -> None:
    """In every syntax that is taken."""
    text = graphs.canonical(triples)

    for media_type, written in texts(text).items():
        assert agreed(written, media_type) == text, media_type


@settings(max_examples=60, deadline=None)
@given(odd)
def test_what_is_kept_is_all_that_was_not_listed(document: dict[str, Any]) -> None:
    """Of odd documents too: each text of one is in its triples, or in its losses."""
    reading = read(document)

    assert reading is None or reading == []


def test_a_document_that_pyld_reads_otherwise_is_refused() -> None:
    """The first triple that differs is shown."""
    document = {"id": THING, "name": {"bg": "Едно"}}
    other = f'<{THING}> <http://www.w3.org/2004/02/skos/core#prefLabel> "Две"@bg .\n'

    with pytest.raises(MalformedDocument, match="differently: <http") as refusal:
        second_reading.check_document(document, CONTEXT, THING, other)

    assert "различен начин" in refusal.value.detail["bg"]


@pytest.mark.parametrize(
    ("text", "triples"),
    [
        ("<> <a:b> 1 .", f'<{THING}> <a:b> "1" .\n'),
        ("<> <a:b> .", ""),
        ("<> <a:b> <x y> .", ""),
        ("<> <a:b> [ <a:c> [] ] , _:a . _:a <a:b> _:a .", ""),
    ],
    ids=["other type", "no Turtle", "no IRI", "a ring"],
)
def test_a_text_that_rdflib_reads_otherwise_is_refused(text: str, triples: str) -> None:
    """Also if it cannot read it at all."""
    with pytest.raises(MalformedDocument, match="differently"):
        second_reading.check_text(text, TURTLE, THING, triples)


def test_languages_in_capitals_are_no_difference() -> None:
    """Tags mean the same in any case (BCP 47, section 2.1.1)."""
    text = '<> <a:b> "x"@zh-Latn, "007"^^<http://www.w3.org/2001/XMLSchema#integer> .'

    assert agreed(text, TURTLE) == graphs.read_text(text, TURTLE, THING)


def test_a_named_graph_is_no_part_of_a_document() -> None:
    """Even one that another reader would pass over."""
    context = Context(json.dumps({"@context": {}}).encode(), f"{BASE}context")

    with pytest.raises(MalformedDocument, match="differently"):
        second_reading.check_document(
            {"@id": THING, "@graph": [{"@id": THING, "a:b": "x"}]}, context, THING, ""
        )
