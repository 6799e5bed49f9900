"""XLSX: a sheet of figures and a sheet of what is said around them.

The same slice is always the same bytes: nothing in the file is of the moment when
it was written.

Source: ECMA-376, parts 1 and 2.
"""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.packaging.core import DocumentProperties
from openpyxl.xml.functions import tostring

from registry.ports import TableRow
from registry.statistics.formats.columns import Column, said
from registry.statistics.labels import Caption
from registry.statistics.structure import Structure

_PROPERTIES = "docProps/core.xml"
_EXACT = 15
"""Digits that a number in a sheet has; one with more stays text."""

_WORDS = {
    "data": {"bg": "Данни", "en": "Data"},
    "notes": {"bg": "Бележки", "en": "Notes"},
    "title": {"bg": "Заглавие", "en": "Title"},
    "description": {"bg": "Описание", "en": "Description"},
    "publisher": {"bg": "Издател", "en": "Publisher"},
    "source": {"bg": "Източник", "en": "Source"},
    "licence": {"bg": "Условия за ползване", "en": "Licence"},
    "note": {"bg": "Бележка", "en": "Note"},
    "unit": {"bg": "Мерна единица", "en": "Unit"},
    "address": {"bg": "Постоянен адрес", "en": "Permanent address"},
    "version": {"bg": "Версия", "en": "Version"},
    "modified": {"bg": "Променена на", "en": "Changed on"},
    "column": {"bg": "Колона", "en": "Column"},
    "flag": {"bg": "Знак", "en": "Flag"},
}


def document(
    batches: Iterable[Sequence[TableRow]],
    columns: Sequence[Column],
    structure: Structure,
    caption: Caption,
    *,
    language: str,
) -> bytes:
    """Returns the workbook, with texts in one language."""
    book = Workbook(write_only=True)
    data = book.create_sheet(_WORDS["data"][language])
    data.freeze_panes = "A2"
    data.append([_text(data, column.title) for column in columns])
    for batch in batches:
        for row in batch:
            data.append(
                [_cell(data, column.cell(row), column.number) for column in columns]
            )
    notes = book.create_sheet(_WORDS["notes"][language])
    notes.column_dimensions["A"].width = 24
    notes.column_dimensions["B"].width = 100
    for line in _notes(structure, caption, language):
        notes.append([_text(notes, text) for text in line])
    written = BytesIO()
    book.save(written)
    return _timeless(written, caption, language)


def _cell(sheet: Any, text: str | None, number: bool) -> Any:
    if text is None:
        return None
    if number and sum(character.isdigit() for character in text) <= _EXACT:
        return float(text) if "." in text or "e" in text else int(text)
    return _text(sheet, text)


def _text(sheet: Any, text: str) -> Any:
    """Returns a cell that is text, even if it looks like a formula."""
    cell = WriteOnlyCell(sheet, value="")
    cell.value = text
    cell.data_type = "s"
    return cell


def _notes(
    structure: Structure, caption: Caption, language: str
) -> Iterator[Sequence[str]]:
    def word(name: str) -> str:
        return _WORDS[name][language]

    code, unit = caption.unit
    yield word("title"), said(caption.title, language, structure.key)
    yield word("description"), said(caption.description, language, "")
    yield word("publisher"), said(caption.publisher, language, "")
    for source in caption.sources:
        yield word("source"), source
    yield word("licence"), said(caption.licence, language, "")
    yield word("note"), said(caption.note, language, "")
    yield word("unit"), f"{said(unit, language, code)} ({code})"
    yield word("address"), caption.iri
    yield word("version"), str(caption.version)
    yield word("modified"), caption.modified.date().isoformat()
    for name in structure.columns:
        yield f"{word('column')} {name}", said(caption.columns[name], language, name)
    for flag, text in caption.flags.items():
        yield f"{word('flag')} {flag}", said(text, language, flag)


def _timeless(written: BytesIO, caption: Caption, language: str) -> bytes:
    """Returns the same archive, dated by the version instead of by the clock."""
    at = caption.modified.replace(tzinfo=None, microsecond=0)
    properties = DocumentProperties(
        creator=said(caption.publisher, language, ""),
        title=said(caption.title, language, ""),
        created=at,
        modified=at,
        language=language,
    )
    result = BytesIO()
    with ZipFile(written) as source, ZipFile(result, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            body = source.read(name)
            if name == _PROPERTIES:
                body = tostring(properties.to_tree())
            entry = ZipInfo(name)
            entry.compress_type = ZIP_DEFLATED
            target.writestr(entry, body)
    return result.getvalue()
