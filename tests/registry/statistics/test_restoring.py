from multiprocessing import get_context
from pathlib import Path

import duckdb
import pytest

from registry.errors import NotFound
from registry.journal.blobs import FileBlobs
from registry.record import Version
from registry.statistics import description
from registry.statistics.description import Data
from registry.statistics.restoring import placed, restore
from tests.tables import FOLDER, defined, rows
from tests.versions import IRIS, version

KEY = "tps00176"


def _version(digest: str) -> Version:
    """A version of the table whose figures have this digest."""
    data = Data(digest, 1, "text/csv", len(rows(KEY)), "2012", "2023")
    document = description.document_of(defined(KEY).definition, data, IRIS)
    return version(f"table/{KEY}", {k: v for k, v in document.items() if k != "id"})


def _again(data: Path) -> None:
    blobs = FileBlobs(data / "blobs")
    with (FOLDER / f"{KEY}.csv").open("rb") as file:
        digest = blobs.put(file)
    restore(blobs, _version(digest), data / "made.parquet")


def _rows(path: Path) -> list[tuple[str | None, ...]]:
    return duckdb.execute(
        "SELECT COLUMNS(*)::VARCHAR FROM read_parquet(?)", [str(path)]
    ).fetchall()


def test_a_file_is_made_from_the_blob(tmp_path: Path) -> None:
    """The rows are those of the original, by their codes."""
    _again(tmp_path)

    assert _rows(tmp_path / "made.parquet") == [tuple(row) for row in rows(KEY)]


def test_several_processes_may_make_the_same_file(tmp_path: Path) -> None:
    """Whoever comes last leaves a whole file, and nothing else is left."""
    context = get_context("spawn")
    workers = [context.Process(target=_again, args=(tmp_path,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert [worker.exitcode for worker in workers] == [0, 0]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["blobs", "made.parquet"]
    assert len(_rows(tmp_path / "made.parquet")) == len(rows(KEY))


def test_without_the_blob_there_is_nothing_to_make_it_from(tmp_path: Path) -> None:
    """A missing original is an error, not an empty table."""
    blobs = FileBlobs(tmp_path / "blobs")

    with pytest.raises(NotFound):
        restore(blobs, _version("cd" * 32), tmp_path / "made.parquet")
    assert [p.name for p in tmp_path.iterdir()] == ["blobs"]


def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    """What fails half-way leaves the old file as it was."""
    target = tmp_path / "file"
    with placed(target) as path:
        path.write_bytes(b"old")

    with pytest.raises(OSError, match="full"), placed(target) as path:  # noqa: PT012
        path.write_bytes(b"ne")
        raise OSError("the disk is full")
    assert target.read_bytes() == b"old"
