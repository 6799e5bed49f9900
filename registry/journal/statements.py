"""Statements compiled once and handed to the driver itself.

SQLAlchemy builds them, and keeps connections and transactions. Running one
through its `Connection.execute` takes longer than the database does, which is
felt where a record is read for every request, or written ten thousand times.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Insert, Select, Update
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import PoolProxiedConnection

from registry.journal.dialects import named
from registry.journal.rows import Row


class Prepared:
    """A statement for one kind of database; its values are bound by the driver.

    Args:
        statement: its values are constants, or named by `bindparam` and given
            with each run.
        dialect: of the engine whose connections it will be run on.
    """

    def __init__(
        self, statement: Select[Any] | Insert | Update, dialect: Dialect
    ) -> None:
        compiled = statement.compile(dialect=dialect)
        self._failures = dialect.loaded_dbapi.Error
        self._sql = str(compiled)
        self._order = compiled.positiontup if compiled.positional else None
        self._constants = {
            name: value for name, value in compiled.params.items() if value is not None
        }
        self._columns: Sequence[str] = (
            [column.name for column in statement.selected_columns]
            if isinstance(statement, Select)
            else []
        )

    def first(self, connection: PoolProxiedConnection, **values: Any) -> Row | None:
        """Returns the first row by column, or `None`.

        Raises:
            StorageUnavailable: the database cannot be read, or is out of reach.
        """
        cursor = self._executed(connection, values)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else dict(zip(self._columns, row, strict=True))

    def rows(self, connection: PoolProxiedConnection, **values: Any) -> list[Row]:
        """Returns all rows by column."""
        cursor = self._executed(connection, values)
        rows = cursor.fetchall()
        cursor.close()
        return [dict(zip(self._columns, row, strict=True)) for row in rows]

    def run(
        self, connection: PoolProxiedConnection, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Runs the statement once for each row of values, if there are any."""
        if rows:
            cursor = connection.cursor()
            try:
                cursor.executemany(self._sql, [self._bound(row) for row in rows])
            except self._failures as error:
                raise named(error) from error
            cursor.close()

    def _executed(
        self, connection: PoolProxiedConnection, values: Mapping[str, Any]
    ) -> DBAPICursor:
        cursor = connection.cursor()
        try:
            cursor.execute(self._sql, self._bound(values))
        except self._failures as error:
            raise named(error) from error
        return cursor

    def _bound(self, values: Mapping[str, Any]) -> Any:
        if self._constants:
            values = {**self._constants, **values}
        if self._order is None:
            return values
        return tuple([values[name] for name in self._order])
