"""The table that waits for municipalities, with figures made up for the test."""

from pathlib import Path

from pyoxigraph import QuerySolutions

from registry import projection, review, submissions
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from registry.ports import TableRow
from registry.record import Provenance
from registry.search.index import Index
from tests import tables
from tests.api.queries import InProcessQueries
from tests.tables import MemoryTables
from tests.versions import IRIS, concept, content, place

KEY = "foreign-residents-by-municipality"
QUERY = (
    tables.FOLDER.parent / "queries" / "municipalities-residents-and-centres.rq"
).read_text(encoding="utf-8")
DIGEST = "ef" * 32
FLAG: tuple[None, ...] = (None,) if tables.structure(KEY).flags else ()
MADE_UP: list[TableRow] = [
    ("2025", "HKV34", "FOR_STLS", "T", "TOTAL", "120", *FLAG),
    ("2025", "HKV34", "SY", "T", "TOTAL", "60", *FLAG),
    ("2025", "PDV22", "FOR_STLS", "T", "TOTAL", "900", *FLAG),
]
RECORDS: dict[str, dict[str, object]] = {
    "place/hkv34": {"type": "Location", "name": {"bg": "Хасково"}},
    "place/pdv22": {"type": "Location", "name": {"bg": "Пловдив"}},
    "place/77195": {
        "type": "Location",
        "name": {"bg": "гр. Хасково"},
        "broader": place("hkv34"),
    },
    "institution/one": {
        "type": "Organization",
        "name": {"bg": "Едно"},
        "location": place("77195"),
        "state": concept("operating-state", "active"),
    },
}


def test_the_example_answers_by_place_once_there_are_figures(
    journal: SqlJournal, tmp_path: Path
) -> None:
    """Residents of a municipality stand beside the organisations in its towns."""
    given = [
        (RecordId(*name.split("/")), content(RecordId(*name.split("/")), document))
        for name, document in RECORDS.items()
    ]
    given.append((tables.record(KEY), tables.table_content(KEY, MADE_UP, DIGEST, IRIS)))
    for record, made in given:
        with journal.write() as writer:
            entry = submissions.submit(
                writer, record, made, provenance=Provenance(), actor="a"
            )
            assert entry is not None
            review.accept(writer, entry, actor="b")
    graphs, index = InProcessQueries(), Index(tmp_path / "lists.sqlite", IRIS)
    projection.catch_up(
        journal,
        graphs,
        index,
        IRIS,
        tables=MemoryTables({(KEY, DIGEST): MADE_UP}),
        ontology="",
    )
    index.close()

    found = graphs.store.query(
        QUERY, base_iri=IRIS.base, use_default_graph_as_union=True
    )

    assert isinstance(found, QuerySolutions)
    assert [tuple(term.value for term in row) for row in found] == [
        (place("hkv34"), "Хасково", "2025", "120", "1"),
        (place("pdv22"), "Пловдив", "2025", "900", "0"),
    ]
