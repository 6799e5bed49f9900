"""CSV: a line of headings, then a line for each observation.

Source: RFC 4180. A missing value is an empty field.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from registry.ports import TableRow
from registry.sheets.wording import harmless
from registry.statistics.formats.columns import Column

BOM = b"\xef\xbb\xbf"
"""Tells spreadsheet programs that the text is UTF-8, and so is for them alone."""


def write(
    batches: Iterable[Sequence[TableRow]], columns: Sequence[Column], *, bom: bool
) -> Iterator[bytes]:
    """Yields the table, a piece for each batch.

    For spreadsheet programs no text in it is a formula.
    """
    titles = [column.title for column in columns]
    if bom:
        yield BOM + lines([map(harmless, titles)])
        for batch in batches:
            yield lines([_shown(column, row) for column in columns] for row in batch)
        return
    yield lines([titles])
    plain = [column.position for column in columns] == list(range(len(columns)))
    if plain and all(column.names is None for column in columns):
        yield from map(lines, batches)
        return
    for batch in batches:
        yield lines([column.cell(row) for column in columns] for row in batch)


def _shown(column: Column, row: TableRow) -> str | None:
    cell = column.cell(row)
    return cell if cell is None or column.number else harmless(cell)


def lines(rows: Iterable[Iterable[str | None]]) -> bytes:
    """Returns rows as lines of CSV, in UTF-8."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
