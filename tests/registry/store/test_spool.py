import asyncio
from pathlib import Path

import pytest

from registry.store.spool import Overfull, Spool


def _reader(data: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


def test_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    """A file gives the bytes again, has no name, and gives its room back once."""

    async def work() -> None:
        spool = Spool(tmp_path, 100)
        file = await spool.receive(_reader(b"x" * 60 + b"next"), 60)

        assert not list(tmp_path.iterdir())
        assert (file.size, spool.used) == (60, 60)
        assert file.read(10) + file.read() == b"x" * 60
        file.close()
        file.close()
        assert spool.used == 0

    asyncio.run(work())


def test_room_is_limited(tmp_path: Path) -> None:
    """What does not fit beside the others is refused before it is read."""

    async def work() -> None:
        spool = Spool(tmp_path, 100)
        file = await spool.receive(_reader(b"x" * 60), 60)
        with pytest.raises(Overfull):
            await spool.receive(_reader(b"x" * 60), 60)
        file.close()
        with pytest.raises(Overfull):
            await Spool(tmp_path / "none", 100).receive(_reader(b"x"), 1)

    asyncio.run(work())


def test_worker_that_dies_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """Half an answer is no answer."""

    async def work() -> None:
        spool = Spool(tmp_path, 100)
        with pytest.raises(EOFError):
            await spool.receive(_reader(b"x" * 30), 60)

        assert spool.used == 0

    asyncio.run(work())
