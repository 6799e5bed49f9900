from collections.abc import Iterator
from pathlib import Path

import pytest

from registry import graphs, projection, review, submissions
from registry.iris import Iris, RecordId
from registry.journal.sql import SqlJournal
from registry.lifecycle import Status
from registry.namespaces import INTG, QB, RDF, RDFS, REG
from registry.ports import ListQuery, Tables
from registry.record import Head, Provenance, Version
from registry.search.index import Index
from registry.store.oxigraph import OxigraphWriter
from tests.tables import MemoryTables, rows, table_content
from tests.versions import AT, content

IRIS = Iris("http://127.0.0.1:8000/")
ONE = RecordId("institution", "one")
TABLE = RecordId("table", "tps00176")
ONTOLOGY = f'<{INTG}Gap> <{RDFS}label> "Gap"@en .\n'
FIRST, SECOND = "ab" * 32, "cd" * 32
TABLES = MemoryTables(
    {
        (TABLE.key, FIRST): rows(TABLE.key),
        (TABLE.key, SECOND): rows(TABLE.key)[:10],
    }
)


def publish(journal: SqlJournal, record: RecordId, name: str) -> None:
    """Publishes an institution of this name as its next version."""
    document = {"type": "Organization", "name": {"bg": name}}
    with journal.write() as writer:
        submission = submissions.submit(
            writer,
            record,
            content(record, document, IRIS),
            provenance=Provenance(),
            actor="a",
        )
        assert submission is not None
        review.accept(writer, submission, actor="b")


def publish_table(journal: SqlJournal, digest: str) -> None:
    """Publishes the table with the figures of this digest as its next version."""
    given = TABLES.held[TABLE.key, digest]
    with journal.write() as writer:
        submission = submissions.submit(
            writer,
            TABLE,
            table_content(TABLE.key, given, digest, IRIS),
            provenance=Provenance(),
            actor="a",
        )
        assert submission is not None
        review.accept(writer, submission, actor="b")


def observed(dump: list[str]) -> int:
    """Returns how many observations a dump of the store holds."""
    return sum(f"<{RDF}type> <{QB}Observation>" in line for line in dump)


class Projected:
    """Both projections of a journal, in a folder of their own."""

    def __init__(self, journal: SqlJournal, folder: Path, tables: Tables) -> None:
        self.journal = journal
        self.tables = tables
        self.graphs = OxigraphWriter(folder / "store", IRIS.base)
        self.index = Index(folder / "lists.sqlite", IRIS)

    def catch_up(self) -> int:
        return projection.catch_up(
            self.journal,
            self.graphs,
            self.index,
            IRIS,
            tables=self.tables,
            ontology=ONTOLOGY,
        )

    def dump(self) -> list[str]:
        return list(self.graphs.dump())

    def names(self) -> list[str]:
        page = self.index.search(ListQuery(limit=1000))
        return [item.name["bg"] for item in page.items]

    def close(self) -> None:
        self.graphs.close()
        self.index.close()


@pytest.fixture
def projected(journal: SqlJournal, tmp_path: Path) -> Iterator[Projected]:
    """Empty projections of an empty journal."""
    made = Projected(journal, tmp_path / "projected", TABLES)
    yield made
    made.close()


def test_caught_up_store_holds_each_record_in_its_graph(projected: Projected) -> None:
    """The graph of a record is its thing and its register item."""
    publish(projected.journal, ONE, "Едно")

    assert projected.catch_up() == 1

    current = projected.journal.current(ONE)
    assert current is not None
    graph, triples = projection.graph(current, IRIS)
    assert graph == f"{IRIS.base}graph/institution/one"
    lines = graphs.quads(triples, graph).split("\n")[:-1]
    own = (f"<{IRIS.base}graph/registry>", f"<{IRIS.ontology_graph}>")
    held = [line for line in projected.dump() if not any(o in line for o in own)]
    assert held == sorted(lines)
    assert f"{ONTOLOGY[:-2]}{own[1]} ." in projected.dump()
    assert projected.names() == ["Едно"]
    assert projected.graphs.sequence() == projected.index.sequence() == 2


def test_catching_up_again_does_nothing(projected: Projected) -> None:
    """What is projected already is not projected twice."""
    publish(projected.journal, ONE, "Едно")
    projected.catch_up()

    assert projected.catch_up() == 0


def test_rebuilding_gives_the_same_quads(projected: Projected, tmp_path: Path) -> None:
    """Step by step or in bulk, the sorted quads are the same bytes."""
    for number in range(projection.BATCH + 10):
        publish(projected.journal, RecordId("institution", f"n{number}"), "Първо")
        if number % 200 == 0:
            projected.catch_up()
    publish(projected.journal, RecordId("institution", "n7"), "Второ")
    publish_table(projected.journal, FIRST)
    projected.catch_up()
    publish_table(projected.journal, SECOND)
    with projected.journal.write() as writer:
        review.retire(writer, RecordId("institution", "n8"), actor="b", reason="x")
        review.verify(writer, RecordId("institution", "n9"), actor="b")
    projected.catch_up()

    rebuilt = Projected(projected.journal, tmp_path / "rebuilt", TABLES)
    rebuilt.catch_up()

    assert rebuilt.dump() == projected.dump()
    assert rebuilt.names() == projected.names()
    rebuilt.close()


def test_graph_of_a_table_holds_its_observations(projected: Projected) -> None:
    """They stand with the record, and go with the version that they are of."""
    publish_table(projected.journal, FIRST)
    projected.catch_up()
    assert observed(projected.dump()) == len(rows(TABLE.key)) > 10

    publish_table(projected.journal, SECOND)
    projected.catch_up()
    dump = projected.dump()
    assert observed(dump) == 10
    graph = f"<{IRIS.graph(TABLE)}> ."
    subject = f"<{IRIS.thing(TABLE)}/"
    assert all(line.endswith(graph) for line in dump if line.startswith(subject))

    with projected.journal.write() as writer:
        review.retire(writer, TABLE, actor="b", reason="x")
    projected.catch_up()
    assert observed(projected.dump()) == 0


def test_ontology_of_a_new_release_replaces_the_old(projected: Projected) -> None:
    """A store keeps its records and gets the terms of the release that opens it."""
    publish(projected.journal, ONE, "Едно")
    projected.catch_up()
    before = projected.dump()

    changed = ONTOLOGY.replace("Gap", "Hole")
    projection.renew_ontology(projected.graphs, IRIS, changed)

    assert [line for line in before if line not in projected.dump()] == [
        f"{ONTOLOGY[:-2]}<{IRIS.ontology_graph}> ."
    ]
    assert projected.graphs.sequence() == 2


def test_empty_store_waits_for_its_first_records(projected: Projected) -> None:
    """The ontology alone does not make a store look as if it were filled."""
    projection.renew_ontology(projected.graphs, IRIS, ONTOLOGY)

    assert projected.dump() == []


def test_submissions_are_not_projected(projected: Projected) -> None:
    """What nobody has accepted is in no public form."""
    with projected.journal.write() as writer:
        submissions.submit(
            writer,
            ONE,
            content(ONE, {"type": "Organization", "name": {"bg": "Чака"}}, IRIS),
            provenance=Provenance(),
            actor="a",
        )

    projected.catch_up()

    assert projected.names() == []
    assert not any("Чака" in line for line in projected.dump())
    assert projected.graphs.sequence() == projected.journal.tip()[0]


def test_graph_of_a_retired_record_keeps_only_its_item() -> None:
    """Its end can be queried; what it said cannot."""
    made = content(ONE, {"type": "Organization", "name": {"bg": "Едно"}}, IRIS)
    head = Head(
        ONE, 3, 1, Status.RETIRED, made.digest, Provenance(), None, AT, AT, None
    )

    _, triples = projection.graph(Version(head, made), IRIS)

    assert f"<{REG}statusRetired>" in triples
    assert f"\n<{IRIS.thing(ONE)}> " not in f"\n{triples}"
