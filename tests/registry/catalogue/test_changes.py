import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.catalogue import checksum
from registry.catalogue.changes import Progress, added, keep, progress, standing
from registry.catalogue.schema import connect, prepare, unpacked, written
from registry.ports import Standing

DAWN = datetime(2026, 1, 1, tzinfo=UTC)
ONE = Standing("one", DAWN, "first", DAWN, DAWN, 3, 17, ("a", "b"))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty file."""
    made = connect(tmp_path / "catalogue.sqlite")
    prepare(made)
    yield made
    made.close()


def cut(triples: str) -> Mapping[str, bytes]:
    return {"nt": triples.encode()}


def fragments(connection: sqlite3.Connection) -> list[tuple[str, bytes]]:
    rows = connection.execute("SELECT key, body FROM fragment ORDER BY key")
    return [(key, unpacked(body)) for key, body in rows]


def test_progress_is_kept(connection: sqlite3.Connection) -> None:
    """There is one row of it, whatever is noted how often."""
    assert progress(connection) == Progress()
    reached = Progress(7, 2, "here", 9, written(DAWN), 4, b"sum")

    keep(connection, Progress(sequence=1))
    keep(connection, reached)

    assert progress(connection) == reached


def test_what_was_added_stands(connection: sqlite3.Connection) -> None:
    """It is counted, summed up, dated, and found as it was written."""
    reached = added(connection, [ONE], Progress(number=4), cut=cut)

    assert standing(connection, "one") == ONE
    assert (reached.number, reached.datasets, reached.at) == (5, 1, written(DAWN))
    assert reached.total != checksum.NOTHING
    assert fragments(connection) == [("one", b"first")]


def test_what_was_deleted_leaves_the_sum(connection: sqlite3.Connection) -> None:
    """Coming and going within one step counts as two activities and no dataset."""
    later = DAWN + timedelta(days=1)
    end = Standing("one", later, "", DAWN, later)

    reached = added(connection, [ONE, end], Progress(), cut=cut)

    assert (reached.number, reached.datasets) == (2, 0)
    assert reached.total == checksum.NOTHING
    assert standing(connection, "one") == end
    assert fragments(connection) == []


def test_fragments_are_of_what_is_left(connection: sqlite3.Connection) -> None:
    """Making them of each state in between would be in vain."""
    made: list[str] = []

    def watched(triples: str) -> Mapping[str, bytes]:
        made.append(triples)
        return cut(triples)

    second = Standing("one", DAWN, "second", DAWN, DAWN)
    added(connection, [ONE, second], Progress(), cut=watched)

    assert made == ["second"]
    assert fragments(connection) == [("one", b"second")]
