"""JSON: what the table is about, then an object for each observation.

Values are numbers with all their digits; a missing value is null.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from registry.ports import TableRow
from registry.statistics.formats.columns import Column
from registry.statistics.labels import Caption
from registry.statistics.structure import Structure


def about(caption: Caption, structure: Structure) -> dict[str, object]:
    """Returns what the format says besides the rows, in all languages."""
    code, name = caption.unit
    return {
        "table": caption.iri,
        "version": caption.version,
        "modified": caption.modified.isoformat().replace("+00:00", "Z"),
        "title": dict(caption.title),
        "description": dict(caption.description),
        "publisher": dict(caption.publisher),
        "source": list(caption.sources),
        "licence": dict(caption.licence),
        "note": dict(caption.note),
        "unit": {"code": code, "name": dict(name)},
        "columns": {name: dict(caption.columns[name]) for name in structure.columns},
        "flags": {flag: dict(text) for flag, text in caption.flags.items()},
    }


def write(
    batches: Iterable[Sequence[TableRow]],
    columns: Sequence[Column],
    members: Mapping[str, object],
) -> Iterator[bytes]:
    """Yields the document, a piece for each batch.

    Args:
        batches: of rows.
        columns: what stands in each row.
        members: of the document, before its rows.
    """
    start = json.dumps(members, ensure_ascii=False).removesuffix("}")
    yield f'{start}{", " if members else ""}"rows": ['.encode()
    keys = [f"{_text(column.name)}: " for column in columns]
    separator = "\n"
    for batch in batches:
        yield (
            separator + ",\n".join(_row(row, columns, keys) for row in batch)
        ).encode()
        separator = ",\n"
    yield b"\n]}\n"


def _row(row: TableRow, columns: Sequence[Column], keys: Sequence[str]) -> str:
    cells = (
        key + _cell(column.cell(row), column.number)
        for key, column in zip(keys, columns, strict=True)
    )
    return "{" + ", ".join(cells) + "}"


def _cell(cell: str | None, number: bool) -> str:
    if cell is None:
        return "null"
    return cell if number else _text(cell)


@lru_cache(maxsize=4096)
def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
