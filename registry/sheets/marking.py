"""The same file back, with remarks where they belong.

In a workbook the cells are coloured, each with its remark as a comment, and one more
column has all remarks on a row; in a CSV file there is that column alone. It is left
out when the file is handed in again.

To be called in a sandboxed worker only: it opens what somebody handed in.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment, PatternFill
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from registry.language import Text
from registry.sheets import reading
from registry.sheets.wording import REMARKS, harmless

MARKED = 10_000
"""Cells that are coloured and commented at most; every row has its remarks."""

_COLOUR = PatternFill("solid", fgColor="FFF4B6B6")
_AUTHOR: Text = {"bg": "Регистър", "en": "Registry"}


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong with a cell or a row.

    Attributes:
        line: number of the row in the file, the first being 1.
        heading: of the column as the file has it; empty for the whole row.
        text: what is wrong and how to mend it.
    """

    line: int
    heading: str
    text: str


def marked(path: Path, remarks: Sequence[Remark], language: str) -> bytes:
    """Returns the file with its remarks; a CSV file in UTF-8 with a byte order mark.

    Args:
        path: a file that was read without refusal.
        remarks: on its rows.
        language: of the remarks.

    Raises:
        UnreadableError: it cannot be opened.
    """
    reading.admit(path)
    by_line: defaultdict[int, list[Remark]] = defaultdict(list)
    for remark in remarks:
        by_line[remark.line].append(remark)
    if reading.is_workbook(path):
        return _workbook(path, by_line, language)
    return _text(reading.text(path), by_line, language)


def said(remarks: Sequence[Remark]) -> str:
    """Returns the remarks on a row as one text."""
    return " ".join(
        f"{remark.heading}: {remark.text}" if remark.heading else remark.text
        for remark in remarks
    )


def _text(
    content: str, remarks: Mapping[int, Sequence[Remark]], language: str
) -> bytes:
    mark = reading.delimiter(content)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=mark)
    result = io.StringIO(newline="")
    writer = csv.writer(result, delimiter=mark, lineterminator="\r\n")
    number, width, column = 1, 0, 0
    for row in reader:
        if number == 1:
            old = [i for i, cell in enumerate(row) if cell in REMARKS.values()]
            width, column = len(row), old[0] if old else len(row)
        if row:
            row += [""] * (max(width, column + 1) - len(row))
            row[column] = REMARKS[language] if number == 1 else ""
            if number in remarks:
                row[column] = harmless(said(remarks[number]))
        writer.writerow(row)
        number = reader.line_num + 1
    return result.getvalue().encode("utf-8-sig")


def _workbook(
    path: Path, remarks: Mapping[int, Sequence[Remark]], language: str
) -> bytes:
    with path.open("rb") as file:
        book = load_workbook(file)
    sheet = book.worksheets[0]
    headings = [str(cell.value or "").strip() for cell in next(sheet.iter_rows())]
    column = _column(headings)
    sheet.cell(1, column, REMARKS[language])
    for (old,) in sheet.iter_rows(2, None, column, column):
        old.value = None
    left = MARKED
    for line in sorted(remarks):
        cell = sheet.cell(line, column)
        cell.value, cell.data_type = said(remarks[line]), "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        for remark in remarks[line][: max(left, 0)]:
            if remark.heading in headings:
                left -= 1
                at = sheet.cell(line, headings.index(remark.heading) + 1)
                at.fill = _COLOUR
                at.comment = Comment(remark.text, _AUTHOR[language])
    sheet.column_dimensions[sheet.cell(1, column).column_letter].width = 60
    return _saved(book)


def _column(headings: Sequence[str]) -> int:
    """Returns which column the remarks go to: where they stood before, or the last."""
    old = [i for i, heading in enumerate(headings) if heading in REMARKS.values()]
    return (old[0] if old else len(headings)) + 1


class _InMemory(ExcelWriter):  # type: ignore[misc] # the library has no types
    """Writes a workbook without the temporary files that the sandbox forbids."""

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        written = io.BytesIO()
        writer = WorksheetWriter(ws, written)
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], written.getvalue())
        self.manifest.append(ws)


def _saved(book: Any) -> bytes:
    result = io.BytesIO()
    _InMemory(book, ZipFile(result, "w", ZIP_DEFLATED)).save()
    return result.getvalue()
