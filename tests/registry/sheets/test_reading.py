from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from registry.sheets.reading import is_plain, lines, template_of
from registry.statistics.reading import UnreadableError


def laid(folder: Path, body: bytes) -> Path:
    """A file with these bytes."""
    path = folder / "file"
    path.write_bytes(body)
    return path


def book(*rows: list[Any]) -> bytes:
    """A workbook with these rows."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def cells(path: Path) -> list[tuple[int, list[str]]]:
    """The number and the cells of each row."""
    return [(line.number, list(line.cells)) for line in lines(path)]


def rules(path: Path) -> list[tuple[str, int]]:
    """The rule and the line of each refusal."""
    with pytest.raises(UnreadableError) as caught:
        list(lines(path))
    return [
        (found.rule, found.cells[0].line if found.cells else 0)
        for found in caught.value.findings
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_text_is_read_however_it_was_saved(
    tmp_path: Path, encoding: str, mark: str
) -> None:
    """Cells with line ends and quotes among it; rows are numbered by their lines."""
    text = f'име{mark}"два\nреда"\r\n\r\nО\'Нийл{mark}"а ""б"""{mark}\r\n'

    found = cells(laid(tmp_path, text.encode(encoding)))

    assert found == [(1, ["име", "два\nреда"]), (3, []), (4, ["О'Нийл", 'а "б"'])]


def test_values_of_a_workbook_are_texts(tmp_path: Path) -> None:
    """Whole numbers without a point, days as ISO, empty rows as empty ones."""
    row = [
        1.0,
        2.5,
        True,
        date(2024, 1, 1),
        datetime.combine(date(2024, 1, 1), time(9)),
        "007",
        None,
    ]

    found = cells(laid(tmp_path, book(row, [], ["край"])))

    assert found == [
        (1, ["1", "2.5", "TRUE", "2024-01-01", "2024-01-01T09:00:00", "007"]),
        (2, []),
        (3, ["край"]),
    ]


def test_formulas_are_refused_each_by_its_cell(tmp_path: Path) -> None:
    """What a program noted as their result is not taken for granted."""
    path = laid(tmp_path, book(["a"], ["=1+1"], ["b"], ["=A2"]))

    assert rules(path) == [("formula", 2), ("formula", 4)]


def test_text_that_is_none_is_refused(tmp_path: Path) -> None:
    """By the lines that are not UTF-8, or as a whole."""
    assert rules(laid(tmp_path, "ред\nдруг".encode("cp1251"))) == [("not-utf-8", 1)]
    assert rules(laid(tmp_path, b"\x89PNG\0")) == [("not-a-table", 0)]
    assert rules(laid(tmp_path, b"," * 2_000)) == [("not-a-table", 0)]


def test_what_the_engine_reads_by_itself(tmp_path: Path) -> None:
    """Plain text in UTF-8 whose lines all end alike."""
    plain = [
        b"a,b\n1,2\n",
        b"a\r\n1\r\n",
        b"a\r\n1\n",
        "а".encode("utf-16"),
        book(["a"]),
    ]

    found = [is_plain(laid(tmp_path, body)) for body in plain]

    assert found == [True, True, False, False, False]


def test_a_workbook_tells_whose_template_it_is(tmp_path: Path) -> None:
    """Text does not."""
    made = openpyxl.Workbook()
    made.properties.category = "table/people"
    written = BytesIO()
    made.save(written)

    assert template_of(laid(tmp_path, written.getvalue())) == "table/people"
    assert template_of(laid(tmp_path, book(["a"]))) == ""
    assert template_of(laid(tmp_path, b"a")) == ""


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    """Whatever the library stumbles over."""
    body = book(["a"])

    assert rules(laid(tmp_path, body[: len(body) // 2])) == [("not-a-workbook", 0)]
