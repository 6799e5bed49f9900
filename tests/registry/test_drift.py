from collections.abc import Iterator
from pathlib import Path

import pytest

from registry import drift, projection
from registry.drift import Drift
from registry.errors import EngineUnavailable
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from registry.ports import GraphReader
from registry.store.dialects import Server
from registry.store.oxigraph import OxigraphWriter, SnapshotGraphs
from registry.store.remote import RemoteGraphs, RemoteWriter
from registry.store.server import client
from tests import engines
from tests.registry.test_projection import (
    FIRST,
    IRIS,
    ONE,
    ONTOLOGY,
    TABLE,
    TABLES,
    publish,
    publish_table,
)

TWO = RecordId("institution", "two")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """An empty SPARQL server."""
    with engines.oxigraph(tmp_path / "database") as started:
        yield started


def project(journal: SqlJournal, writer: OxigraphWriter | RemoteWriter) -> None:
    """Brings a graph store up to the journal, without lists."""
    heads = (projection.whole_graph(v, IRIS, TABLES) for v in journal.heads())
    ontology = (IRIS.ontology_graph, ONTOLOGY)
    writer.fill([ontology, *heads], journal.tip()[0])
    writer.publish()


def found(journal: SqlJournal, reader: GraphReader) -> list[Drift]:
    """Returns where the store differs from the journal."""
    return list(drift.find(journal, reader, IRIS, tables=TABLES, ontology=ONTOLOGY))


def change(server: Server, update: str) -> None:
    """Changes a server past the registry."""
    with client(server, 30) as connection:
        connection.post(
            server.at(server.differing.update),
            content=update,
            headers={"Content-Type": "application/sparql-update"},
        ).raise_for_status()


def test_whole_store_has_no_drift(
    journal: SqlJournal, tmp_path: Path, server: Server
) -> None:
    """What was projected is found as the journal has it, figures included."""
    publish(journal, ONE, "Едно")
    publish_table(journal, FIRST)
    with OxigraphWriter(tmp_path / "store", IRIS.base) as writer:
        project(journal, writer)
    with RemoteWriter(tmp_path / "pointer", IRIS.base, server) as remote:
        project(journal, remote)

        assert found(journal, SnapshotGraphs(tmp_path / "store")) == []
        assert found(journal, RemoteGraphs(server, IRIS.base)) == []


def test_what_somebody_did_to_a_server_is_found(
    journal: SqlJournal, tmp_path: Path, server: Server
) -> None:
    """A graph that was dropped, a triple more, one less, and a graph of nobody."""
    for record in (ONE, TWO):
        publish(journal, record, "Име")
    publish_table(journal, FIRST)
    with RemoteWriter(tmp_path / "pointer", IRIS.base, server) as writer:
        project(journal, writer)
    one, two, table = (IRIS.graph(record) for record in (ONE, TWO, TABLE))
    stray = f"{IRIS.base}graph/institution/stray"

    change(server, f"DROP GRAPH <{one}>")
    change(server, f'INSERT DATA {{ GRAPH <{two}> {{ <x:a> <x:b> "more" }} }}')
    change(server, f"INSERT DATA {{ GRAPH <{stray}> {{ <x:a> <x:b> 1, 2 }} }}")
    change(
        server,
        f"DELETE {{ GRAPH <{table}> {{ ?s ?p ?o }} }} WHERE {{ SELECT * {{ GRAPH "
        f"<{table}> {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o LIMIT 3 }}",
    )

    reader = RemoteGraphs(server, IRIS.base)
    current = journal.current(ONE)
    assert current
    lost = projection.graph(current, IRIS)[1].count("\n")
    assert sorted(found(journal, reader), key=lambda drift: drift.graph) == [
        Drift(one, lost, 0),
        Drift(stray, 0, 2),
        Drift(two, 0, 1),
        Drift(table, 3, 0),
    ]
    reader.close()


def test_store_that_is_behind_is_not_compared(
    journal: SqlJournal, tmp_path: Path
) -> None:
    """A store that has not caught up would differ for no fault of anybody."""
    publish(journal, ONE, "Едно")
    with OxigraphWriter(tmp_path / "store", IRIS.base) as writer:
        project(journal, writer)
    publish(journal, TWO, "Две")

    with pytest.raises(EngineUnavailable) as caught:
        found(journal, SnapshotGraphs(tmp_path / "store"))
    assert caught.value.extra["reason"] == "behind"


def test_store_without_a_snapshot_is_not_compared(tmp_path: Path) -> None:
    """Where nothing is published there is nothing to compare."""
    with pytest.raises(EngineUnavailable) as caught:
        SnapshotGraphs(tmp_path)
    assert caught.value.extra["reason"] == "unpublished"
