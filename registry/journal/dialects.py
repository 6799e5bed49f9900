"""Where the databases differ, and nowhere else: opening one, and its transactions.

SQLite: write-ahead log, so that readers go on while somebody writes, and a full
sync of every commit. A statement on its own is its own transaction; `WRITING`
takes the one write lock at once, `SNAPSHOT` sees one state throughout.

PostgreSQL needs neither pragma nor event: `WRITING` is an ordinary transaction,
in which the row of the tip is the lock. Its database is made with the locale
`C`, so that keys sort by code point as they do in SQLite.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from registry import storage
from registry.errors import Busy

WRITING: Mapping[str, Any] = {"begin": "BEGIN IMMEDIATE"}
"""Options of a connection that is going to write."""

SNAPSHOT: Mapping[str, Any] = {"begin": "BEGIN"}
"""Options of a connection whose statements must all see one state."""

PATIENCE = 30.0
"""Seconds to wait for somebody else's write to end."""


def journal_url(place: str | Path) -> URL:
    """Returns the database URL of a path, or of the text of a URL."""
    if isinstance(place, Path):
        return URL.create("sqlite", database=str(place))
    return make_url(place)


def exists(url: URL) -> bool:
    """Returns whether there is a database to open, without making one."""
    if url.get_backend_name() != "sqlite":
        return True
    return url.database is not None and Path(url.database).is_file()


def engine(url: URL, patience: float = PATIENCE) -> Engine:
    """Returns an engine whose connections keep what the journal promises.

    Some connections are kept open and used again; there is no upper limit,
    since a reader in the middle of a stream may ask for another.
    """
    # Errors are logged, and what was to be written may be personal.
    made = create_engine(url, pool_size=16, max_overflow=-1, hide_parameters=True)
    if made.dialect.name == "sqlite":
        _prepare_sqlite(made, patience)
    return made


@contextmanager
def writing(made: Engine) -> Iterator[Connection]:
    """Opens a transaction that holds the write lock from its start.

    Raises:
        Busy: somebody else has been writing for too long.
        StorageUnavailable: the disk is full, read-only or broken.
    """
    with _storing(), made.connect().execution_options(**WRITING) as connection:
        try:
            transaction = connection.begin()
        except OperationalError as error:
            if storage.unavailable(error):
                raise
            raise Busy(
                "Somebody else has been writing to the journal for too long.",
                "Друг процес пише в журнала твърде дълго.",
            ) from error
        with transaction:
            yield connection


def damage(connection: Connection) -> str | None:
    """Returns what the database itself finds wrong with its file, if anything.

    Such as an index that names another value than its table.
    """
    if connection.dialect.name != "sqlite":
        return None
    found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    return None if found == "ok" else str(found)


@contextmanager
def _storing() -> Iterator[None]:
    try:
        with storage.storing():
            yield
    except DBAPIError as error:
        found = storage.unavailable(error)
        if found is None:
            raise
        raise found from error


def _prepare_sqlite(made: Engine, patience: float) -> None:
    pragmas = (
        f"PRAGMA busy_timeout = {int(patience * 1000)}",
        "PRAGMA foreign_keys = ON",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA cache_size = -16384",
        # What is erased is overwritten, not merely left out of the tables.
        "PRAGMA secure_delete = ON",
    )

    @event.listens_for(made, "connect")
    def connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver would otherwise begin transactions by itself, and too late.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        statement = connection.get_execution_options().get("begin")
        if statement is not None:
            connection.exec_driver_sql(statement)
