from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, inspect, select

from registry.desks.tables import SUBMISSION
from registry.errors import Misconfigured
from registry.journal.dialects import engine, journal_url, writing
from registry.journal.migrations import MIGRATIONS, applied, migrate
from registry.journal.tables import METADATA, MIGRATION


@pytest.fixture
def database(empty: str | Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    made = engine(journal_url(empty))
    yield made
    made.dispose()


def schema(database: Engine) -> dict[str, Any]:
    """Returns all that the database says of its tables."""
    found = inspect(database)

    def of(table: str) -> dict[str, Any]:
        return {
            "columns": [
                (each["name"], str(each["type"]), each["nullable"])
                for each in found.get_columns(table)
            ],
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "checks": sorted(
                (each["name"] or "", each["sqltext"])
                for each in found.get_check_constraints(table)
            ),
            "unique": sorted(
                (each["name"] or "", each["column_names"])
                for each in found.get_unique_constraints(table)
            ),
            "references": sorted(
                (
                    each["constrained_columns"],
                    each["referred_table"],
                    each["referred_columns"],
                )
                for each in found.get_foreign_keys(table)
            ),
            "indexes": sorted(
                (
                    each["name"] or "",
                    each["column_names"],
                    bool(each["unique"]),
                    str(each.get("dialect_options", {}).get("sqlite_where", "")),
                )
                for each in found.get_indexes(table)
            ),
        }

    return {table: of(table) for table in found.get_table_names()}


def test_the_migrations_lead_to_the_tables(
    database: Engine, clock: Callable[[], datetime]
) -> None:
    """A migrated database equals one made from the declared tables."""
    METADATA.create_all(database)  # those of the edges beside the journal too
    assert SUBMISSION.metadata is METADATA
    declared = schema(database)
    METADATA.drop_all(database)

    with writing(database) as connection:
        count = migrate(connection, clock)

    assert count == len(MIGRATIONS)
    assert schema(database) == declared


def test_what_was_applied_is_not_applied_again(
    database: Engine, clock: Callable[[], datetime]
) -> None:
    """Each migration is recorded with its time, and made once."""
    with writing(database) as connection:
        assert applied(connection) == 0
        migrate(connection, clock)

    with writing(database) as connection:
        assert migrate(connection, clock) == 0
        assert applied(connection) == len(MIGRATIONS)
        assert [tuple(row) for row in connection.execute(select(MIGRATION))] == [
            (number, migration.title, "2026-01-01T00:00:01.000000Z")
            for number, migration in enumerate(MIGRATIONS, start=1)
        ]


def test_a_newer_database_is_refused(
    database: Engine, clock: Callable[[], datetime]
) -> None:
    """A program does not touch a journal that it may not understand."""
    with writing(database) as connection:
        migrate(connection, clock)
        connection.execute(
            insert(MIGRATION), {"number": 99, "title": "later", "applied": ""}
        )

    with database.connect() as connection, pytest.raises(Misconfigured):
        migrate(connection, lambda: datetime.now(UTC))
