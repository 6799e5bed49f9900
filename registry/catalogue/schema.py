"""The tables of the catalogue's file, how it is opened, and how values are kept.

The file is a projection: one of another edition is emptied and filled anew.
"""

import sqlite3
import zlib
from datetime import UTC, datetime
from pathlib import Path

EDITION = 3
"""Of what is kept, how, and in which words; a file of another one is emptied."""

_TABLES = {
    "progress": """
      sequence INTEGER NOT NULL, dump INTEGER NOT NULL, origin TEXT NOT NULL,
      number INTEGER NOT NULL, at TEXT, datasets INTEGER NOT NULL, total BLOB NOT NULL
    """,
    "activity": """
      number INTEGER PRIMARY KEY, deed TEXT NOT NULL, dataset TEXT NOT NULL,
      at TEXT NOT NULL, triples BLOB NOT NULL
    """,
    "dataset": """
      key TEXT PRIMARY KEY, number INTEGER NOT NULL, at TEXT NOT NULL,
      deleted INTEGER NOT NULL, issued TEXT NOT NULL, modified TEXT NOT NULL,
      version INTEGER NOT NULL, counted INTEGER, members TEXT NOT NULL
    """,
    "fresh": """
      kind TEXT NOT NULL, key TEXT NOT NULL, until TEXT NOT NULL,
      confirmed INTEGER NOT NULL, PRIMARY KEY (kind, key)
    """,
    "fragment": """
      key TEXT NOT NULL, form TEXT NOT NULL, body BLOB NOT NULL,
      PRIMARY KEY (key, form)
    """,
}
_INDEXES = (
    "CREATE INDEX dataset_by_number ON dataset (number)",
    "CREATE INDEX dataset_by_time ON dataset (at) WHERE NOT deleted",
)


def connect(path: Path) -> sqlite3.Connection:
    """Returns a connection that starts and ends its transactions only when told.

    It may go from thread to thread, but serves one at a time.
    """
    connection = sqlite3.connect(
        path, timeout=30, isolation_level=None, check_same_thread=False
    )
    # Losing the last moments in a power cut only means catching up again.
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def prepare(connection: sqlite3.Connection) -> None:
    """Makes the tables, anew if those that are there are of another edition."""
    connection.execute("PRAGMA journal_mode = WAL")
    if _edition(connection) == EDITION:
        return
    connection.execute("BEGIN IMMEDIATE")
    if _edition(connection) != EDITION:  # somebody else may have been faster
        empty(connection)
        connection.execute(f"PRAGMA user_version = {EDITION}")
    connection.execute("COMMIT")


def empty(connection: sqlite3.Connection) -> None:
    """Makes the tables anew, within the transaction that is open."""
    for name, columns in _TABLES.items():
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        connection.execute(f"CREATE TABLE {name} ({columns})")
    for index in _INDEXES:
        connection.execute(index)


def _edition(connection: sqlite3.Connection) -> int:
    edition: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return edition


def written(at: datetime) -> str:
    """Returns a moment as a text; a later one is a greater text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """Returns the moment that was written."""
    return datetime.fromisoformat(text)


def packed(body: bytes) -> bytes:
    """Returns bytes in a tenth of their space; descriptions repeat themselves."""
    return zlib.compress(body, level=1)


def unpacked(body: bytes) -> bytes:
    """Returns the bytes that were packed."""
    return zlib.decompress(body)
