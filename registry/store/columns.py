"""Columns of observations as they lie beside a snapshot: what is where.

See `registry.store.column_writer` for how they are made.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.namespaces import RDF, XSD

FILE = "columns.json"
"""Names the columns of a snapshot; in its folder, if it has any."""

TYPE = f"<{RDF}type>"

INTEGER, DECIMAL = f"<{XSD}integer>", f"<{XSD}decimal>"
"""The datatypes of columns that hold values."""

Column = Sequence[str] | str | None
"""The terms that its numbers stand for, or the datatype of its values, or nothing
that is of use. Terms are as the engine gives them back."""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of one table.

    Attributes:
        file: a Parquet file, whose columns are `c0` and so on.
        columns: what they are, by predicate, in their order.
    """

    file: str
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a snapshot.

    Attributes:
        outside: predicates, and `type class`, that are also said of what has no
            row in any table.
    """

    outside: frozenset[str]
    tables: Sequence[Table]


def file_name(number: int, kind: str) -> str:
    """Returns the name of a file in the folder of a snapshot."""
    return f"columns-{number}.{kind}"


def read_columns(snapshot: Path) -> Columns | None:
    """Returns the columns of a snapshot, if it has any.

    Raises:
        OSError: it has been removed.
        ValueError: they are damaged.
    """
    try:
        held = json.loads((snapshot / FILE).read_bytes())
    except FileNotFoundError:
        return None
    tables = []
    for number in held["tables"]:
        columns = json.loads((snapshot / file_name(number, "json")).read_bytes())
        tables.append(Table(str(snapshot / file_name(number, "parquet")), columns))
    return Columns(frozenset(held["outside"]), tables)
