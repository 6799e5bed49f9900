"""What every kind of record has to keep to, and the report on whether it does.

The rules are the SHACL shapes of the folder `shapes`. Each rule is one shape
with a message, named `{base}shapes/{file}#{code}`: one constraint, one code, one
sentence per language. A rule that several kinds share stands in a file of its
own, so the code, not the file, is what a person is shown.

A standard SHACL processor reads the same files and finds the same results. This
module has each rule evaluated once over all the things of a batch, rather than
rule by rule for each thing, and walks to nested nodes itself, so that every
result is known to belong to a thing. To be called in a sandboxed
worker only: a check can take long.

Source: SHACL, W3C Recommendation 20 July 2017, sections 2, 3.6 and 4.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyoxigraph as ox
import rdflib
from pyshacl import Shape, ShapesGraph
from rdflib.namespace import NamespaceManager

from registry.errors import MalformedDocument, Misconfigured, NotFound
from registry.kinds import KINDS
from registry.language import LANGUAGES
from registry.namespaces import SH, XSD
from registry.report import Constraint, Report, Result, Severity
from registry.validator import Node, Validator

_SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {f"{SH}Violation": "must", f"{SH}Warning": "should"}
)
_Roots = Mapping[Node, frozenset[str]]
"""Nodes to check, each with the IRIs of the things that it belongs to."""


@dataclass(frozen=True, slots=True)
class _Rule:
    constraint: Constraint
    validator: Validator


@dataclass(frozen=True, slots=True)
class _Part:
    """The rules for a node, and where its nested nodes are found."""

    rules: tuple[_Rule, ...]
    nested: tuple[tuple[Shape, "_Part"], ...]

    def walk(self) -> Iterator[_Rule]:
        yield from self.rules
        for _, part in self.nested:
            yield from part.walk()


class Shapes:
    """The shapes of one registry, read once; see `load`."""

    def __init__(self, graph: rdflib.Graph, base: str) -> None:
        found = ShapesGraph(graph)
        shapes = {str(shape.node): shape for shape in found.shapes}
        reader = _Reader(graph, shapes)
        self._parts = {
            kind: reader.part(start, f"{start}#")
            for kind in KINDS
            if (start := f"{base}shapes/{kind}") in shapes
        }

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds that have a shape, in the order of `KINDS`."""
        return tuple(self._parts)

    def constraints(self, kind: str) -> Sequence[Constraint]:
        """Returns the rules for a kind, nested nodes last, each by code.

        Raises:
            NotFound: the kind has no shape.
        """
        return [rule.constraint for rule in self._part(kind).walk()]

    def check(self, kind: str, triples: str, focus: Sequence[str]) -> Report:
        """Checks things against the shape of their kind.

        Args:
            kind: whose shape.
            triples: canonical N-Triples of the things and of what they refer
                to: the types of records, the schemes of concepts.
            focus: IRIs of the things.

        Raises:
            NotFound: the kind has no shape.
        """
        part = self._part(kind)
        quads = ox.parse(triples, format=ox.RdfFormat.N_TRIPLES)
        graph = for_pyshacl(quad.triple for quad in quads)
        roots: _Roots = {rdflib.URIRef(iri): frozenset({iri}) for iri in focus}
        results = {_order(result): result for result in _check(part, graph, roots)}
        return Report(tuple(results[key] for key in sorted(results)))

    def _part(self, kind: str) -> _Part:
        if kind not in self._parts:
            raise NotFound(
                f"There are no rules for the kind {kind}.",
                f"Няма правила за вида {kind}.",
            )
        return self._parts[kind]


def load(folder: Path, base: str) -> Shapes:
    """Returns the shapes in the Turtle files of a folder.

    Args:
        folder: where the files are; subfolders are not read.
        base: base IRI of the registry, against which the files are resolved.

    Raises:
        Misconfigured: there is no file, or one cannot be read.
    """
    paths = sorted(folder.glob("*.ttl"))
    if not paths:
        raise Misconfigured(
            f"There are no shapes in {folder}.", f"В {folder} няма правила (shapes)."
        )
    return Shapes(for_pyshacl(t for path in paths for t in _read(path, base)), base)


def _read(path: Path, base: str) -> Iterator[ox.Triple]:
    try:
        for quad in ox.parse(
            path=path,
            format=ox.RdfFormat.TURTLE,
            base_iri=base,
            rename_blank_nodes=True,
        ):
            yield quad.triple
    except SyntaxError as error:
        raise Misconfigured(
            f"{path} is not Turtle: {error}", f"{path} не е Turtle: {error}"
        ) from error


class _Reader:
    """Finds rules and nested nodes in the graph of the shapes."""

    def __init__(self, graph: rdflib.Graph, shapes: Mapping[str, Shape]) -> None:
        self._graph = graph
        self._shapes = shapes

    def part(self, start: str, own: str | None = None) -> _Part:
        """Returns what a shape asks of its nodes.

        Args:
            start: IRI of the shape.
            own: start of the IRIs of the node shapes that are rules too. They
                concern a node as a whole; SHACL ties them to it by a target.
        """
        properties = sorted(map(str, self._objects(start, "property")))
        rules = [iri for iri in properties if self._is_rule(iri)]
        if own:
            rules += sorted(iri for iri in self._shapes if self._is_own(iri, own))
        return _Part(
            tuple(
                _Rule(self._constraint(iri), Validator(self._shapes[iri]))
                for iri in rules
            ),
            tuple(
                (self._shapes[iri], self.part(iri))
                for iri in properties
                # A field of a form asks for nothing and leads nowhere.
                if not self._is_rule(iri) and self._objects(iri, "property")
            ),
        )

    def _is_rule(self, iri: str) -> bool:
        return bool(self._objects(iri, "message"))

    def _is_own(self, iri: str, own: str) -> bool:
        shape = self._shapes[iri]
        return (
            iri.startswith(own) and not shape.is_property_shape and self._is_rule(iri)
        )

    def _constraint(self, iri: str) -> Constraint:
        texts = {m.language: str(m) for m in self._objects(iri, "message")}
        severity = _SEVERITIES.get(str(self._shapes[iri].severity))
        if severity is None or not texts.keys() >= set(LANGUAGES):
            raise Misconfigured(
                f"The rule {iri} lacks a known severity or a message in a language.",
                f"На правилото {iri} липсва известна тежест или текст на един от "
                "езиците.",
            )
        path = self._objects(iri, "path")
        return Constraint(
            code=iri.partition("#")[2],
            severity=severity,
            path=next((str(p) for p in path if isinstance(p, rdflib.URIRef)), None),
            message={language: texts[language] for language in LANGUAGES},
            iri=iri,
        )

    def _objects(self, iri: str, name: str) -> list[Any]:
        return list(self._graph.objects(rdflib.URIRef(iri), rdflib.URIRef(SH + name)))


def _check(part: _Part, graph: rdflib.Graph, roots: _Roots) -> Iterator[Result]:
    for rule in part.rules:
        for node, value in rule.validator.results(graph, list(roots)):
            for root in roots[node]:
                yield _result(rule.constraint, root, node, value)
    for shape, nested in part.nested:
        values = shape.value_nodes(graph, list(roots))
        inner: defaultdict[Node, frozenset[str]] = defaultdict(frozenset)
        for outer, nodes in values.items():
            for node in nodes:
                inner[node] |= roots[outer]
        yield from _check(nested, graph, inner)


def _result(
    constraint: Constraint, root: str, node: Node, value: Node | None
) -> Result:
    return Result(
        constraint.code,
        constraint.severity,
        root,
        str(node),
        constraint.path,
        None if value is None else str(value),
        constraint.message,
    )


def _order(result: Result) -> tuple[str, ...]:
    return (
        result.focus_node,
        result.severity,
        result.node,
        result.code,
        result.value or "",
    )


class _WholeNames(NamespaceManager):
    """Leaves IRIs as they are: nobody reads what pySHACL says in its own words."""

    def bind(self, *_: object, **__: object) -> None:
        """Keeps no name: pySHACL binds one for each node that it mentions."""

    def normalizeUri(self, rdfTerm: str) -> str:  # noqa: N802, N803 - as in rdflib
        return f"<{rdfTerm}>"


def for_pyshacl(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """Returns the triples for pySHACL, every literal as it was written."""
    graph = rdflib.Graph(bind_namespaces="none")
    graph.namespace_manager = _WholeNames(graph, bind_namespaces="none")
    for triple in triples:
        graph.add(
            (_term(triple.subject), _term(triple.predicate), _term(triple.object))
        )
    return graph


def _term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    match term:
        case ox.NamedNode():
            return rdflib.URIRef(term.value)
        case ox.BlankNode():
            return rdflib.BNode(term.value)
        case ox.Literal():
            plain = term.language or term.datatype.value == f"{XSD}string"
            datatype = None if plain else rdflib.URIRef(term.datatype.value)
            return rdflib.Literal(
                term.value, lang=term.language, datatype=datatype, normalize=False
            )
    raise MalformedDocument(
        "A triple stands in the place of a value.",
        "На мястото на стойност стои тройка.",
    )
