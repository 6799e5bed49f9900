"""Journal entries become every derived form: the graph store and the lists.

A projection is disposable. Its sequence number moves together with what it
holds, so that catching up repeats nothing and skips nothing, and rebuilding
gives the same triples.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from registry.iris import Iris
from registry.lifecycle import Status
from registry.ports import GraphWriter, Journal, RecordIndex
from registry.record import Version
from registry.views import item

BATCH = 500
"""Records that are projected in one step."""


def graph(version: Version, iris: Iris) -> tuple[str, str]:
    """Returns the named graph of a record: its IRI and canonical N-Triples.

    The graph holds the thing and its register item; of a retired record only
    the item is left, so that its end can be queried.
    """
    facts = item.triples(version, iris)
    retired = version.head.status is Status.RETIRED
    thing = "" if retired else version.content.triples
    return iris.graph(version.head.record), thing + facts


def catch_up(
    journal: Journal, graphs: GraphWriter, index: RecordIndex, iris: Iris
) -> int:
    """Brings both projections up to the journal.

    Returns:
        How many records changed in either of them.
    """
    if graphs.sequence() == index.sequence() == journal.tip()[0]:
        return 0
    # Both spend much of their time outside of Python, so they share processors.
    with ThreadPoolExecutor(1) as beside:
        projected = beside.submit(_graphs, journal, graphs, iris)
        return _index(journal, index) + projected.result()


def _graphs(journal: Journal, graphs: GraphWriter, iris: Iris) -> int:
    if graphs.sequence() == 0:
        tip, _ = journal.tip()
        if tip:
            graphs.fill((graph(v, iris) for v in journal.heads()), tip)
    count = 0
    for versions, sequence in _steps(journal, graphs.sequence):
        graphs.replace([graph(v, iris) for v in versions], sequence)
        count += len(versions)
    return count


def _index(journal: Journal, index: RecordIndex) -> int:
    count = 0
    for versions, sequence in _steps(journal, index.sequence):
        index.replace(versions, sequence)
        count += len(versions)
    return count


def _steps(
    journal: Journal, reached: Callable[[], int]
) -> Iterator[tuple[list[Version], int]]:
    """Yields changed records and the position that is reached with them."""
    while (after := reached()) < (tip := journal.tip()[0]):
        versions = list(journal.changed(after, BATCH))
        full = len(versions) == BATCH
        yield versions, versions[-1].head.sequence if full else tip
