"""Cursors of the one DuckDB of a process, for files that we made ourselves.

To start the engine takes some 14 milliseconds, which is most of the work for a small
table; a cursor is there at once. What others handed in is read by an engine of its own
that is shut in: see `registry.statistics.reading`.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from threading import Lock

import duckdb
from duckdb import DuckDBPyConnection

_lock = Lock()


@contextmanager
def cursor() -> Iterator[DuckDBPyConnection]:
    """Yields a connection of its own; nothing is to be made in it that would stay."""
    with _lock:
        made = _engine().cursor()
    with closing(made):
        yield made


@cache
def _engine() -> DuckDBPyConnection:
    return duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
