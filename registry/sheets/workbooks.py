"""Workbooks to be filled in: a sheet of cells, one of instructions, one of codes.

Cells that take codes have drop-downs, which show what `wording` says of a code. Texts
are texts, whatever they begin with.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from registry.language import LANGUAGES, Text
from registry.sheets.wording import Names, one_line, spoken

SPARE = 1_000
"""Rows below the filled ones that have drop-downs too."""

_DATA: Text = {"bg": "Данни", "en": "Data"}
_HOW: Text = {"bg": "Указания", "en": "Instructions"}
_CODES: Text = {"bg": "Кодове", "en": "Codes"}
_UNKNOWN: Text = {
    "bg": "Няма такъв код в списъка. Можете да оставите написаното: то ще бъде "
    "проверено при подаването.",
    "en": "The list has no such code. You may leave what you wrote: it is checked "
    "when you hand in the file.",
}
_LONGEST_TEXT = 32_767
"""Characters that a cell may have. Source: ECMA-376, part 1, section 18.3.1.4."""

_HEADING = PatternFill("solid", fgColor="FFDDE6F0")
_EXACT = 15
"""Digits that a number in a sheet has; one with more stays text."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column to be filled in.

    Attributes:
        heading: as it stands in the first row.
        codes: what may stand there, if it is one code; none for anything else.
        number: whether cells are numbers.
        hidden: whether people need not see it.
        wide: whether its texts are long.
    """

    heading: str
    codes: Names = field(default_factory=dict)
    number: bool = False
    hidden: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """What a workbook says besides its cells.

    Attributes:
        mark: tells whose template it is, such as `table/migr-imm8`.
        title: of the workbook.
        instructions: what to do, per language, one paragraph each.
        language: of names and headings.
    """

    mark: str
    title: Text
    instructions: Sequence[Text]
    language: str


def workbook(
    template: Template,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    listed: Mapping[str, Names] | None = None,
) -> bytes:
    """Returns a workbook.

    Args:
        template: what it says.
        columns: of the sheet to be filled in.
        rows: what stands there now.
        listed: more lists of codes, by heading, that have no drop-downs.
    """
    language = template.language
    book = Workbook()
    data = book.active
    data.title = _DATA[language]
    _head(data, [column.heading for column in columns])
    last = 1
    for last, row in enumerate(rows, start=2):
        for position, (cell, column) in enumerate(
            zip(row, columns, strict=True), start=1
        ):
            if cell:
                _write(data, last, position, cell, number=column.number)
    _instruct(book.create_sheet(_HOW[language]), template)
    codes = book.create_sheet(_CODES[language])
    codes.sheet_state = "hidden"
    given = {c.heading: c.codes for c in columns if c.codes}
    ranges = _list_codes(codes, {**given, **(listed or {})}, language)
    for position, column in enumerate(columns, start=1):
        letter = get_column_letter(position)
        _lay_out(data, letter, column)
        if column.codes:
            offer = DataValidation("list", formula1=ranges[column.heading])
            offer.errorStyle, offer.error = "warning", _UNKNOWN[language]
            offer.showErrorMessage = True
            data.add_data_validation(offer)
            offer.add(f"{letter}2:{letter}{last + SPARE}")
    book.properties.category = template.mark
    book.properties.title = template.title.get(language, template.mark)
    book.properties.language = language
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _head(sheet: Any, headings: Sequence[str]) -> None:
    for position, heading in enumerate(headings, start=1):
        cell = _write(sheet, 1, position, heading)
        cell.font, cell.fill = Font(bold=True), _HEADING
    sheet.freeze_panes = "A2"


def _write(
    sheet: Any, row: int, column: int, text: str, *, number: bool = False
) -> Any:
    cell = sheet.cell(row, column)
    if number and _is_number(text):
        cell.value = float(text) if "." in text else int(text)
        return cell
    cell.value = text[:_LONGEST_TEXT]
    cell.data_type = "s"
    cell.number_format = "@"
    if "\n" in text:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit() and len(digits) <= _EXACT


def _lay_out(sheet: Any, letter: str, column: Column) -> None:
    dimension = sheet.column_dimensions[letter]
    dimension.width = 40 if column.wide else 22
    dimension.hidden = column.hidden
    if not column.number:
        # So that 2024-01 is not taken for a date.
        dimension.number_format = "@"


def _instruct(sheet: Any, template: Template) -> None:
    sheet.column_dimensions["A"].width = 100
    row = 1
    for tag in (template.language, *(t for t in LANGUAGES if t != template.language)):
        title = _write(sheet, row, 1, template.title.get(tag, template.mark))
        title.font = Font(bold=True, size=14)
        for row, text in enumerate(template.instructions, start=row + 1):  # noqa: B020
            cell = _write(sheet, row, 1, text[tag])
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        row += 2


def _list_codes(
    sheet: Any, lists: Mapping[str, Names], language: str
) -> Mapping[str, str]:
    """Writes the lists side by side and returns where each stands."""
    ranges: dict[str, str] = {}
    first = 1
    for heading, names in lists.items():
        titles = (heading, "code", *LANGUAGES)
        for offset, title in enumerate(titles):
            _write(sheet, 1, first + offset, title)
        for row, (code, name) in enumerate(names.items(), start=2):
            _write(sheet, row, first, spoken(code, name, language))
            _write(sheet, row, first + 1, code)
            for offset, tag in enumerate(LANGUAGES, start=2):
                _write(sheet, row, first + offset, one_line(name.get(tag, "")))
        letter = get_column_letter(first)
        ranges[heading] = f"'{sheet.title}'!${letter}$2:${letter}${len(names) + 1}"
        first += len(titles) + 1
    return ranges
