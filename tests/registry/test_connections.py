import sqlite3
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from registry.connections import PerThread, connect


def test_each_thread_has_its_own(tmp_path: Path) -> None:
    """The same whenever it asks, and another than the others have."""
    mine = PerThread(partial(connect, tmp_path / "file"))

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(mine).result()
        assert pool.submit(mine).result() is other
        assert mine() is mine()
        assert mine() is not other
        pool.submit(mine.close).result()
    mine.close()


def test_a_closed_connection_is_replaced(tmp_path: Path) -> None:
    """Closing twice does no harm."""
    mine = PerThread(partial(connect, tmp_path / "file"))
    first = mine()

    mine.close()
    mine.close()

    with pytest.raises(sqlite3.ProgrammingError):
        first.execute("SELECT 1")
    assert mine().execute("SELECT 1").fetchone() == (1,)
    mine.close()
