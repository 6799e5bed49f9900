from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest

from registry.statistics.reading import (
    CSV,
    XLSX,
    UnreadableError,
    media_type,
    opened,
    quoted,
    reader,
)


def test_a_name_with_quotation_marks_stays_a_name() -> None:
    """Whatever a column is called, SQL sees one identifier."""
    name = 'a"; DROP TABLE b; --'
    answer = duckdb.execute(f"SELECT 1 AS {quoted(name)}").description

    assert answer is not None
    assert answer[0][0] == name


def test_a_file_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    """The ending of a name says nothing."""
    text, packed = tmp_path / "a.xlsx", tmp_path / "b.csv"
    text.write_text("a,b\n1,2\n")
    with ZipFile(packed, "w") as file:
        file.writestr("x", "y")

    assert (media_type(text), media_type(packed)) == (CSV, XLSX)


def test_the_engine_reads_nothing_but_the_file(tmp_path: Path) -> None:
    """Other files, the network and extensions are out of reach, for good."""
    path, secret = tmp_path / "a.csv", tmp_path / "secret.csv"
    path.write_text("a,b\n1,2\n")
    secret.write_text("a,b\n3,4\n")
    with opened(path, ["a", "b"]) as cells:
        assert cells.connection.execute("FROM cells").fetchall() == [("1", "2")]
        for text in (
            f"FROM read_csv('{secret}')",
            "FROM read_csv('http://127.0.0.1:9/a.csv')",
            f"COPY cells TO '{tmp_path / 'b.csv'}'",
            "INSTALL spatial",
            "SET enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                cells.connection.execute(text)


def test_files_of_one_engine_know_nothing_of_each_other(tmp_path: Path) -> None:
    """Each has its cells and its rejects, also while others are open."""
    one, two, three = (tmp_path / name for name in ("a.csv", "b.csv", "c.csv"))
    one.write_text("a,b\n1,2\n")
    two.write_text("a,b\n3,4\n5\n")
    three.write_text("a,b\n6,7\n")
    with reader([one, two]) as own:
        with (
            own.opened(one, ["a", "b"]) as first,
            own.opened(two, ["a", "b"]) as second,
        ):
            assert first.connection.execute("FROM cells").fetchall() == [("1", "2")]
            assert second.connection.execute("FROM cells").fetchall() == [("3", "4")]
            assert first.broken() is None
            assert (broken := second.broken()) is not None
            assert [cell.line for cell in broken.cells] == [3]
        with own.opened(two, ["b", "a"]) as again:
            assert again.connection.execute("FROM cells").fetchall() == [("4", "3")]
        with pytest.raises(duckdb.Error), own.opened(three, ["a", "b"]):
            pass


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """What the engine needed on disk is gone with the block."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\r\n1,2\n3,4\r\n")
    with opened(path, ["a", "b"]) as cells:
        assert cells.connection.execute("SELECT count(*) FROM cells").fetchall() == [
            (2,)
        ]

    assert list(tmp_path.iterdir()) == [path]


def test_what_is_not_the_table_is_not_opened(tmp_path: Path) -> None:
    """The error carries what is wrong."""
    path = tmp_path / "a.csv"
    path.write_text("a;c\n1;2\n")

    with pytest.raises(UnreadableError) as refused, opened(path, ["a", "b"]):
        pass
    assert [(f.column, f.rule) for f in refused.value.findings] == [
        ("b", "missing-column"),
        ("c", "unknown-column"),
    ]
