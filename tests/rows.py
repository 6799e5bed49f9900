"""All that a database says, as text to be searched."""

from collections.abc import Collection

from sqlalchemy import Engine, MetaData, select


def written(database: Engine, but: Collection[str] = ()) -> str:
    """Returns every value of every table, in the order of its keys."""
    found = MetaData()
    with database.connect() as connection:
        found.reflect(connection)
        tables = sorted(found.tables.values(), key=lambda table: table.name)
        rows = [
            row
            for table in tables
            if table.name not in but
            for row in connection.execute(select(table).order_by(*table.primary_key))
        ]
    return "\n".join(str(value) for row in rows for value in row)
