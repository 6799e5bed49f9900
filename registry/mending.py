"""Damaged projections are removed, so that they are made anew from the journal.

For a start of the server, before anything is open. What is missing needs no mending:
each projection is made where there is none. The graph store looks after itself.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

log = logging.getLogger(__name__)

DATABASES = ("lists.sqlite", "catalogue.sqlite")
"""The projections that are SQLite files."""

_MAGIC = b"PAR1"
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def mend(data: Path) -> list[str]:
    """Removes the damaged projections of a data directory and returns their names."""
    removed = []
    for path in _damaged(data):
        for part in ("", "-wal", "-shm"):
            path.with_name(f"{path.name}{part}").unlink(missing_ok=True)
        name = str(path.relative_to(data))
        log.warning("damaged projection removed", extra={"file": name})
        removed.append(name)
    return removed


def _damaged(data: Path) -> Iterator[Path]:
    for name in DATABASES:
        if (data / name).exists() and not _is_database(data / name):
            yield data / name
    for path in sorted(data.glob("tables/*/*.parquet")):
        if not _is_parquet(path):
            yield path


def _is_database(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if code & 0xFF not in _DAMAGE:
            raise
        return False
    return str(found) == "ok"


def _is_parquet(path: Path) -> bool:
    """Says whether a file begins and ends as one that was written to its end.

    Source: the Parquet format, section “File format”.
    """
    size = path.stat().st_size
    if size < 3 * len(_MAGIC):
        return False
    with path.open("rb") as file:
        head = file.read(len(_MAGIC))
        file.seek(size - 2 * len(_MAGIC))
        length, tail = file.read(len(_MAGIC)), file.read(len(_MAGIC))
    footer = int.from_bytes(length, "little")
    return head == tail == _MAGIC and footer <= size - 3 * len(_MAGIC)
