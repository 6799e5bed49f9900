"""A spreadsheet that somebody handed in, as rows of text.

CSV in UTF-8 or UTF-16 with commas, semicolons or tabs; or the first sheet of an Excel
workbook. Nothing is guessed: what does not stand in a cell itself, such as the result
of a formula, is refused.

To be called in a sandboxed worker only.

Source: ECMA-376, part 1, section 18.3 (SpreadsheetML worksheets).
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - it is an exception

from registry.statistics.findings import BadCell, Finding, finding
from registry.statistics.reading import UnreadableError, ends_vary

UNPACKED = 200 * 1024**2
"""Bytes that a workbook may have when it is unpacked."""

WIDTH = 1_000
"""Marks between cells that the first row may have."""

DELIMITERS = (",", ";", "\t")

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHUNK = 1 << 20
_START = 1 << 16
_LONGEST_CELL = 1 << 20
_MERGED = re.compile(rb'<mergeCell\s[^>]*ref="([A-Z0-9:]{1,20})"')
_BOOK = "xl/workbook.xml"
_BROKEN = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    ZlibError,
)
"""What the library raises when it stumbles over a file."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row.

    Attributes:
        number: line of the file where it starts, or number of the row of the sheet;
            the first is 1.
        cells: their texts, none at the end that are empty.
    """

    number: int
    cells: Sequence[str]


def is_workbook(path: Path) -> bool:
    """Says whether a file is packed as workbooks are."""
    with path.open("rb") as file:
        return file.read(4) == _ZIP


def is_plain(path: Path) -> bool:
    """Says whether a file is text that the engine of tables can read as it is.

    Raises:
        UnreadableError: it is neither text nor a workbook.
    """
    if is_workbook(path):
        return False
    with path.open("rb") as file:
        start = file.read(_START)
    if start.startswith(_OLE):
        raise UnreadableError(finding("old-workbook"))
    if start.startswith(_UTF_16):
        return False
    if b"\0" in start:
        raise UnreadableError(finding("not-a-table"))
    if (
        max(start.partition(b"\n")[0].count(mark.encode()) for mark in DELIMITERS)
        > WIDTH
    ):
        raise UnreadableError(finding("not-a-table"))
    return not ends_vary(path)


def lines(path: Path) -> Iterator[Line]:
    """Yields the rows of a file, empty ones too.

    Raises:
        UnreadableError: it cannot be read, or holds what is not accepted.
    """
    if is_workbook(path):
        yield from _of_workbook(path)
    else:
        yield from _of_text(text(path))


def text(path: Path) -> str:
    """Returns the characters of a text file, without a byte order mark.

    Raises:
        UnreadableError: they are not in UTF-8 or UTF-16, or it is no text.
    """
    is_plain(path)
    body = path.read_bytes()
    try:
        if body.startswith(_UTF_16):
            return body.decode("utf-16")
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError(_not_utf_8(body)) from None


def _not_utf_8(body: bytes) -> Finding:
    cells = []
    for number, line in enumerate(body.splitlines(), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            cells.append(BadCell(number, line.decode("utf-8", "replace").strip()))
    return finding("not-utf-8", count=len(cells), cells=cells)


def delimiter(content: str) -> str:
    """Returns what stands between the cells of a text: what its first row has most."""
    first = next(iter(content.splitlines()), "")
    return max(DELIMITERS, key=first.count)


def _of_text(content: str) -> Iterator[Line]:
    csv.field_size_limit(_LONGEST_CELL)
    stream = io.StringIO(content, newline="")
    reader = csv.reader(stream, delimiter=delimiter(content))
    number = 1
    try:
        for row in reader:
            yield Line(number, _trimmed(row))
            number = reader.line_num + 1
    except csv.Error:
        cells = [BadCell(number, "")]
        raise UnreadableError(finding("row-format", cells=cells, width="")) from None


def _opened(file: BinaryIO, *, formulas: bool = False) -> Any:
    """Returns a workbook that is read piece by piece."""
    # Whoever opens none need not wait for the library, which takes long to import.
    from openpyxl import load_workbook

    return load_workbook(file, read_only=True, data_only=not formulas)


def _of_workbook(path: Path) -> Iterator[Line]:
    try:
        with ZipFile(path) as packed:
            _admit(packed)
            with path.open("rb") as file:
                book = _opened(file, formulas=True)
                sheet: Any = book.worksheets[0]
                merged = _merged(packed, sheet)
                # What a writer noted as the size of the sheet need not be true.
                sheet.reset_dimensions()
                yield from _rows(sheet, merged)
    except _BROKEN as error:
        raise _broken(error) from error


def template_of(path: Path) -> str:
    """Returns what a workbook says it is the template of; empty if it says nothing.

    Raises:
        UnreadableError: it cannot be read.
    """
    admit(path)
    if not is_workbook(path):
        return ""
    try:
        with path.open("rb") as file:
            book = _opened(file)
            return str(book.properties.category or "")
    except _BROKEN as error:
        raise _broken(error) from error


def admit(path: Path) -> None:
    """Refuses what is not opened at all.

    Raises:
        UnreadableError: it is neither text nor a workbook, or a workbook that is too
            large or holds macros.
    """
    if not is_workbook(path):
        is_plain(path)
        return
    try:
        with ZipFile(path) as packed:
            _admit(packed)
    except _BROKEN as error:
        raise _broken(error) from error


def _broken(error: Exception) -> UnreadableError:
    reason = f"{type(error).__name__}: {error}"[:100]
    return UnreadableError(finding("not-a-workbook", reason=reason))


def _admit(packed: ZipFile) -> None:
    names = {entry.filename.lower() for entry in packed.infolist()}
    if sum(entry.file_size for entry in packed.infolist()) > UNPACKED:
        most = UNPACKED // 1024**2
        raise UnreadableError(finding("unpacked-size", most=most))
    if _BOOK not in names:
        raise UnreadableError(finding("not-a-table"))
    if any(name.endswith("vbaproject.bin") for name in names):
        raise UnreadableError(finding("macros"))


def _merged(packed: ZipFile, sheet: Any) -> Sequence[Finding]:
    """Returns which cells are merged, which the reader of rows does not tell."""
    # The library has no other way to learn which part of the archive a sheet is.
    name = sheet._worksheet_path.lstrip("/")
    found: list[str] = []
    last = b""
    with suppress(KeyError), packed.open(name) as part:
        while chunk := part.read(_CHUNK):
            last = last[-200:] + chunk
            found += [ref.decode() for ref in _MERGED.findall(last)]
    return [_at("merged-cells", ref) for ref in dict.fromkeys(found)]


def _rows(sheet: Any, refused: Sequence[Finding]) -> Iterator[Line]:
    wrong = list(refused)
    for number, row in enumerate(sheet.iter_rows(), start=1):
        formulas = [cell for cell in row if cell.data_type == "f"]
        wrong += [_at("formula", cell.coordinate, number) for cell in formulas]
        if not wrong:
            yield Line(number, _trimmed([_cell(cell.value) for cell in row]))
        if len(wrong) > _MOST_WRONG:
            break
    if wrong:
        raise UnreadableError(*wrong)


_MOST_WRONG = 100


def _at(rule: str, cell: str, line: int = 0) -> Finding:
    line = line or int(re.sub(r"\D.*", "", cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
    return finding(rule, cells=[BadCell(line, cell)], cell=cell)


def _trimmed(cells: list[str]) -> list[str]:
    """Drops the empty cells at the end, of which a sheet may have many."""
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _cell(value: object) -> str:
    """Returns a cell as text: numbers without the point Excel gives, days as ISO."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if isfinite(value):
            number = Decimal(repr(value))
            return format(number.to_integral() if number % 1 == 0 else number, "f")
        case datetime():
            at_midnight = value.time() == time.min
            return (value.date() if at_midnight else value).isoformat()
        case date():
            return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("_x000D_", "")
