"""How slices are written in SQL: names are quoted, values are bound."""

from collections.abc import Collection, Mapping, Sequence

from registry.statistics.selection import Sort
from registry.statistics.structure import VALUE, Structure


def quoted(name: str) -> str:
    """Returns a name as SQL writes it; the one way by which a name gets there."""
    return '"' + name.replace('"', '""') + '"'


def column(relation: str, name: str) -> str:
    """Returns a column itself, not the text of the same name that is made of it."""
    return f"{quoted(relation)}.{quoted(name)}"


def texts(structure: Structure) -> str:
    """Returns the columns as text, the value as the plain decimal that it is."""
    return ", ".join(
        f"{_plain(name) if name == VALUE else f'CAST({quoted(name)} AS VARCHAR)'} "
        f"AS {quoted(name)}"
        for name in structure.columns
    )


def _plain(name: str) -> str:
    text = f"CAST({quoted(name)} AS VARCHAR)"
    return (
        f"CASE WHEN contains({text}, '.') AND NOT contains({text}, 'e') "
        f"THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END"
    )


def typed(structure: Structure) -> str:
    """Returns the columns as they are kept in files."""
    number = quoted(VALUE)
    if structure.integer:
        # A sum is wider than the numbers that files have.
        number = f"CAST({number} AS BIGINT) AS {number}"
    return ", ".join(
        number
        if name == VALUE
        else f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}"
        for name in structure.columns
    )


def conditions(
    relation: str, filters: Mapping[str, Collection[str]]
) -> tuple[str, list[object]]:
    """Returns what has to hold so that every filter does, with its values."""
    found = [
        f"{column(relation, name)} IN ({', '.join('?' for _ in codes)})"
        if codes
        else "false"
        for name, codes in filters.items()
    ]
    return " AND ".join(found), [code for codes in filters.values() for code in codes]


def sorted_by(structure: Structure, sort: Sequence[Sort]) -> Sequence[Sort]:
    """Returns the order completed by the codes, which makes it total."""
    named = {one.column for one in sort}
    rest = [Sort(d.id) for d in structure.dimensions if d.id not in named]
    return [*sort, *rest]


def order(relation: str, structure: Structure, sort: Sequence[Sort]) -> str:
    """Returns the order of a slice."""
    return ", ".join(
        column(relation, one.column)
        + (" DESC NULLS LAST" if one.descending else " ASC NULLS LAST")
        for one in sorted_by(structure, sort)
    )
