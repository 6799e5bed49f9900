"""Large answers on their way from a worker to a reader: on disk, not in memory.

A file has no name, so that nothing is left of it when this process ends, however
that happens. While a slow reader takes it, the worker is free for others.
"""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

LEAST = 1024**2
"""Bytes up to which an answer is held in memory."""

_PIECE = 512 * 1024


class Overfull(Exception):  # noqa: N818 - an event, which the pool puts into words
    """The disk, or our share of it, has no room for the answer."""


def _nameless(folder: Path) -> BinaryIO:
    return tempfile.TemporaryFile(dir=folder)


class SpooledFile:
    """A complete answer in a file that has no name; to be closed by its reader.

    Attributes:
        size: bytes that it has.
    """

    def __init__(self, spool: "Spool", size: int, file: BinaryIO) -> None:
        self.size = size
        self._spool = spool
        self._file = file
        spool.used += size

    def __del__(self) -> None:
        self.close()

    def append(self, piece: bytes) -> None:
        """Writes what comes next."""
        self._file.write(piece)

    def rewind(self) -> None:
        """Makes all of it readable from its start."""
        self._file.flush()
        self._file.seek(0)

    def read(self, most: int = -1) -> bytes:
        """Returns what comes next, nothing at the end."""
        return self._file.read(most)

    def close(self) -> None:
        """Frees what it takes, once."""
        if not self._file.closed:
            self._file.close()
            self._spool.used -= self.size


class Spool:
    """Files for large answers, all of which together have a limit.

    Args:
        folder: where they are.
        most: bytes that they may have together.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self.folder = folder
        self.used = 0
        self._most = most

    async def receive(self, reader: asyncio.StreamReader, size: int) -> SpooledFile:
        """Reads so many bytes into a file.

        Raises:
            EOFError: the worker died in the middle.
            Overfull: there is no room.
        """
        if self.used + size > self._most:
            raise Overfull
        try:
            file = SpooledFile(self, size, _nameless(self.folder))
        except OSError as error:
            raise Overfull from error
        try:
            await _copy(reader, file)
        except BaseException:
            file.close()
            raise
        return file


async def _copy(reader: asyncio.StreamReader, file: SpooledFile) -> None:
    left = file.size
    while left:
        piece = await reader.read(min(left, _PIECE))
        if not piece:
            raise EOFError
        left -= len(piece)
        await _to_disk(file.append, piece)
    await _to_disk(file.rewind)


async def _to_disk(work: Callable[..., None], *piece: bytes) -> None:
    try:
        await asyncio.to_thread(work, *piece)
    except OSError as error:
        raise Overfull from error
