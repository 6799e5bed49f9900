import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from registry.mending import mend

PARQUET = b"PAR1" + b"columns" + b"footer" + (6).to_bytes(4, "little") + b"PAR1"


def data(tmp_path: Path) -> Path:
    """A data directory with each kind of projection, all of them sound."""
    for name in ("lists.sqlite", "catalogue.sqlite"):
        with closing(sqlite3.connect(tmp_path / name)) as connection, connection:
            connection.execute("CREATE TABLE kept (x)")
            rows = [("x" * 100,)] * 1000
            connection.executemany("INSERT INTO kept VALUES (?)", rows)
    (tmp_path / "tables" / "one").mkdir(parents=True)
    (tmp_path / "tables" / "one" / "a.parquet").write_bytes(PARQUET)
    return tmp_path


def test_what_is_sound_is_left_alone(tmp_path: Path) -> None:
    """Nothing is removed, and nothing has to be there."""
    assert mend(tmp_path) == []
    assert mend(data(tmp_path)) == []


@pytest.mark.parametrize("name", ["lists.sqlite", "catalogue.sqlite"])
@pytest.mark.parametrize("where", [0, 100, 4096, 32768])
def test_a_damaged_database_is_removed(
    tmp_path: Path, name: str, where: int, caplog: pytest.LogCaptureFixture
) -> None:
    """It goes with all that belongs to it, and the log says so."""
    path = data(tmp_path) / name
    body = bytearray(path.read_bytes())
    body[where : where + 300] = b"\xff" * 300
    path.write_bytes(body)

    assert mend(tmp_path) == [name]

    assert not list(tmp_path.glob(f"{name}*"))
    assert caplog.messages == ["damaged projection removed"]


@pytest.mark.parametrize("length", [0, 5, 12, len(PARQUET) - 1])
def test_a_file_that_was_cut_short_is_removed(tmp_path: Path, length: int) -> None:
    """It will be made again from the blob of its figures."""
    path = data(tmp_path) / "tables" / "one" / "a.parquet"
    path.write_bytes(PARQUET[:length])

    assert mend(tmp_path) == ["tables/one/a.parquet"]
