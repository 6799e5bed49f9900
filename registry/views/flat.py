r"""A record as one row of a table.

Each term is a column. What is said in a language is a column for each language,
`name_bg` and `name_en`. A node nested in the record has a column for each of its
own terms but its type, `address_postCode`; its IRI stands in the column of the
term that leads to it. Where a term may have several values they stand in one
cell, separated by `|`; in such a cell `\|` is a bar and `\\` a backslash. Nested
nodes of one term have as many values in each of their columns, empty ones where a
node has none, so that the first of each belong together.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from registry.iris import Iris
from registry.jsonld import Context
from registry.language import LANGUAGES
from registry.record import Version

Column = tuple[str, ...]
"""The terms that lead to a value, and its language if it has one."""

Order = Callable[[Column], tuple[tuple[int, str], ...]]
"""What columns are sorted by."""

FACTS = (
    "iri",
    "key",
    "status",
    "version",
    "submitted",
    "modified",
    "verified",
    "source",
)
"""The columns that every register has: what is said about the record."""

SEPARATOR = "|"
"""Stands between the values of one cell."""

_LEFT_OUT = frozenset({"@context", "id"})


def facts(version: Version, iris: Iris) -> Sequence[str]:
    """Returns the cells of `FACTS`; moments in UTC."""
    head = version.head
    return (
        iris.thing(head.record),
        head.record.key,
        head.status.value,
        str(head.version),
        _moment(head.submitted),
        _moment(head.modified),
        head.verified.date().isoformat() if head.verified else "",
        joined([source.iri for source in head.provenance.sources]),
    )


def cells(document: Mapping[str, Any]) -> Mapping[Column, str]:
    """Returns the cells of a compact document by their columns."""
    found: dict[Column, str] = {}
    for term, value in document.items():
        if term not in _LEFT_OUT:
            for path, cell in _cells(value).items():
                found[(term, *path)] = cell
    return found


def order(context: Context) -> Order:
    """Returns what to sort columns by: as the context has the terms."""
    positions = {term: number for number, term in enumerate(context.definition)}
    languages = {tag: number for number, tag in enumerate(LANGUAGES)}

    def place(part: str) -> tuple[int, str]:
        return positions.get(part, languages.get(part, len(positions))), part

    return lambda column: tuple(map(place, column))


def title(column: Column) -> str:
    """Returns the heading of a column."""
    return "_".join(column)


def joined(values: Sequence[str]) -> str:
    """Returns several values as one cell."""
    return SEPARATOR.join(
        value.replace("\\", "\\\\").replace(SEPARATOR, f"\\{SEPARATOR}")
        for value in values
    )


def _cells(value: Any) -> Mapping[Column, str]:
    """Returns the cells of a value, by the columns below that of its term."""
    if isinstance(value, list):
        return _cells_of_several(value)
    if not isinstance(value, Mapping):
        return {(): _text(value)}
    if "id" not in value:
        # A language map; several texts in one language are a list.
        return {
            (tag, *path): cell
            for tag, text in value.items()
            for path, cell in _cells(text).items()
        }
    nested = {term: v for term, v in value.items() if term != "type"}
    return {(): value["id"], **cells(nested)}


def _cells_of_several(values: Sequence[Any]) -> Mapping[Column, str]:
    each = [_cells(value) for value in values]
    # As a mapping rather than a set, which would have no order.
    columns = dict.fromkeys(column for found in each for column in found)
    return {
        column: joined([found.get(column, "") for found in each]) for column in columns
    }


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
