"""What a slice is read from: the cells as published, sums of them, or changes.

A sum has a value if every cell that it is made of has one. A cell that is withheld,
has only a flag, or is not in the table leaves the sum without value: part of a sum
would be taken for the whole.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

from registry.statistics.disclosure import WITHHELD
from registry.statistics.holding import Held
from registry.statistics.selection import Changes, Slice
from registry.statistics.shape import (
    ADDED,
    CHANGE,
    CHANGED,
    MISSING,
    REMOVED,
    TOTAL,
    shaped,
)
from registry.statistics.sql import column, conditions, quoted
from registry.statistics.structure import FLAG, VALUE, Structure


@dataclass(frozen=True, slots=True)
class Relation:
    """The rows of a slice in any order, whatever its limit and cursor.

    Attributes:
        name: of the relation.
        text: the relation as SQL writes it, filters and all.
        values: that are bound in the text.
        structure: of its rows.
        codes: that its columns can have; what a column is not named of can be any.
        stored: whether its rows are in the order of the codes already.
    """

    name: str
    text: str
    values: Sequence[object]
    structure: Structure
    codes: Mapping[str, Collection[str]]
    stored: bool = False


def cells(held: Held, structure: Structure, wanted: Slice) -> Relation:
    """Returns the cells of a table that the filters leave."""
    where, values = conditions(held.name, held.narrowed(wanted.filters))
    text = f"{quoted(held.name)} WHERE {where or 'true'}"
    return Relation(held.name, text, values, structure, held.codes, stored=True)


def sums(held: Held, structure: Structure, wanted: Slice) -> Relation:
    """Returns one row for each group of cells that the filters leave."""
    name = held.name
    where, values = conditions(name, held.narrowed(wanted.filters))
    grouped = [d.id for d in structure.dimensions if d.id not in wanted.summed]
    chosen = [
        f"{column(name, d.id) if d.id in grouped else '?'} AS {quoted(d.id)}"
        for d in structure.dimensions
    ]
    value = column(name, VALUE)
    complete = f"count({value}) = ?"
    flag, flags = _flag(name, structure)
    text = (
        f"(SELECT {', '.join(chosen)}, "  # noqa: S608
        f"CASE WHEN {complete} THEN sum({value}) END AS {quoted(VALUE)}, "
        f"CASE WHEN {complete} THEN {flag} ELSE ? END AS {quoted(FLAG)} "
        f"FROM {quoted(name)} WHERE {where or 'true'} "
        f"GROUP BY {', '.join(column(name, one) for one in grouped)}) "
        f"AS {quoted(name)} WHERE true"
    )
    parts = prod(len(wanted.filters[one]) for one in wanted.summed)
    totals = [TOTAL for _ in wanted.summed]
    bound = [*totals, parts, parts, *flags, MISSING, *values]
    codes = {**held.codes, **dict.fromkeys(wanted.summed, (TOTAL,))}
    return Relation(name, text, bound, shaped(structure, wanted), codes)


def _flag(name: str, structure: Structure) -> tuple[str, Sequence[str]]:
    """Returns the flag of a sum, with its values, up to the last of its cases.

    A flag is letters, each with a meaning of its own; a sum has those of its cells.
    """
    if not structure.flags:
        return "NULL", ()
    flag, value = column(name, FLAG), column(name, VALUE)
    each = f"string_agg(DISTINCT {flag}, '') FILTER (WHERE {flag} IS NOT NULL)"
    letters = f"list_sort(list_distinct(string_split({each}, '')))"
    return (
        f"array_to_string({letters}, '') "
        f"WHEN bool_or({value} IS NULL AND {flag} = ?) THEN ?",
        (WITHHELD, WITHHELD),
    )


def changes(new: Path, structure: Structure, wanted: Slice, since: Changes) -> Relation:
    """Returns the observations that an older edition does not have like that.

    Those that it has and the new one lacks are there without value. Both files have
    the columns of the structure.
    """
    keys = [dimension.id for dimension in structure.dimensions]
    shown = structure.columns[len(keys) :]
    same = ", ".join(map(quoted, keys))
    kept = ", ".join(f"n.{quoted(name)}" for name in shown)
    differs = " OR ".join(
        f"o.{quoted(name)} IS DISTINCT FROM n.{quoted(name)}" for name in shown
    )
    side = f"SELECT {', '.join(map(quoted, structure.columns))}, true AS here"
    file = "FROM read_parquet(?)"
    # Without an older edition there is an empty one.
    old, path = (file, since.older) if since.older else (f"{file} LIMIT 0", new)
    where, values = conditions(_CHANGES, wanted.filters)
    text = (
        f"(SELECT {same}, CASE WHEN o.here IS NULL THEN ? WHEN n.here IS NULL THEN ? "  # noqa: S608
        f"ELSE ? END AS {quoted(CHANGE)}, {kept} "
        f"FROM ({side} {old}) AS o FULL JOIN ({side} {file}) AS n USING ({same}) "
        f"WHERE o.here IS NULL OR n.here IS NULL OR {differs}) "
        f"AS {quoted(_CHANGES)} WHERE {where or 'true'}"
    )
    bound = [ADDED, REMOVED, CHANGED, str(path), str(new), *values]
    return Relation(_CHANGES, text, bound, shaped(structure, wanted), {})


_CHANGES = "changes"
