import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests import tables
from tests.dumping import SHARES, Small
from tests.versions import BASE


@pytest.fixture
def database(small: Small) -> Iterator[sqlite3.Connection]:
    """The database of a dump."""
    small.make()
    current = small.folder.current()
    assert current is not None
    with closing(sqlite3.connect(current[1] / "registry.sqlite")) as opened:
        yield opened


def test_records_can_be_asked_in_sql(database: sqlite3.Connection) -> None:
    """Published records alone are in it, with names, sources and documents."""
    records = database.execute(
        "SELECT kind, key, iri, status, version, verified, document FROM record"
    ).fetchall()
    names = database.execute("SELECT * FROM name WHERE kind = 'institution'").fetchall()
    sources = database.execute("SELECT * FROM source WHERE kind = 'course'").fetchall()

    assert [row[:6] for row in records] == [
        ("course", "welder", f"{BASE}id/course/welder", "stable", 1, None),
        ("institution", "one", f"{BASE}id/institution/one", "stable", 1, None),
        ("table", SHARES.key, f"{BASE}id/table/{SHARES.key}", "stable", 1, None),
    ]
    assert json.loads(records[1][6])["name"] == {"bg": "Едно, „А“", "en": "=1+1"}
    assert names == [
        ("institution", "one", "bg", "Едно, „А“"),
        ("institution", "one", "en", "=1+1"),
    ]
    assert sources == [
        ("course", "welder", 1, "https://a.example/", "2024-05"),
        ("course", "welder", 2, "https://b.example/", None),
    ]


def test_observations_are_rows_of_their_table(database: sqlite3.Connection) -> None:
    """Values are numbers, so that they can be added up."""
    rows = tables.rows(SHARES.key)
    given = rows[: len(rows) // 2]
    width = len(tables.structure(SHARES.key).dimensions)

    found = database.execute(f'SELECT * FROM "table.{SHARES.key}"').fetchall()  # noqa: S608

    assert [row[:width] for row in found] == [tuple(row[:width]) for row in given]
    assert [row[width] for row in found] == [float(row[width] or 0) for row in given]


def test_the_file_is_sound(database: sqlite3.Connection) -> None:
    """It keeps its own rules, and needs nothing beside it."""
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA user_version").fetchall() == [(1,)]
    assert database.execute("PRAGMA journal_mode").fetchall() == [("delete",)]
