"""One shape, evaluated by pySHACL over many nodes at once.

The values of `sh:node`, `sh:not` and `sh:qualifiedValueShape` pySHACL judges one by
one, each as if it were alone. All three ask only which values conform to another
shape, so that shape is evaluated here once over all of them; what follows for each
focus node is what SHACL says. It takes two thirds of the time that it would.

Source: SHACL, W3C Recommendation 20 July 2017, sections 4.6.1, 4.7.1 and 4.7.3.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

import rdflib
from pyshacl import Shape
from pyshacl.pytypes import SHACLExecutor
from rdflib.namespace import RDF, SH
from rdflib.term import IdentifiedNode

Node = IdentifiedNode | rdflib.Literal
_Offending = Callable[[Collection[Node], Collection[Node]], Sequence[Node | None]]
"""Returns the offending values, given the value nodes of a focus node and those that
do not conform; `None` stands for what is not there."""

_BESIDES = frozenset({RDF.type, SH.path, SH.targetClass, SH.severity, SH.message})
"""What a rule says besides its constraint."""


class Validator:
    """Evaluates one shape.

    Args:
        shape: as pySHACL read it, with the graph that it is in.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._delegated = _delegated(shape)

    def results(
        self, graph: rdflib.Graph, nodes: Sequence[Node]
    ) -> Iterator[tuple[Node, Node | None]]:
        """Yields the focus node and the offending value, if any, of each result.

        Args:
            graph: the data, as `registry.shapes.for_pyshacl` returns it.
            nodes: the focus nodes.
        """
        if self._delegated is None:
            yield from _validated(self._shape, graph, nodes)
            return
        other, offending = self._delegated
        values = self._shape.value_nodes(graph, nodes)
        distinct = list({value for found in values.values() for value in found})
        failing = {node for node, _ in _validated(other, graph, distinct)}
        for node, found in values.items():
            for value in offending(found, failing):
                yield node, value


def _delegated(shape: Shape) -> tuple[Shape, _Offending] | None:
    """Returns the shape that values are held against, and what then offends.

    There is none if a shape asks for anything else, or for more than that, or if
    the results for the other shape would not be about the values themselves.
    """
    graph = shape.sg.graph
    said = graph.predicate_objects(shape.node)
    asked = [(name, value) for name, value in said if name not in _BESIDES]
    offending: _Offending
    match sorted(asked):
        case [(SH.node, other)]:
            offending = _failing
        case [(name, other)] if name == SH["not"]:
            offending = _conforming
        case [(SH.qualifiedMinCount, least), (SH.qualifiedValueShape, other)]:
            offending = partial(_too_few, int(str(least)))
        case _:
            return None
    if any(graph.objects(other, SH.property / SH.property)):
        return None
    return shape.sg.lookup_shape_from_node(other), offending


def _failing(found: Collection[Node], failing: Collection[Node]) -> Sequence[Node]:
    return [value for value in found if value in failing]


def _conforming(found: Collection[Node], failing: Collection[Node]) -> Sequence[Node]:
    return [value for value in found if value not in failing]


def _too_few(
    least: int, found: Collection[Node], failing: Collection[Node]
) -> Sequence[None]:
    return [None] if len(_conforming(found, failing)) < least else []


def _validated(
    shape: Shape, graph: rdflib.Graph, nodes: Sequence[Node]
) -> Iterator[tuple[Node, Node | None]]:
    if not nodes:
        return
    _, reports = shape.validate(SHACLExecutor(), graph, focus=nodes)
    for _, result, triples in reports:
        # A term of the graph that was checked stands beside that graph.
        found = {p: o[1] for s, p, o in triples if s == result and isinstance(o, tuple)}
        yield found[SH.focusNode], found.get(SH.value)
