"""Whether a catalogue keeps to DCAT-AP, by the shapes in `shapes/catalogue`.

Nothing is added to the graph that is checked: what it refers to has to be in it,
as a portal that knows no vocabulary would see it.

Source: SHACL, W3C Recommendation 20 July 2017, section 3.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyoxigraph as ox
import rdflib
from pyshacl import Shape, ShapesGraph
from pyshacl.pytypes import SHACLExecutor

from registry import graphs
from registry.errors import Misconfigured
from registry.namespaces import SH
from registry.report import Report, Result, Severity
from registry.shapes import for_pyshacl

FOLDER = "catalogue"
"""Of the shapes of catalogues, below the folder of shapes."""

_SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {f"{SH}Violation": "must", f"{SH}Warning": "should"}
)
_TARGET, _MESSAGE, _SOURCE, _FOCUS, _PATH, _VALUE = (
    rdflib.URIRef(SH + name)
    for name in (
        "targetClass",
        "message",
        "sourceShape",
        "focusNode",
        "resultPath",
        "value",
    )
)


class Conformance:
    """The shapes of one profile, read once; see `load`."""

    def __init__(self, graph: rdflib.Graph) -> None:
        found = ShapesGraph(graph)
        shapes = {shape.node: shape for shape in found.shapes}
        targeted = sorted(map(str, graph.subjects(_TARGET)))
        self._targeted = [shapes[rdflib.URIRef(iri)] for iri in targeted]
        self._severities = {
            node: _SEVERITIES[str(shape.severity)] for node, shape in shapes.items()
        }
        self._messages = {
            node: {
                message.language: str(message)
                for message in graph.objects(node, _MESSAGE)
                if isinstance(message, rdflib.Literal) and message.language
            }
            for node in shapes
        }

    def check(self, triples: str) -> Report:
        """Returns what in a catalogue breaks a rule, or should be better.

        Its cost is some milliseconds for each dataset.

        Args:
            triples: canonical N-Triples of a catalogue: its header and any number
                of its datasets. The thing that a result is about is a dataset if
                the node is one, or belongs to one.
        """
        data = for_pyshacl(graphs.triples(triples))
        found = {
            _order(r): r for shape in self._targeted for r in self._of(shape, data)
        }
        return Report(tuple(found[key] for key in sorted(found)))

    def _of(self, shape: Shape, data: rdflib.Graph) -> Iterator[Result]:
        _, reports = shape.validate(SHACLExecutor(), data)
        for _, result, triples in reports:
            # A term of the graph that was checked stands beside that graph.
            facts = {
                predicate: value[1] if isinstance(value, tuple) else value
                for subject, predicate, value in triples
                if subject == result
            }
            yield self._result(facts)

    def _result(self, facts: Mapping[Any, Any]) -> Result:
        source, node = facts[_SOURCE], str(facts[_FOCUS])
        path, value = facts.get(_PATH), facts.get(_VALUE)
        return Result(
            code=str(source).partition("#")[2],
            severity=self._severities[source],
            focus_node=node.partition("#")[0],
            node=node,
            path=None if path is None else str(path),
            value=None if value is None else str(value),
            message=self._messages[source],
        )


def load(folder: Path, profile: str) -> Conformance:
    """Returns the shapes of a profile.

    Args:
        folder: of the shapes.
        profile: key of the profile, such as `dcat-ap-3.0.1`.

    Raises:
        Misconfigured: there are none, or they cannot be read.
    """
    path = folder / FOLDER / f"{profile}.ttl"
    try:
        # Their IRIs are never published, so that any base does.
        text = graphs.read_file(
            path.read_bytes(), ox.RdfFormat.TURTLE, "http://localhost/"
        )
    except (OSError, SyntaxError) as error:
        raise Misconfigured(
            f"The shapes {path} cannot be read: {error}",
            f"Правилата {path} не могат да бъдат прочетени: {error}",
        ) from error
    return Conformance(for_pyshacl(graphs.triples(text)))


def _order(result: Result) -> tuple[str, ...]:
    return (
        result.focus_node,
        result.severity,
        result.node,
        result.code,
        result.value or "",
    )
