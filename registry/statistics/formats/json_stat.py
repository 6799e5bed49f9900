"""JSON-stat 2.0: the slice as a cube.

Only cells that the table has are in `value`, by their position in the cube; one that
has a flag instead of a value is null there. Flags stand in `status`.

Source: JSON-stat 2.0, https://json-stat.org/full/.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from registry.ports import TableRow
from registry.statistics.formats.columns import said
from registry.statistics.labels import Caption
from registry.statistics.structure import VALUE, Dimension, Role, Structure


def document(
    batches: Iterable[Sequence[TableRow]],
    structure: Structure,
    caption: Caption,
    *,
    language: str,
    href: str,
) -> bytes:
    """Returns the document, with texts in one language.

    Args:
        batches: of rows.
        structure: of the table.
        caption: what is said around it.
        language: of all texts, as far as they are in it.
        href: address of the slice.
    """
    rows = [row for batch in batches for row in batch]
    categories = [
        sorted({str(row[position]) for row in rows})
        for position in range(len(structure.dimensions))
    ]
    values = _values(rows, structure)
    decimals = max(len((value or "").partition(".")[2]) for value in [None, *values])
    head = _head(structure, caption, categories, decimals, language)
    head["href"] = href
    places = _places(rows, categories)
    value = ",".join(
        f'"{place}":{"null" if cell is None else cell}'
        for place, cell in zip(places, values, strict=True)
    )
    if structure.flags:
        head["status"] = {
            str(place): row[-1]
            for place, row in zip(places, rows, strict=True)
            if row[-1] is not None
        }
    start = json.dumps(head, ensure_ascii=False).removesuffix("}")
    return f'{start}, "value": {{{value}}}}}\n'.encode()


def _values(rows: Sequence[TableRow], structure: Structure) -> list[str | None]:
    position = structure.columns.index(VALUE)
    return [row[position] for row in rows]


def _places(
    rows: Sequence[TableRow], categories: Sequence[Sequence[str]]
) -> Sequence[int]:
    """Returns where each row stands in the cube, the last dimension running fastest."""
    steps: list[Mapping[str | None, int]] = []
    width = 1
    for codes in reversed(categories):
        steps.insert(0, {code: n * width for n, code in enumerate(codes)})
        width *= len(codes)
    return [
        sum(step[code] for step, code in zip(steps, row, strict=False)) for row in rows
    ]


def _head(
    structure: Structure,
    caption: Caption,
    categories: Sequence[Sequence[str]],
    decimals: int,
    language: str,
) -> dict[str, object]:
    dimensions: dict[str, object] = {
        dimension.id: _dimension(dimension, codes, caption, language)
        for dimension, codes in zip(structure.dimensions, categories, strict=True)
    }
    dimensions[VALUE] = _measure(caption, decimals, language)
    roles = {
        "time": [d.id for d in structure.dimensions if d.role is Role.TIME],
        "geo": [d.id for d in structure.dimensions if d.role is Role.AREA],
        "metric": [VALUE],
    }
    return {
        "version": "2.0",
        "class": "dataset",
        "label": said(caption.title, language, structure.key),
        "source": "; ".join(
            [text for text in [said(caption.publisher, language, "")] if text]
            + list(caption.sources)
        ),
        "updated": caption.modified.isoformat().replace("+00:00", "Z"),
        "note": [
            text
            for text in (
                said(caption.description, language, ""),
                said(caption.licence, language, ""),
                said(caption.note, language, ""),
            )
            if text
        ],
        "id": list(dimensions),
        "size": [*map(len, categories), 1],
        "role": {role: names for role, names in roles.items() if names},
        "dimension": dimensions,
        "extension": {
            "table": caption.iri,
            "version": caption.version,
            "licence": said(caption.licence, language, ""),
            "unit": caption.unit[0],
            "status": {
                flag: said(text, language, flag) for flag, text in caption.flags.items()
            },
        },
    }


def _dimension(
    dimension: Dimension, codes: Sequence[str], caption: Caption, language: str
) -> Mapping[str, object]:
    names = caption.codes[dimension.id].names
    return {
        "label": said(caption.columns[dimension.id], language, dimension.id),
        "category": {
            "index": list(codes),
            "label": {
                code: said(names.get(code, {}), language, code) for code in codes
            },
        },
    }


def _measure(caption: Caption, decimals: int, language: str) -> Mapping[str, object]:
    code, unit = caption.unit
    label = said(caption.columns[VALUE], language, VALUE)
    return {
        "label": label,
        "category": {
            "index": [VALUE],
            "label": {VALUE: label},
            "unit": {
                VALUE: {"label": said(unit, language, code), "decimals": decimals}
            },
        },
    }
