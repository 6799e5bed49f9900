"""The engine of slices: DuckDB in this process, shut in.

It opens no file outside its folders, no network and no extension, keeps to its
memory, and what is asked of it ends at a deadline.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from registry.errors import QueryTimeout, ResultTooLarge
from registry.statistics.deadlines import Deadlines

BATCH = 5_000
"""Rows that are read at a time."""

Row = tuple[Any, ...]


@dataclass
class Reader:
    """A connection of one thread's own, for one answer.

    What counts is the time that the engine works for it, not that in which whoever
    reads the answer is slow.
    """

    cursor: DuckDBPyConnection
    deadlines: Deadlines
    _spent: float = 0.0

    def run(self, text: str, values: Sequence[object] = ()) -> None:
        """Runs a statement to its end."""
        with self._watched():
            self.cursor.execute(text, values)

    def all(self, text: str, values: Sequence[object] = ()) -> list[Row]:
        """Returns all rows of a query."""
        with self._watched():
            return self.cursor.execute(text, values).fetchall()

    def batches(
        self, text: str, values: Sequence[object] = ()
    ) -> Iterator[Sequence[Row]]:
        """Yields the rows of a query, some thousands at a time."""
        self.run(text, values)
        while batch := self._next():
            yield batch

    def _next(self) -> Sequence[Row]:
        with self._watched():
            return self.cursor.fetchmany(BATCH)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        limit = self.deadlines.longest
        started = monotonic()
        try:
            with self.deadlines.watching(self.cursor.interrupt, limit - self._spent):
                yield
        except duckdb.InterruptException as error:
            raise _late(limit) from error
        self._spent += monotonic() - started
        if self._spent > limit:
            raise _late(limit)


@dataclass
class Engine:
    """One engine; nothing is opened before it is needed.

    Args:
        folder: the files that it may read.
        memory: bytes that it may use.
        deadline: seconds that it may work for one answer.
    """

    folder: Path
    memory: int
    deadline: float
    _lock: Lock = field(default_factory=Lock)
    _opened: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def scratch(self) -> Path:
        """A folder that it may write to, and that goes with it."""
        made = tempfile.TemporaryDirectory(prefix="slices-")
        return Path(self._opened.enter_context(made))

    @cached_property
    def _deadlines(self) -> Deadlines:
        made = Deadlines(self.deadline)
        self._opened.callback(made.close)
        return made

    @cached_property
    def _connection(self) -> DuckDBPyConnection:
        connection = _connect(self.folder.resolve(), self.scratch, self.memory)
        return self._opened.enter_context(connection)

    def close(self) -> None:
        """Lets go of everything."""
        self._opened.close()

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Opens a reader, which costs next to nothing.

        Raises:
            QueryTimeout: what was asked of it passed the deadline.
            ResultTooLarge: it needs more memory than the engine has.
        """
        with self.working() as cursor:
            yield Reader(cursor, self._deadlines)

    @contextmanager
    def working(self) -> Iterator[DuckDBPyConnection]:
        """Opens a connection without a deadline, for work that all readers need.

        Raises:
            ResultTooLarge: it needs more memory than the engine has.
        """
        with self._lock:
            cursor = self._connection.cursor()
            self._deadlines  # noqa: B018 - made under the lock, like the connection
        try:
            yield cursor
        except duckdb.OutOfMemoryException as error:
            raise ResultTooLarge(
                "The slice needs more memory than a slice may use; ask for less of "
                "the table, or leave out the sorting.",
                "Извадката изисква повече памет от разрешеното; поискайте по-малка "
                "част от таблицата или се откажете от подреждането.",
                extra={"limit": self.memory},
            ) from error
        finally:
            cursor.close()


def _connect(folder: Path, scratch: Path, memory: int) -> DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 1,
            "memory_limit": f"{memory}B",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    # These can be set in a running engine only, the lock last.
    connection.execute("SET allowed_directories = ?", [[str(folder), str(scratch)]])
    connection.execute("SET temp_directory = ?", [str(scratch)])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _late(deadline: float) -> QueryTimeout:
    return QueryTimeout(
        f"The slice took {deadline:g} seconds, which is the limit, and was stopped; "
        "ask for less of the table, or leave out the sorting.",
        f"Извадката отне {deadline:g} секунди, колкото е ограничението, и беше "
        "спряна; поискайте по-малка част от таблицата или се откажете от "
        "подреждането.",
        extra={"rule": "deadline", "limit": deadline},
    )
