"""Checking records together with what they refer to."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from pyoxigraph import NamedNode

from registry import graphs
from registry.gate import Gate
from registry.iris import Iris, RecordId
from registry.namespaces import RDF, SKOS
from registry.ports import Journal
from registry.record import Content
from registry.report import Report, Result


def check(
    contents: Mapping[RecordId, Content], *, gate: Gate, journal: Journal, iris: Iris
) -> Report:
    """Checks records against the shapes of their kinds, as if published together.

    Args:
        contents: what the records are to say.
        gate: knows the shapes.
        journal: where what they refer to is published.
        iris: the registry's own.
    """
    if not contents:
        return Report(())
    triples = "".join(content.triples for content in contents.values())
    around = neighbourhood(triples, contents, journal=journal, iris=iris)
    results: list[Result] = []
    for kind in sorted({record.kind for record in contents}):
        focus = [iris.thing(record) for record in contents if record.kind == kind]
        results.extend(gate.check(kind, triples + around, focus).results)
    return Report(tuple(results))


def neighbourhood(
    triples: str, own: Collection[RecordId], *, journal: Journal, iris: Iris
) -> str:
    """Returns types and schemes of the published nodes that triples refer to.

    Args:
        triples: canonical N-Triples of what is to be checked.
        own: the records that the triples are of.
        journal: where the others are published.
        iris: the registry's own.
    """
    referred: defaultdict[RecordId, set[str]] = defaultdict(set)
    for triple in graphs.triples(triples):
        if isinstance(triple.object, NamedNode):
            node = triple.object.value
            if record := iris.parse(node):
                referred[record].add(node)
    lines: list[str] = []
    for record in sorted(referred.keys() - own):
        version = journal.current(record)
        if version and version.head.status.public:
            for node in sorted(referred[record]):
                lines.extend(_kept(version.content.triples, node))
    return "".join(lines)


_KEPT = (f" <{RDF}type> ", f" <{SKOS}inScheme> ")


def _kept(triples: str, node: str) -> Iterator[str]:
    """Yields what is kept of a node, whose lines stand together as they are sorted."""
    start = f"<{node}> "
    at = 0 if triples.startswith(start) else triples.find(f"\n{start}") + 1
    while triples.startswith(start, at):
        end = triples.index("\n", at) + 1
        line = triples[at:end]
        if any(predicate in line for predicate in _KEPT):
            yield line
        at = end
