from pathlib import Path

from registry.record import Version
from registry.statistics import parquet
from registry.statistics.parquet import ParquetTables
from tests import tables
from tests.registry.statistics.cubes import AGE_AND_SEX, SHARES, write
from tests.versions import version

DIGEST = "AB" * 32


def published(key: str) -> Version:
    """A version of a real table."""
    made = version(f"table/{key}", {"type": "DataSet", "title": {"en": "A"}})
    content = tables.table_content(key, tables.rows(key), DIGEST)
    return Version(made.head, content)


def unneeded(version: Version, file: Path) -> None:
    """Fails, for the file is there."""
    raise AssertionError(f"{version.head.record} has {file}")


def test_a_file_is_named_by_its_table_and_its_digest(tmp_path: Path) -> None:
    """The name is the same, however the digest is written."""
    assert parquet.path(tmp_path, "one", DIGEST) == (
        tmp_path / "one" / f"{'ab' * 32}.parquet"
    )


def test_rows_come_in_batches_by_their_codes(tmp_path: Path) -> None:
    """All rows of the file come, as their columns are, sorted."""
    rows = tables.rows(AGE_AND_SEX)
    write(
        parquet.path(tmp_path, AGE_AND_SEX, DIGEST),
        tables.structure(AGE_AND_SEX),
        rows[::-1],
    )

    batches = list(ParquetTables(tmp_path, unneeded).batches(published(AGE_AND_SEX)))

    assert [len(batch) for batch in batches[:-1]] == [parquet.BATCH] * (
        len(rows) // parquet.BATCH
    )
    assert [row for batch in batches for row in batch] == list(rows)


def test_decimals_come_as_they_are_and_not_as_floats(tmp_path: Path) -> None:
    """The text of a value is that of an exact number."""
    rows = tables.rows(SHARES)
    write(parquet.path(tmp_path, SHARES, DIGEST), tables.structure(SHARES), rows)

    [batch] = ParquetTables(tmp_path, unneeded).batches(published(SHARES))

    width = len(tables.structure(SHARES).dimensions)
    assert [str(row[width]).rstrip("0").rstrip(".") for row in batch] == [
        str(row[width]).removesuffix(".0") for row in rows
    ]


def test_a_file_that_is_missing_is_made_again(tmp_path: Path) -> None:
    """Whoever restores it gets the version and the place."""
    rows = tables.rows(SHARES)
    asked = []

    def restore(version: Version, file: Path) -> None:
        asked.append(version.head.record)
        write(file, tables.structure(SHARES), rows)

    kept = ParquetTables(tmp_path, restore)
    first = list(kept.batches(published(SHARES)))

    assert list(kept.batches(published(SHARES))) == first
    assert asked == [tables.record(SHARES)]
