"""All that a database says, as text to be searched."""

from sqlalchemy import Engine, MetaData, select


def written(database: Engine) -> str:
    """Returns every value of every table."""
    found = MetaData()
    with database.connect() as connection:
        found.reflect(connection)
        rows = [
            row
            for table in found.sorted_tables
            for row in connection.execute(select(table)).all()
        ]
    return "\n".join(str(value) for row in rows for value in row)
