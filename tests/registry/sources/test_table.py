"""CSV files as they come: in many forms, and broken in many ways."""

from pathlib import Path

import pytest

from registry.ports import RowError
from registry.sources.table import LONGEST_CELL, Line, count, read


def rows(folder: Path, data: bytes) -> list[Line | RowError]:
    """Returns what is read from a file with these bytes."""
    path = folder / "places.csv"
    path.write_bytes(data)
    return list(read(path, "places.csv", ("code", "name")))


def reports(found: list[Line | RowError]) -> list[tuple[int, str, str, str]]:
    """Returns line, column, value and rule of every error."""
    return [
        (row.line, row.column, row.value, row.rule)
        for row in found
        if isinstance(row, RowError)
    ]


@pytest.mark.parametrize(
    "data",
    [
        "code,name\nbg42,Юг\nbg422,Хасково\n",
        "code,name\r\nbg42,Юг\r\nbg422,Хасково",
        "\ufeffcode,name\n\nbg42 , Юг\n\nbg422,Хасково\n\n",
        '"code","name"\n"bg42","Юг"\nbg422,"Хасково"\n',
    ],
    ids=["plain", "crlf", "byte order mark and empty lines", "quoted"],
)
def test_common_forms_of_csv_read_alike(tmp_path: Path, data: str) -> None:
    """Line ends, a byte order mark, quotes and stray blanks make no difference."""
    found = rows(tmp_path, data.encode())

    assert [row.cells for row in found if isinstance(row, Line)] == [
        {"code": "bg42", "name": "Юг"},
        {"code": "bg422", "name": "Хасково"},
    ]
    assert count(tmp_path / "places.csv") == 2


def test_a_row_is_found_by_the_line_where_it_starts(tmp_path: Path) -> None:
    """Line breaks inside a cell count, as they do in an editor."""
    found = rows(tmp_path, b'code,name\na,"one\ntwo"\nb,three\n')

    assert found == [
        Line(2, {"code": "a", "name": "one\ntwo"}),
        Line(4, {"code": "b", "name": "three"}),
    ]


def test_a_bad_row_does_not_hide_the_next(tmp_path: Path) -> None:
    """Each bad row is reported with its place, and the good ones are read."""
    data = (
        b"code,name\n"
        b"a\n"
        b"b,one,two\n"
        b'c,"one" two\n'
        b"d,\xd0\xa5\xe0\xf1\n"
        b"e,one\x00two\n"
        b"f,right\n"
    )

    found = rows(tmp_path, data)

    assert reports(found) == [
        (2, "", "a", "row-width"),
        (3, "", "b,one,two", "row-width"),
        (4, "", "", "misplaced-quote"),
        (5, "name", "\u0425\ufffd\ufffd", "not-utf-8"),
        (6, "name", "one\x00two", "control-character"),
    ]
    assert found[-1] == Line(7, {"code": "f", "name": "right"})
    assert count(tmp_path / "places.csv") == 6


def test_reading_stops_where_the_file_can_no_longer_be_followed(
    tmp_path: Path,
) -> None:
    """A quote without an end, or an endless cell, ends the reading."""
    endless = b'code,name\na,"' + b"x" * (LONGEST_CELL + 1) + b'"\nb,right\n'

    assert reports(rows(tmp_path, b'code,name\na,right\nb,"never\nends\n')) == [
        (3, "", "", "unterminated-quote")
    ]
    assert reports(rows(tmp_path, endless)) == [(2, "", "", "cell-too-long")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", [(1, "", "", "empty-file")]),
        (b"code\na\n", [(1, "name", "", "missing-column")]),
        (b"code,name,code\na,b,c\n", [(1, "code", "", "repeated-column")]),
        (b'"code,name\n', [(1, "", "", "unterminated-quote")]),
    ],
)
def test_without_a_right_header_no_row_is_read(
    tmp_path: Path, data: bytes, expected: list[tuple[int, str, str, str]]
) -> None:
    """What is wrong with the header is all that is reported."""
    found = rows(tmp_path, data)

    assert reports(found) == expected
    assert len(found) == len(expected)
