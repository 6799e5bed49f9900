"""CSV: a line of headings, then a line for each observation.

Source: RFC 4180. A missing value is an empty field.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from registry.ports import TableRow
from registry.statistics.formats.columns import Column

BOM = b"\xef\xbb\xbf"
"""Tells spreadsheet programs that the text is UTF-8."""


def write(
    batches: Iterable[Sequence[TableRow]], columns: Sequence[Column], *, bom: bool
) -> Iterator[bytes]:
    """Yields the table, a piece for each batch."""
    yield (BOM if bom else b"") + lines([[column.title for column in columns]])
    plain = [column.position for column in columns] == list(range(len(columns)))
    if plain and all(column.names is None for column in columns):
        yield from map(lines, batches)
        return
    for batch in batches:
        yield lines([column.cell(row) for column in columns] for row in batch)


def lines(rows: Iterable[Sequence[str | None]]) -> bytes:
    """Returns rows as lines of CSV, in UTF-8."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
