"""Connections to the SQLite files of projections: each thread has one of its own."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path


def connect(path: Path) -> sqlite3.Connection:
    """Returns a connection for what can be made anew from the journal."""
    connection = sqlite3.connect(path, timeout=30)
    # Losing the last moments in a power cut only means catching up again.
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


class PerThread:
    """Gives every thread the same connection whenever it asks.

    Args:
        opened: opens one.
    """

    def __init__(self, opened: Callable[[], sqlite3.Connection]) -> None:
        self._opened = opened
        self._local = threading.local()

    def __call__(self) -> sqlite3.Connection:
        """Returns the connection of this thread."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._opened()
        return connection

    def close(self) -> None:
        """Closes the connection of this thread; the next call opens another."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            del self._local.connection
