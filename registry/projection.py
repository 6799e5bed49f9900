"""Journal entries become every derived form: the graph store and the lists.

The graph of a table holds its observations too, and the ontology has a graph of
its own beside those of the records.

A projection is disposable. Its sequence number moves together with what it
holds, so that catching up repeats nothing and skips nothing, and rebuilding
gives the same triples.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from registry.iris import Iris
from registry.lifecycle import Status
from registry.ports import Graph, GraphWriter, Journal, RecordIndex, Tables
from registry.record import Version
from registry.statistics import description
from registry.views import cube, item

Progress = Callable[[int], None]
"""Is told the sequence number that was reached."""

BATCH = 500
"""Records that are projected in one step."""


def graph(version: Version, iris: Iris) -> tuple[str, str]:
    """Returns the named graph of a record: its IRI and canonical N-Triples.

    The graph holds the thing and its register item; of a retired record only
    the item is left, so that its end can be queried. The observations of a
    table are left out: see `whole_graph`.
    """
    facts = item.triples(version, iris)
    retired = version.head.status is Status.RETIRED
    thing = "" if retired else version.content.triples
    return iris.graph(version.head.record), thing + facts


def whole_graph(version: Version, iris: Iris, tables: Tables) -> Graph:
    """Returns the named graph of a record, of a table with its observations.

    These come in pieces, so that a table of millions is never in memory.
    """
    name, text = graph(version, iris)
    retired = version.head.status is Status.RETIRED
    if version.head.record.kind != description.KIND or retired:
        return name, text
    structure = description.structure_of(json.loads(version.content.document))
    rows = tables.batches(version)
    return name, chain([text], cube.observations(rows, structure, iris))


def catch_up(
    journal: Journal,
    graphs: GraphWriter,
    index: RecordIndex,
    iris: Iris,
    *,
    tables: Tables,
    ontology: str,
    progress: Progress = lambda _: None,
) -> int:
    """Brings both projections up to the journal.

    Args:
        journal: the truth.
        graphs: the graph store.
        index: the lists.
        iris: the registry's own.
        tables: the observations behind the journal's tables.
        ontology: canonical N-Triples, for a store that is filled anew.
        progress: is told how far the lists have come.

    Returns:
        How many records changed in either of them.
    """
    # Lists do not wait for a graph store that cannot be asked.
    if index.sequence() == journal.tip()[0] == graphs.sequence():
        return 0
    # Both spend much of their time outside of Python, so they share processors.
    with ThreadPoolExecutor(1) as beside:
        projected = beside.submit(
            catch_up_graphs, journal, graphs, iris, tables=tables, ontology=ontology
        )
        return catch_up_lists(journal, index, progress) + projected.result()


def catch_up_graphs(
    journal: Journal,
    graphs: GraphWriter,
    iris: Iris,
    *,
    tables: Tables,
    ontology: str,
) -> int:
    """Brings the graph store alone up to the journal: see `catch_up`."""
    if graphs.sequence() == 0:
        tip, _ = journal.tip()
        if tip:
            records = (whole_graph(v, iris, tables) for v in journal.heads())
            graphs.fill(chain([(iris.ontology_graph, ontology)], records), tip)
    count = 0
    for versions, sequence in steps(journal, graphs.sequence):
        graphs.replace([whole_graph(v, iris, tables) for v in versions], sequence)
        count += len(versions)
    return count


def renew_ontology(graphs: GraphWriter, iris: Iris, ontology: str) -> None:
    """Puts the ontology of this release in place of that of an earlier one.

    Does nothing to an empty store, which gets it with the first records.
    """
    sequence = graphs.sequence()
    if sequence:
        graphs.replace([(iris.ontology_graph, ontology)], sequence)


def catch_up_lists(
    journal: Journal, index: RecordIndex, progress: Progress = lambda _: None
) -> int:
    """Brings the lists alone up to the journal: see `catch_up`."""
    count = 0
    for versions, sequence in steps(journal, index.sequence):
        index.replace(versions, sequence)
        progress(sequence)
        count += len(versions)
    return count


def steps(
    journal: Journal, reached: Callable[[], int]
) -> Iterator[tuple[list[Version], int]]:
    """Yields changed records and the position that is reached with them."""
    while (after := reached()) < (tip := journal.tip()[0]):
        versions = list(journal.changed(after, BATCH))
        full = len(versions) == BATCH
        yield versions, versions[-1].head.sequence if full else tip
