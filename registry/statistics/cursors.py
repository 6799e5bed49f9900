"""Cursors: where a page of a slice ended, so that the next one starts there."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Sequence
from decimal import Decimal, InvalidOperation

from registry.errors import BadParameter
from registry.ports import TableRow
from registry.statistics.relations import Relation
from registry.statistics.selection import Sort
from registry.statistics.sql import column, sorted_by
from registry.statistics.structure import FLAG, VALUE, Structure


def cursor(row: TableRow, structure: Structure, sort: Sequence[Sort]) -> str:
    """Returns where a row stands in the order."""
    cells = dict(zip(structure.columns, row, strict=True))
    place = [cells[one.column] for one in sorted_by(structure, sort)]
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def beyond(
    text: str, relation: Relation, sort: Sequence[Sort]
) -> tuple[str, list[object]]:
    """Returns the condition that a row comes after a cursor, with its values.

    Raises:
        BadParameter: the cursor is not one of this slice.
    """
    columns = sorted_by(relation.structure, sort)
    place = _place(text, relation, columns)
    conditions, values = [], list[object]()
    for position, (one, value) in enumerate(zip(columns, place, strict=True)):
        if value is None:
            continue  # nothing comes after what is missing
        same = [
            f"{column(relation.name, before.column)} IS NOT DISTINCT FROM ?"
            for before in columns[:position]
        ]
        name = column(relation.name, one.column)
        after = f"{name} {'<' if one.descending else '>'} ?"
        if one.column in (VALUE, FLAG):
            after = f"({after} OR {name} IS NULL)"
        conditions.append(f"({' AND '.join([*same, after])})")
        values += [*place[:position], value]
    return f"({' OR '.join(conditions)})", values


def _place(text: str, relation: Relation, columns: Sequence[Sort]) -> Sequence[object]:
    try:
        padded = text + "=" * (-len(text) % 4)
        place = json.loads(urlsafe_b64decode(padded.encode("ascii")))
        return [
            _cell(cell, relation.codes.get(one.column), one.column)
            for one, cell in zip(columns, place, strict=True)
        ]
    except (ValueError, TypeError, InvalidOperation) as error:
        raise BadParameter(
            "The cursor in “after” is not one of this slice; take it from the link "
            "to the next page.",
            "Курсорът в „after“ не е за тази извадка; вземете го от връзката към "
            "следващата страница.",
            extra={"parameter": "after"},
        ) from error


def _cell(cell: object, codes: Collection[str] | None, name: str) -> object:
    if cell is None and name in (VALUE, FLAG):
        return None
    if not isinstance(cell, str) or (codes is not None and cell not in codes):
        raise ValueError(cell)
    if name != VALUE:
        return cell
    number = Decimal(cell)
    if not number.is_finite():
        raise ValueError(cell)
    return number
