from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from registry import tabular


def test_cursors_do_not_see_each_other(tmp_path: Path) -> None:
    """Whoever has one works on files, whatever others do at the same time."""

    def written(number: int) -> list[tuple[int]]:
        file = str(tmp_path / f"{number}.parquet")
        with tabular.cursor() as outer, tabular.cursor() as inner:
            inner.execute("CREATE TEMP TABLE t AS SELECT ? AS n", [number])
            inner.execute("COPY t TO ? (FORMAT parquet)", [file])
            return outer.execute("SELECT n FROM read_parquet(?)", [file]).fetchall()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(written, range(20))) == [[(n,)] for n in range(20)]


def test_what_is_left_open_is_closed() -> None:
    """A cursor is of use only within its block."""
    with tabular.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE left_over AS SELECT 1")
    with pytest.raises(duckdb.ConnectionException):
        cursor.execute("SELECT 1")
    with tabular.cursor() as another, pytest.raises(duckdb.CatalogException):
        another.execute("FROM left_over")
