import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import duckdb
import openpyxl
import pytest

from registry.language import LANGUAGES
from registry.statistics.findings import SHOWN, Finding
from registry.statistics.reading import reader
from registry.statistics.structure import (
    AREA,
    TIME,
    Dimension,
    Period,
    Role,
    Structure,
)
from registry.statistics.table import Checked, Extent, check, opened

CODES = {
    "sex": ("F", "M", "T"),
    "geo": ("BG", "EU27_2020"),
    "obs_flag": ("b", "c", "bep"),
}
HEADER = "sex,geo,time_period,obs_value,obs_flag"


def structure(
    *, integer: bool = True, flags: bool = True, period: Period = Period.YEAR
) -> Structure:
    """People by sex, area and period."""
    return Structure(
        key="people",
        dimensions=(
            Dimension("sex", "https://example.org/sex", Role.CODED, "sex", {}),
            Dimension("geo", AREA, Role.AREA, None, {}),
            Dimension("time_period", TIME, Role.TIME, None, {}),
        ),
        measure="https://example.org/people",
        integer=integer,
        unit="PER",
        period=period,
        flags=flags,
        threshold=None,
        default={},
    )


def written(folder: Path, content: str | bytes) -> Path:
    """A file with this content."""
    path = folder / "people.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@contextmanager
def checking(path: Path, wanted: Structure, *folders: Path) -> Iterator[Checked]:
    """A file being checked, with a reader of its own."""
    with reader([path], folders) as own, check(path, wanted, CODES, own) as checked:
        yield checked


def findings(path: Path, wanted: Structure) -> Sequence[Finding]:
    """What is wrong with a file."""
    with checking(path, wanted) as checked:
        assert (checked.table is None) == bool(checked.report.findings)
        return checked.report.findings


def broken(path: Path, wanted: Structure) -> list[tuple[str, str, list[int]]]:
    """Column, rule and lines of everything that is wrong with a file."""
    return [
        (found.column, found.rule, [cell.line for cell in found.cells])
        for found in findings(path, wanted)
    ]


def rows(path: Path, wanted: Structure) -> list[Sequence[str | None]]:
    """The rows of a sound file."""
    with checking(path, wanted) as checked:
        assert checked.report.findings == ()
        assert checked.table is not None
        return list(checked.table.rows())


TABLE = [
    ("F", "BG", "2023", "12", None),
    ("M", "BG", "2023", "0", "b"),
    ("M", "BG", "2024", None, "c"),
]
LINES = [HEADER, "M,BG,2023,0,b", "M,BG,2024,,c", "F,BG,2023,12,"]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(LINES),
        "\n".join(LINES) + "\n\n\n",
        "\r\n".join(LINES) + "\r\n",
        "\r".join(LINES) + "\r",
        "\n".join(LINES[:2]) + "\r\n" + "\n".join(LINES[2:]),
        "\ufeff" + "\r\n".join(LINES),
        "\n".join(LINES).replace(",", ";"),
        "\n".join(LINES).replace(",", "\t"),
        "\n".join(LINES).replace(",", " , "),
        "\n".join('"' + line.replace(",", '","') + '"' for line in LINES),
        "obs_value,obs_flag,geo,sex,time_period\n"
        "0,b,BG,M,2023\n,c,BG,M,2024\n12,,BG,F,2023\n",
    ],
)
def test_the_same_table_is_read_however_it_was_saved(
    tmp_path: Path, content: str
) -> None:
    """Byte order mark, line ends, delimiter and column order make no difference."""
    assert rows(written(tmp_path, content), structure()) == TABLE


def test_a_workbook_is_read_like_a_file_of_text(tmp_path: Path) -> None:
    """Numbers of a sheet come without a point; empty rows and cells are passed."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        [*HEADER.split(","), None],
        ["M", "BG", 2023, 0, "b"],
        [],
        ["M", "BG", "2024", None, "c"],
        ["F", "BG", 2023, 12.0, None, None],
    ):
        sheet.append(row)
    packed = BytesIO()
    book.save(packed)

    assert rows(written(tmp_path, packed.getvalue()), structure()) == TABLE


def test_a_row_of_a_workbook_is_reported_by_its_number(tmp_path: Path) -> None:
    """The line of a finding is the number of the row in the sheet."""
    book = openpyxl.Workbook()
    for row in (HEADER.split(","), ["M", "BG", 2023, 1], [], ["X", "BG", 2023, 1]):
        book.worksheets[0].append(row)
    packed = BytesIO()
    book.save(packed)

    assert broken(written(tmp_path, packed.getvalue()), structure()) == [
        ("sex", "unknown-code", [4])
    ]


def test_what_only_looks_like_a_workbook_is_refused(tmp_path: Path) -> None:
    """A damaged workbook is reported in one finding."""
    assert broken(written(tmp_path, b"PK\x03\x04nonsense"), structure()) == [
        ("", "not-a-workbook", [])
    ]


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        ("X,BG,2023,1,", "sex", "unknown-code"),
        ("f,BG,2023,1,", "sex", "unknown-code"),
        (",BG,2023,1,", "sex", "empty-code"),
        ("F,BG\u00a01,2023,1,", "geo", "unknown-code"),
        ("F,BG,,1,", "time_period", "empty-code"),
        ("F,BG,2023-01,1,", "time_period", "period-kind"),
        ("F,BG,2023-Q4,1,", "time_period", "period-kind"),
        ("F,BG,2023-13,1,", "time_period", "period-format"),
        ("F,BG,01.2023,1,", "time_period", "period-format"),
        ("F,BG,2023,,", "obs_value", "missing-value"),
        ("F,BG,2023,:,", "obs_value", "value-format"),
        ("F,BG,2023,1e3,", "obs_value", "value-format"),
        ("F,BG,2023,1 000,", "obs_value", "value-format"),
        ("F,BG,2023,+1,", "obs_value", "value-format"),
        ("F,BG,2023,1.5,", "obs_value", "value-not-whole"),
        ('F,BG,2023,"1,5",', "obs_value", "value-not-whole"),
        ('F,BG,2023,"40,619",', "obs_value", "value-comma"),
        ('F,BG,2023,"1,234,567",', "obs_value", "value-comma"),
        ("F,BG,2023,1234567890123456789,", "obs_value", "value-too-long"),
        ("F,BG,2023,1,z", "obs_flag", "unknown-code"),
        ("F,BG,2023", "", "row-format"),
        ("F,BG,2023,1,,1", "", "row-format"),
        ('"F"x,BG,2023,1,', "", "row-format"),
        ('"F,BG,2023,1,', "", "row-format"),
        ("M,BG,2024,7,b", "", "duplicate-key"),
    ],
)
def test_a_rule_that_a_row_breaks_is_named_with_its_line(
    tmp_path: Path, row: str, column: str, rule: str
) -> None:
    """Whatever is wrong with one row is reported under that row and no other."""
    path = written(tmp_path, "\n".join([*LINES[:3], row]))

    assert broken(path, structure()) == [(column, rule, [4])]


def test_a_line_is_that_of_the_file(tmp_path: Path) -> None:
    """Empty lines, line ends in cells and unreadable rows are counted in."""
    lines = [HEADER, '"M\r\n",BG,2023,1,', "", "M,BG", '"M"x,BG,1,1,', "X,BG,2023,1,"]
    path = written(tmp_path, "\r\n".join(lines))

    assert broken(path, structure()) == [
        ("", "row-format", [5, 6]),
        ("sex", "unknown-code", [2, 7]),
    ]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("sex,geo,time_period,obs_value", [("obs_flag", "missing-column", [])]),
        (
            f"{HEADER},note",
            [("note", "unknown-column", [1])],
        ),
        (f"{HEADER},sex", [("sex", "repeated-column", [1])]),
        (
            "Sex,geo,time_period,obs_value,obs_flag",
            [("sex", "missing-column", []), ("Sex", "unknown-column", [1])],
        ),
    ],
)
def test_columns_are_those_of_the_structure(
    tmp_path: Path, header: str, expected: list[tuple[str, str, list[int]]]
) -> None:
    """A column too many or too few is reported, and no row is read."""
    assert broken(written(tmp_path, f"{header}\nX,X,X,X,X\n"), structure()) == expected


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    """A file without a header is not an empty table."""
    assert broken(written(tmp_path, content), structure()) == [("", "empty-file", [])]


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    """A template without rows is sound and holds nothing."""
    with checking(written(tmp_path, HEADER + "\n"), structure()) as checked:
        assert checked.table is not None
        assert checked.table.extent() == Extent(0, 0, None, None)


@pytest.mark.parametrize(
    ("content", "rule", "lines"),
    [
        (f"{HEADER}\nF,BG,2023,1,\nЖ,BG,2023,1,".encode("cp1251"), "not-utf-8", [3]),
        (f"{HEADER}\nF,BG,2023,1,".encode("utf-16"), "not-utf-8", [1]),
        (f"{HEADER}\nF,BG,20\x0023,1,".encode(), "control-character", [2]),
    ],
)
def test_other_encodings_are_refused(
    tmp_path: Path, content: bytes, rule: str, lines: list[int]
) -> None:
    """What is not UTF-8 is not guessed; the lines are named."""
    assert broken(written(tmp_path, content), structure()) == [("", rule, lines)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1.50", "40619"], ["1.50", "40619"]),
        (["1,5", "40,619"], ["1.5", "40.619"]),
        (["0,125", "-2"], ["0.125", "-2"]),
    ],
)
def test_decimal_commas_become_points_where_nothing_else_is_possible(
    tmp_path: Path, values: list[str], expected: list[str]
) -> None:
    """One value that cannot have thousands tells what the commas of all mean."""
    lines = [f"F;BG;{2020 + i};{value};" for i, value in enumerate(values)]
    content = "\n".join([HEADER.replace(",", ";"), *lines])
    found = rows(written(tmp_path, content), structure(integer=False))

    assert [row[3] for row in found] == expected


@pytest.mark.parametrize(
    "values", [["40,619"], ["1,5", "1.5"], ["1,5", "1,234,567"], ["12,345", "7"]]
)
def test_commas_that_may_mean_thousands_are_refused(
    tmp_path: Path, values: list[str]
) -> None:
    """A comma is never guessed to be a decimal point."""
    lines = [f"F;BG;{2020 + i};{value};" for i, value in enumerate(values)]
    path = written(tmp_path, "\n".join([HEADER.replace(",", ";"), *lines]))

    assert {rule for _, rule, _ in broken(path, structure(integer=False))} == {
        "value-comma"
    }


def test_a_table_without_flags_needs_every_value(tmp_path: Path) -> None:
    """Without a flag nothing can say why a value is missing."""
    path = written(tmp_path, "sex,geo,time_period,obs_value\nF,BG,2023,\n")

    assert broken(path, structure(flags=False)) == [("obs_value", "missing-value", [2])]


@pytest.mark.parametrize(
    ("period", "good", "bad"),
    [
        (Period.YEAR, "1990", "90"),
        (Period.QUARTER, "1990-Q4", "1990-Q5"),
        (Period.MONTH, "1990-12", "1990-00"),
    ],
)
def test_periods_are_of_the_kind_of_the_table(
    tmp_path: Path, period: Period, good: str, bad: str
) -> None:
    """Each kind of period has one way of writing."""
    path = written(tmp_path, f"{HEADER}\nF,BG,{good},1,\nF,BG,{bad},1,\n")

    assert broken(path, structure(period=period)) == [
        ("time_period", "period-format", [3])
    ]


def test_a_hundred_thousand_bad_rows_make_a_short_report(tmp_path: Path) -> None:
    """Rows are counted, and the first of them shown with what to do."""
    lines = (f"Q{i},BG,2023,{'x' * 500}," for i in range(100_000))
    path = written(tmp_path, "\n".join([HEADER, *lines]))
    sex, value = findings(path, structure())

    assert (sex.rule, sex.count) == ("unknown-code", 100_000)
    assert (value.rule, value.count) == ("value-format", 100_000)
    assert [cell.line for cell in sex.cells] == list(range(2, 2 + SHOWN))
    assert [len(cell.value) for cell in value.cells] == [100] * SHOWN
    assert set(sex.message) == set(LANGUAGES)
    assert "F, M, T" in sex.message["bg"]


def test_what_the_file_says_never_becomes_sql(tmp_path: Path) -> None:
    """Quotation marks in codes and column names are just characters."""
    evil = "x'); DROP TABLE cells; --"
    path = written(tmp_path, f'{HEADER}\n"{evil}",BG,2023,1,\n')
    header = written(tmp_path / "..", f'{HEADER},"a"" b"\n')

    found = findings(path, structure())
    assert [cell.value for cell in found[0].cells] == [evil]
    assert broken(header, structure()) == [('a" b', "unknown-column", [1])]


def test_parquet_holds_the_rows_sorted_and_exact(tmp_path: Path) -> None:
    """Codes and flags are text, values numbers, and a gap is no zero."""
    path = written(tmp_path, "\n".join(LINES))
    with checking(path, structure(), tmp_path) as checked:
        assert checked.table is not None
        assert checked.table.extent() == Extent(2, 1, "2023", "2024")
        checked.table.write(tmp_path / "people.parquet")
    answer = duckdb.execute(
        f"SELECT *, typeof(obs_value) FROM '{tmp_path / 'people.parquet'}'"  # noqa: S608
    ).fetchall()

    assert answer == [
        ("F", "BG", "2023", 12, None, "BIGINT"),
        ("M", "BG", "2023", 0, "b", "BIGINT"),
        ("M", "BG", "2024", None, "c", "BIGINT"),
    ]


def test_decimals_are_kept_exactly(tmp_path: Path) -> None:
    """A value is the decimal that was written, whatever a computer would make of it."""
    lines = [HEADER, "F,BG,2023,0.1,", "M,BG,2023,-123456789012345678.25,"]
    path = written(tmp_path, "\n".join(lines))
    with opened(path, structure(integer=False), folder=tmp_path) as table:
        table.write(tmp_path / "people.parquet")
    answer = duckdb.execute(
        f"SELECT obs_value::VARCHAR FROM '{tmp_path / 'people.parquet'}'"  # noqa: S608
    ).fetchall()

    assert answer == [("0.10",), ("-123456789012345678.25",)]


def test_a_table_opened_again_is_the_one_that_was_checked(tmp_path: Path) -> None:
    """Reading without checks makes the same of delimiters and decimal commas."""
    lines = [HEADER.replace(",", ";"), "F;BG;2023;1,5;", "M;BG;2023;40,619;"]
    path = written(tmp_path, "\n".join(lines))
    with opened(path, structure(integer=False)) as table:
        again = list(table.rows())

    assert again == rows(path, structure(integer=False))


def test_rows_of_a_large_table_come_in_the_order_of_their_codes(
    tmp_path: Path,
) -> None:
    """More rows than are handed over at a time come complete and sorted."""
    keys = [
        (s, g, str(y)) for s in "FMT" for g in CODES["geo"] for y in range(1000, 2999)
    ]
    shuffled = random.Random(7).sample(keys, len(keys))  # noqa: S311
    path = written(
        tmp_path, "\n".join([HEADER, *(f"{','.join(k)},1," for k in shuffled)])
    )

    assert [tuple(row[:3]) for row in rows(path, structure())] == keys
