from collections.abc import Iterable

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyshacl import ShapesGraph
from rdflib.namespace import RDF, SH

from registry.shapes import for_pyshacl
from registry.validator import Node, Validator

EX = rdflib.Namespace("https://example.org/")
SHAPES = """
    @prefix : <https://example.org/> .
    @prefix sh: <http://www.w3.org/ns/shacl#> .

    :node a sh:PropertyShape ; sh:path :p ; sh:node :word .
    :of-two a sh:PropertyShape ; sh:path :p ; sh:node :word, :bulgarian .
    :not a sh:PropertyShape ; sh:path :p ; sh:not :word ; sh:severity sh:Warning ;
        sh:message "Не."@bg, "No."@en .
    :inverse a sh:PropertyShape ; sh:path [ sh:inversePath :p ] ; sh:not :known .
    :counted a sh:PropertyShape ; sh:path :p ;
        sh:qualifiedValueShape :bulgarian ; sh:qualifiedMinCount 1 .
    :two a sh:PropertyShape ; sh:path :p ;
        sh:qualifiedValueShape :word ; sh:qualifiedMinCount 2 .
    :most a sh:PropertyShape ; sh:path :p ;
        sh:qualifiedValueShape :word ; sh:qualifiedMaxCount 1 .
    :more a sh:PropertyShape ; sh:path :p ; sh:node :word ; sh:maxCount 1 .
    :itself a sh:NodeShape ; sh:not :known .
    :deep a sh:PropertyShape ; sh:path :p ; sh:node :far .

    :word a sh:NodeShape ; sh:maxLength 3 ; sh:not :digit .
    :digit a sh:NodeShape ; sh:pattern "[0-9]" .
    :bulgarian a sh:NodeShape ; sh:languageIn ( "bg" ) .
    :known a sh:NodeShape ; sh:property [ sh:path :p ; sh:hasValue :a ] .
    :far a sh:NodeShape ; sh:property [ sh:path :p ; sh:property [
        sh:path :p ; sh:minCount 1 ] ] .
"""
RULES = (
    *("node", "of-two", "not", "inverse", "counted"),
    *("two", "most", "more", "itself", "deep"),
)

nodes = st.sampled_from([ox.NamedNode(EX[name]) for name in "abcd"])
literals = st.builds(
    ox.Literal,
    st.sampled_from(["да", "не", "7", "дълго", "01"]),
    language=st.sampled_from([None, "bg", "en", "bg-Latn"]),
)
triples = st.builds(
    ox.Triple, nodes, st.just(ox.NamedNode(EX.p)), st.one_of(nodes, literals)
)

Found = set[tuple[Node, Node | None]]


def shapes() -> rdflib.Graph:
    """The shapes above, for each test anew: a target is added to one of them."""
    parsed = ox.parse(SHAPES, format=ox.RdfFormat.TURTLE)
    return for_pyshacl(quad.triple for quad in parsed)


def expected(rule: str, data: rdflib.Graph, focus: Iterable[Node]) -> Found:
    """What pySHACL finds for a shape by itself."""
    graph = shapes()
    for node in focus:
        graph.add((EX[rule], SH.targetNode, node))
    _, report, _ = pyshacl.validate(data, shacl_graph=graph)
    return {
        (report.value(result, SH.focusNode), report.value(result, SH.value))
        for result in report.subjects(RDF.type, SH.ValidationResult)
        if report.value(result, SH.sourceShape) == EX[rule]
    }


@pytest.mark.parametrize("rule", RULES)
@given(said=st.lists(triples, max_size=12), focus=st.sets(nodes))
def test_the_results_are_those_of_pyshacl(
    rule: str, said: list[ox.Triple], focus: set[ox.NamedNode]
) -> None:
    """Whatever a shape asks of values, and whether it is delegated or not."""
    data = for_pyshacl(said)
    chosen = [rdflib.URIRef(node.value) for node in focus]
    shape = next(s for s in ShapesGraph(shapes()).shapes if s.node == EX[rule])

    found = set(Validator(shape).results(data, chosen))

    assert found == expected(rule, data, chosen)
