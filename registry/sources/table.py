"""A CSV file as rows of named cells.

The format is RFC 4180 in UTF-8, with or without a byte order mark, with CRLF or
LF. Blanks around a cell are dropped. A row that breaks the format is reported and
the next one is read, as long as the file can still be followed.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.ports import RowError
from registry.sources.rules import CellError, broken

LONGEST_CELL = 131_072
"""Characters that a cell may have: the limit of the CSV reader of Python."""

_UNDECODED = re.compile("[\udc80-\udcff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_ENDS = {
    "unexpected end of data": "unterminated-quote",
    "field larger": "cell-too-long",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: the line where it starts and its cells by column."""

    number: int
    cells: Mapping[str, str]


def read(path: Path, file: str, needed: Sequence[str]) -> Iterator[Line | RowError]:
    """Reads the rows below the header.

    Args:
        path: where the file is.
        file: what it is called in reports.
        needed: columns that the header must have; without them no row is read.
    """
    lines = _lines(path, file)
    header = next(lines, None)
    if header is None:
        yield broken(file, 1, "empty-file")
    elif isinstance(header, RowError):
        yield header
    else:
        problems = list(_header_problems(file, header[1], needed))
        yield from problems
        if not problems:
            yield from _rows(file, header[1], lines)


def count(path: Path) -> int:
    """Returns how many rows stand below the header, those with errors included."""
    return max(0, sum(1 for _ in _lines(path, "")) - 1)


def _lines(path: Path, file: str) -> Iterator[tuple[int, list[str]] | RowError]:
    """Yields each line of cells with its number, skipping empty lines."""
    text = path.read_bytes().decode("utf-8-sig", "surrogateescape")
    # The module has one limit for the whole process.
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            end = next((code for sign, code in _ENDS.items() if sign in str(error)), "")
            yield broken(file, number, end or "misplaced-quote", limit=LONGEST_CELL)
            if end:
                return
            continue
        if cells:
            yield number, [cell.strip() for cell in cells]


def _header_problems(
    file: str, header: list[str], needed: Sequence[str]
) -> Iterator[RowError]:
    for column in needed:
        if column not in header:
            yield broken(file, 1, "missing-column", column)
    for position, column in enumerate(header):
        if column in header[:position]:
            yield broken(file, 1, "repeated-column", column)


def _rows(
    file: str, header: list[str], lines: Iterator[tuple[int, list[str]] | RowError]
) -> Iterator[Line | RowError]:
    for line in lines:
        if isinstance(line, RowError):
            yield line
            continue
        number, values = line
        if len(values) != len(header):
            yield broken(file, number, "row-width", value=",".join(values))
            continue
        cells = dict(zip(header, values, strict=True))
        try:
            _check_characters(cells)
        except CellError as error:
            yield broken(file, number, error.rule, error.column, error.value)
        else:
            yield Line(number, cells)


def _check_characters(cells: Mapping[str, str]) -> None:
    for column, value in cells.items():
        if _UNDECODED.search(value):
            raise CellError("not-utf-8", column, value)
        if _CONTROL.search(value):
            raise CellError("control-character", column, value)
