"""All that a journal's database holds, copied into another database that is empty.

What is copied is one state of the database, whoever writes meanwhile. The copy is
one transaction, at the end of which everything is read again: either the target has
all of it, the same values and a sound chain, or it is as empty as before.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256

from sqlalchemy import Connection, Engine, MetaData, Table, insert, inspect, select

from registry.errors import Invalid, Misconfigured
from registry.journal.audit import audit
from registry.journal.dialects import SNAPSHOT, check_order, storing, writing
from registry.journal.migrations import migrate
from registry.journal.tables import FILE, FILE_PART
from registry.ports import Clock

BATCH = 500
"""Rows that are held in memory at a time."""

_APART = frozenset({FILE.name, FILE_PART.name})
"""Tables of the files, which one database keeps and another has in a folder."""

Files = Callable[[Connection], object]
"""Puts the files into the target, in the transaction of the copy."""


def copy(
    source: Engine, target: Engine, clock: Clock, files: Files = lambda _: None
) -> Mapping[str, int]:
    """Copies every table and returns how many rows each has.

    Args:
        source: of a journal whose tables are up to date.
        target: of a database without tables.
        clock: tells when the tables of the target are made.
        files: called when the rows are copied, for what they name was kept before.

    Raises:
        Busy: somebody else has been writing to the target for too long.
        Invalid: something in the source was altered, or the copy is another.
        Misconfigured: there is something in the target, or it would sort otherwise.
        StorageUnavailable: a disk or a server fails.
    """
    with (
        storing(),
        source.connect().execution_options(**SNAPSHOT) as there,
        there.begin(),
        writing(target) as here,
    ):
        _require_empty(here)
        check_order(here)
        migrate(here, clock)
        tables = {table.name: table for table in _tables(there)}
        found = {}
        for table in reversed(_tables(here)):
            here.execute(table.delete())
        for table in _tables(here):
            found[table.name] = _copied(there, tables[table.name], here, table)
        files(here)
        deque(audit(here), maxlen=0)
    return found


def _require_empty(connection: Connection) -> None:
    if inspect(connection).get_table_names():
        raise Misconfigured(
            "There is something in the target already: a journal is copied into an "
            "empty database only.",
            "В целта вече има нещо: журналът се копира само в празна база данни.",
        )


def _tables(connection: Connection) -> list[Table]:
    """Returns the tables as the database has them, those referred to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in _APART]


def _copied(there: Connection, table: Table, here: Connection, own: Table) -> int:
    """Copies the rows of a table, reads them again, and returns how many there are."""
    digest, count, adding = sha256(), 0, insert(own)
    for rows in _rows(there, table):
        here.execute(adding, rows)
        count += _digested(digest.update, rows)
    again = sha256()
    if (
        sum(_digested(again.update, rows) for rows in _rows(here, own)) != count
        or again.digest() != digest.digest()
    ):
        raise Invalid(
            f"The copy of the table {table.name} is another than the table.",
            f"Копието на таблицата {table.name} се различава от нея.",
            extra={"table": table.name},
        )
    return count


def _rows(connection: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    """Yields rows by column in the order of their keys, so many at a time."""
    ordered = select(table).order_by(*table.primary_key)
    found = connection.execute(ordered, execution_options={"yield_per": BATCH})
    for rows in found.mappings().partitions():
        yield [dict(row) for row in rows]


def _digested(update: Callable[[bytes], None], rows: list[dict[str, object]]) -> int:
    for row in rows:
        update(repr(sorted(row.items())).encode())
    return len(rows)
