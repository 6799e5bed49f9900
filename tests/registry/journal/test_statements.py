from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, bindparam, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.pool import PoolProxiedConnection

from registry.journal.dialects import engine, journal_url
from registry.journal.statements import Prepared
from registry.journal.tables import META

HOSTILE = "'; DROP TABLE meta; --"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    """A database with one empty table."""
    made = engine(journal_url(tmp_path / "some.sqlite"))
    META.create(made)
    yield made
    made.dispose()


@pytest.fixture
def connection(database: Engine) -> Iterator[PoolProxiedConnection]:
    """A connection of the driver."""
    made = database.raw_connection()
    yield made
    made.close()


def test_rows_go_in_and_come_out(
    database: Engine, connection: PoolProxiedConnection
) -> None:
    """Values are bound, whatever they hold, and rows come back by column."""
    rows = [{"name": "a", "value": HOSTILE}, {"name": "b", "value": "б"}]
    add = Prepared(insert(META), database.dialect)
    read = Prepared(select(META).order_by(META.c.name), database.dialect)

    add.run(connection, rows)
    add.run(connection, [])

    assert read.rows(connection) == rows
    assert read.first(connection) == rows[0]


def test_values_are_named_and_constants_stay(
    database: Engine, connection: PoolProxiedConnection
) -> None:
    """A statement may hold constants beside the values that are given later."""
    Prepared(insert(META), database.dialect).run(
        connection, [{"name": name, "value": "x"} for name in "abc"]
    )
    read = Prepared(
        select(META.c.name)
        .where(META.c.value == "x", META.c.name > bindparam("after"))
        .order_by(META.c.name)
        .limit(bindparam("limit")),
        database.dialect,
    )

    assert read.rows(connection, after="a", limit=1) == [{"name": "b"}]
    assert read.first(connection, after=HOSTILE, limit=9) == {"name": "a"}
    assert read.first(connection, after="c", limit=9) is None


class Cursor:
    """A driver's cursor that notes what it is asked."""

    def __init__(self, asked: list[tuple[str, Any]]) -> None:
        self.asked = asked

    def execute(self, sql: str, values: Any) -> None:
        """Notes the statement and its values."""
        self.asked.append((sql, values))

    def fetchall(self) -> list[tuple[str, ...]]:
        """Returns one row."""
        return [("a",)]

    def close(self) -> None:
        """Does nothing."""


def test_drivers_that_name_values_get_them_by_name() -> None:
    """PostgreSQL's drivers are given a mapping where SQLite's is given a tuple."""
    asked: list[tuple[str, Any]] = []

    class Connection:
        def cursor(self) -> Cursor:
            return Cursor(asked)

    read = Prepared(
        select(META.c.name).where(META.c.value == bindparam("wanted")),
        postgresql.dialect(),  # type: ignore[no-untyped-call]
    )

    rows = read.rows(Connection(), wanted=HOSTILE)  # type: ignore[arg-type]

    assert rows == [{"name": "a"}]
    ((sql, values),) = asked
    assert "%(wanted)s" in sql
    assert values == {"wanted": HOSTILE}
