"""Where the graph store differs from the journal, graph by graph.

Nothing is repaired here: `registry rebuild` makes the store anew. It is for finding
out whether somebody else wrote to a SPARQL server, or whether it lost something.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from registry import projection
from registry.errors import EngineUnavailable
from registry.iris import Iris
from registry.ports import Graph, GraphReader, Journal, Tables


@dataclass(frozen=True, slots=True)
class Drift:
    """A graph that is not as the journal has it.

    Attributes:
        graph: its name.
        missing: triples that it ought to hold and does not.
        unexpected: triples that it holds and ought not to.
    """

    graph: str
    missing: int
    unexpected: int


def find(
    journal: Journal,
    reader: GraphReader,
    iris: Iris,
    *,
    tables: Tables,
    ontology: str,
) -> Iterator[Drift]:
    """Yields the graphs of a store that are not as the journal has them.

    A record that changes meanwhile is left out.

    Args:
        journal: the truth.
        reader: of the store.
        iris: the registry's own.
        tables: the observations behind the journal's tables.
        ontology: canonical N-Triples that the store holds too.

    Raises:
        EngineUnavailable: the store has not caught up with the journal, or cannot be
            read.
    """
    reached, tip = reader.sequence(), journal.tip()[0]
    if reached < tip:
        raise EngineUnavailable(
            f"The graph store has come as far as entry {reached} of {tip}.",
            f"Хранилището на графи е стигнало до запис {reached} от {tip}.",
            extra={"reason": "behind"},
        )
    own = f"{iris.base}graph/registry"
    expected = {own}
    graphs = _expected(journal, iris, tables, ontology) if tip else iter(())
    for changed, (name, triples) in graphs:
        expected.add(name)
        if changed <= reached:
            yield from _compared(reader, name, triples)
    for name in reader.names():
        if name not in expected and reader.sequence() == reached:
            yield from _compared(reader, name, "")


def _expected(
    journal: Journal, iris: Iris, tables: Tables, ontology: str
) -> Iterator[tuple[int, Graph]]:
    yield 0, (iris.ontology_graph, ontology)
    for version in journal.heads():
        yield version.head.sequence, projection.whole_graph(version, iris, tables)


def _compared(
    reader: GraphReader, name: str, triples: str | Iterable[str]
) -> Iterator[Drift]:
    pieces = [triples] if isinstance(triples, str) else triples
    wanted = {_digest(line) for piece in pieces for line in reader.normal(piece)}
    held = {_digest(line) for line in reader.triples(name)}
    if wanted != held:
        yield Drift(name, len(wanted - held), len(held - wanted))


def _digest(line: str) -> bytes:
    # Eight bytes a triple, so that a table of millions can be compared.
    return blake2b(line.encode(), digest_size=8).digest()
