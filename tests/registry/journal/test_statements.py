from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, bindparam, insert, select
from sqlalchemy.pool import PoolProxiedConnection

from registry.journal.dialects import engine, journal_url
from registry.journal.statements import Prepared
from registry.journal.tables import META

HOSTILE = "'; DROP TABLE meta; --"


@pytest.fixture
def database(empty: str | Path) -> Iterator[Engine]:
    """A database of each kind with one empty table."""
    made = engine(journal_url(empty))
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
