"""Where the databases differ, and nowhere else: opening one, and its transactions.

A statement on its own is its own transaction; `WRITING` takes the one write lock
at once, `SNAPSHOT` sees one state throughout. What these mean is one table here.

SQLite: write-ahead log, so that readers go on while somebody writes, and a full
sync of every commit.

PostgreSQL: the write lock is an advisory lock of its database, which ends with the
transaction, so that writers wait for each other on every node. Its text sorts by
code point, as it does in SQLite, and its numbers are as long.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from registry import storage
from registry.errors import Busy, Invalid, Misconfigured

WRITING: Mapping[str, Any] = {"begin": "writing"}
"""Options of a connection that is going to write."""

SNAPSHOT: Mapping[str, Any] = {"begin": "snapshot"}
"""Options of a connection whose statements must all see one state."""

PATIENCE = 30.0
"""Seconds to wait for somebody else's write to end."""

_BEGINNINGS: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("sqlite", "writing"): ("BEGIN IMMEDIATE",),
        ("sqlite", "snapshot"): ("BEGIN",),
        # The number is the word “registry” in ASCII. Whoever is stopped in the middle
        # of a transaction, and says nothing for ten minutes, loses it with its lock.
        ("postgresql", "writing"): (
            "BEGIN",
            "SELECT set_config('idle_in_transaction_session_timeout', '10min', true), "
            "pg_advisory_xact_lock(8243108395577799289)",
        ),
        ("postgresql", "snapshot"): (
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
    }
)
"""What begins a transaction of each purpose."""

_REACHING: Mapping[str, object] = MappingProxyType(
    {
        # The driver would otherwise begin transactions by itself.
        "autocommit": True,
        "application_name": "registry",
        "connect_timeout": 5,
        # A machine that is gone without a word is given up after half a minute.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }
)
"""How a server is connected to, unless the URL says otherwise."""

_SORTING = text(
    "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database "
    "WHERE datname = current_database()"
)
_BY_CODE_POINT = frozenset({"C", "POSIX"})


def journal_url(place: str | Path) -> URL:
    """Returns the database URL of a path, or of the text of a URL.

    Raises:
        Misconfigured: it is of a database that cannot hold a journal.
    """
    if isinstance(place, Path):
        return URL.create("sqlite", database=str(place))
    url = make_url(place)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise Misconfigured(
            f"A journal is in SQLite or PostgreSQL, not in {url.drivername}.",
            f"Журналът се пази в SQLite или PostgreSQL, не в {url.drivername}.",
        )
    return url


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
    served = url.get_backend_name() == "postgresql"
    made = create_engine(
        url,
        pool_size=16,
        max_overflow=-1,
        # A server may have been started anew since a connection was used.
        pool_pre_ping=served,
        connect_args={
            name: value
            for name, value in (_REACHING.items() if served else ())
            if name not in url.query
        },
        # Errors are logged, and what was to be written may be personal.
        hide_parameters=True,
    )
    if served:
        _prepare_postgresql(made, patience)
    else:
        _prepare_sqlite(made, patience)
    event.listen(made, "begin", _begin)
    return made


def tables_as(dialect: Dialect, statement: str) -> str:
    """Returns a statement of a migration as a kind of database wants it.

    Numbers of SQLite have 64 bits; a percent sign means something to the driver.
    """
    if dialect.name == "sqlite":
        return statement
    longer = re.sub(r"\bINTEGER\b", "BIGINT", statement)
    return re.sub(r"\bBLOB\b", "BYTEA", longer).replace("%", "%%")


def check_order(connection: Connection) -> None:
    """Checks that text sorts by code point, as it does in SQLite.

    Raises:
        Misconfigured: it does not.
    """
    if connection.dialect.name == "sqlite":
        return
    encoding, locale = connection.execute(_SORTING).one()
    if encoding != "UTF8" or locale not in _BY_CODE_POINT:
        how = "CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
        raise Misconfigured(
            f"The database has the locale {locale} and the encoding {encoding}, and "
            f"would sort otherwise than the registry. Make it by {how}.",
            f"Базата данни е с локал {locale} и кодиране {encoding} и би подреждала "
            f"различно от регистъра. Създайте я с {how}.",
        )


@contextmanager
def writing(made: Engine) -> Iterator[Connection]:
    """Opens a transaction that holds the write lock from its start.

    Raises:
        Busy: somebody else has been writing for too long.
        StorageUnavailable: the disk is full, read-only or broken, or the database
            is out of reach.
    """
    with storing(), made.connect().execution_options(**WRITING) as connection:
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


@contextmanager
def storing() -> Iterator[None]:
    """Names what the disk, or the server of the database, does not let happen.

    Raises:
        StorageUnavailable: that is why the block failed.
    """
    try:
        with storage.storing():
            yield
    except DBAPIError as error:
        found = storage.unavailable(error)
        if found is None:
            raise
        raise found from error


def connected(made: Engine) -> PoolProxiedConnection:
    """Returns a connection of the driver, from the pool.

    Raises:
        StorageUnavailable: the database is out of reach.
    """
    try:
        return made.raw_connection()
    except made.dialect.loaded_dbapi.Error as error:
        raise named(error) from error


def named(error: Exception) -> Exception:
    """Returns what an error of a driver means, or else the same error.

    That the database is out of reach, or that PostgreSQL has no room in a text for the
    character 0, which SQLite keeps.
    """
    if type(error).__name__ == "DataError" and "NUL (0x00)" in str(error):
        return Invalid(
            "There is a character in the text that cannot be kept (U+0000).",
            "В текста има знак, който не може да бъде запазен (U+0000).",
        )
    return storage.unavailable(error) or error


def damage(connection: Connection) -> str | None:
    """Returns what the database itself finds wrong with its file, if anything.

    Such as an index that names another value than its table. PostgreSQL is asked
    by its own tools: `pg_amcheck`, and the checksums of its pages.
    """
    if connection.dialect.name != "sqlite":
        return None
    found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    return None if found == "ok" else str(found)


def _begin(connection: Connection) -> None:
    purpose = connection.get_execution_options().get("begin")
    if purpose is not None:
        for statement in _BEGINNINGS[connection.dialect.name, purpose]:
            connection.exec_driver_sql(statement)


def _prepare_postgresql(made: Engine, patience: float) -> None:
    @event.listens_for(made, "handle_error")
    def explain(context: ExceptionContext) -> None:
        original = context.original_exception
        if isinstance(original, Exception) and isinstance(named(original), Invalid):
            raise named(original) from original

    settings = (
        f"SET lock_timeout = {int(patience * 1000)}",
        # What is acknowledged is on the disk, whatever the server is set to.
        "SELECT set_config('synchronous_commit', 'on', false) "
        "WHERE current_setting('synchronous_commit') = 'off'",
        # The server, too, gives up a machine that is gone, and with it its lock.
        "SET tcp_keepalives_idle = 10",
        "SET tcp_keepalives_interval = 5",
        "SET tcp_keepalives_count = 3",
    )
    _on_connect(made, settings)


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

    _on_connect(made, pragmas)


def _on_connect(made: Engine, statements: tuple[str, ...]) -> None:
    @event.listens_for(made, "connect")
    def connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
