from pathlib import Path

import duckdb

from registry.statistics import parquet
from tests import tables
from tests.dumping import DIGESTS, SHARES, Small, inode


def test_a_table_is_there_as_csv_with_its_codes(small: Small) -> None:
    """All rows come with all columns; their number is in the manifest."""
    made = small.make()

    lines = small.files()[f"table.{SHARES.key}.csv"].decode().split("\r\n")[:-1]
    structure = tables.structure(SHARES.key)
    assert lines[0].split(",") == list(structure.columns)
    count = len(tables.rows(SHARES.key)) // 2
    assert len(lines) - 1 == count
    assert {w.rows for w in made.files if w.file.name.startswith("table.")} == {count}


def test_the_parquet_file_is_the_one_that_is_kept(small: Small) -> None:
    """It takes no room a second time, and reads as the CSV does."""
    small.make()

    kept = parquet.path(small.data / "tables", SHARES.key, DIGESTS[0])
    current = small.folder.current()
    assert current is not None
    given: Path = current[1] / f"table.{SHARES.key}.parquet"
    assert inode(kept) == inode(given)
    values = "SELECT CAST(sum(CAST(obs_value AS DECIMAL(18, 6))) AS VARCHAR), count(*)"
    with duckdb.connect() as engine:
        sums = [
            engine.execute(f"{values} FROM {read}(?)", [str(file)]).fetchall()
            for read, file in (
                ("read_parquet", given),
                ("read_csv", given.with_suffix(".csv")),
            )
        ]
    assert sums[0] == sums[1]


def test_a_new_edition_brings_new_files(small: Small) -> None:
    """They have the rows of the current version alone."""
    small.make()
    before = small.files()
    small.publish_table(edition=1)

    small.make()

    name = f"table.{SHARES.key}.csv"
    lines = small.files()[name].count(b"\r\n") - 1
    assert lines == len(tables.rows(SHARES.key))
    assert lines > before[name].count(b"\r\n")
