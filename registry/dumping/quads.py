"""`registry.nq.gz`: every named graph, and how often each term occurs.

Graphs come by their names, and the lines of each are sorted. What the graph store
notes for itself, the sequence number that it has reached, is left out: it says
nothing of the records, and stands in the manifest.

Source: RDF 1.1 N-Quads; RFC 1952 (gzip), with no name and no time in it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from gzip import GzipFile
from pathlib import Path

from registry import graphs, projection
from registry.iris import Iris, RecordId
from registry.namespaces import RDF
from registry.ports import Graph, Tables
from registry.record import Version
from registry.views.void import WHOLE, Counted

NAME = "registry.nq.gz"
"""The name of the file."""

# A line feed ends a triple and is nowhere else; IRIs hold no angle brackets.
_PREDICATE = re.compile(r"^<[^>]*> <([^>]*)> ", re.MULTILINE)
_CLASS = re.compile(rf"^<[^>]*> <{re.escape(RDF)}type> <([^>]*)>", re.MULTILINE)


@dataclass
class _Tally:
    """Counts of one dataset, as they grow."""

    triples: int = 0
    entities: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    example: RecordId | None = None

    def count(self, text: str) -> None:
        self.triples += text.count("\n")
        self.properties.update(_PREDICATE.findall(text))
        self.classes.update(_CLASS.findall(text))

    def add(self, version: Version) -> None:
        if version.head.status.public:
            self.entities += 1
            self.example = self.example or version.head.record


class Quads:
    """The file in the making.

    Args:
        folder: where it is written.
        iris: the registry's own.
        tables: the observations behind tables.
        ontology: canonical N-Triples of the graph of the ontology.
    """

    def __init__(self, folder: Path, iris: Iris, tables: Tables, ontology: str) -> None:
        self._path = folder / NAME
        self._iris = iris
        self._tables = tables
        self._ontology: Graph | None = (iris.ontology_graph, ontology)
        self._raw = self._path.open("wb")
        self._gzip = GzipFile("", "wb", 6, self._raw, mtime=0)
        self._tallies: dict[str, _Tally] = {WHOLE: _Tally()}

    def add(self, version: Version) -> None:
        """Writes the graph of a record."""
        record = version.head.record
        graph = projection.whole_graph(version, self._iris, self._tables)
        if self._ontology and self._ontology[0] < graph[0]:
            self._add_ontology()
        kind = f"register.{record.kind}"
        tallies = [self._tallies[WHOLE], self._tallies.setdefault(kind, _Tally())]
        thing = self._iris.thing(record)
        self._write(graph[0], _sorted(graph[1], f"<{thing}/"), tallies)
        for tally in tallies:
            tally.add(version)

    def finish(self) -> Iterable[tuple[Path, int]]:
        """Completes the file."""
        if self._ontology:
            self._add_ontology()
        self.close()
        return [(self._path, self._tallies[WHOLE].triples)]

    def close(self) -> None:
        """Closes the file, complete or not."""
        self._gzip.close()
        self._raw.close()

    def counted(self) -> list[Counted]:
        """Returns the counts of everything, and of each register."""
        return [
            Counted(
                key=key,
                triples=tally.triples,
                entities=tally.entities,
                classes=dict(tally.classes),
                properties=dict(tally.properties),
                example=tally.example,
            )
            for key, tally in self._tallies.items()
        ]

    def _add_ontology(self) -> None:
        assert self._ontology is not None  # noqa: S101 - asked by both callers
        name, text = self._ontology
        self._ontology = None
        self._write(name, text, [self._tallies[WHOLE]])

    def _write(
        self, name: str, pieces: str | Iterable[str], tallies: list[_Tally]
    ) -> None:
        for piece in [pieces] if isinstance(pieces, str) else pieces:
            for tally in tallies:
                tally.count(piece)
            self._gzip.write(graphs.quads(piece, name).encode())


def _sorted(pieces: str | Iterable[str], observations: str) -> Iterator[str]:
    """Yields the triples of a graph in their order, each once.

    Args:
        pieces: the record; then the observations, which come in their order.
        observations: with what their lines start.
    """
    if isinstance(pieces, str):
        yield "".join(sorted(set(graphs.lines(pieces))))
        return
    rest = iter(pieces)
    lines = sorted(set(graphs.lines(next(rest))))
    yield "".join(line for line in lines if line < observations)
    yield from rest
    yield "".join(line for line in lines if line >= observations)
