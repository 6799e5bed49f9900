"""How commands print: tables, JSON or N-Quads on stdout; all else on stderr."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from registry.errors import RegistryError
from registry.ports import RowError

out = Console(highlight=False, soft_wrap=True)
error = Console(stderr=True, highlight=False, soft_wrap=True)


class Format(StrEnum):
    """In which form a command prints its result."""

    TABLE = "table"
    JSON = "json"
    NQ = "nq"


def progress() -> Progress:
    """Returns a progress bar on stderr; silent where nobody watches."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=error,
        transient=False,
        disable=not error.is_terminal,
    )


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints rows for people."""
    drawn = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        drawn.add_row(*(str(cell) for cell in row))
    out.print(drawn)


def document(value: Mapping[str, object] | Sequence[object]) -> None:
    """Prints JSON for programs, one document."""
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))  # noqa: T201 - rich would wrap and colour it


def lines(text: str) -> None:
    """Prints text for programs just as it is."""
    print(text, end="")  # noqa: T201 - rich would wrap and colour it


def bad_row(row: RowError) -> None:
    """Prints why a row of a dataset was left out and how to mend it."""
    column = f", column {row.column}" if row.column else ""
    value = f" “{row.value}”" if row.value else ""
    error.print(
        f"{row.file}, row {row.line}{column}:{value} {row.message['en']} ({row.rule})",
        markup=False,
    )


def finding(file: str, found: Mapping[str, Any]) -> None:
    """Prints a rule that rows of a table break: where, what, and how to mend it."""
    column = f", column {found['column']}" if found["column"] else ""
    error.print(f"{file}{column}: {found['message']['en']}", markup=False)
    cells = [f"{cell['line']} “{cell['value']}”" for cell in found["rows"]]
    if cells:
        more = found["count"] - len(cells)
        rest = f" and {more} more" if more else ""
        error.print(f"  row {', '.join(cells)}{rest} ({found['rule']})", markup=False)


def refused(refusal: RegistryError) -> None:
    """Prints a refusal in one line, after the rows that led to it, if any did."""
    for row in _listed(refusal, "rows"):
        bad_row(row)
    for found in _listed(refusal, "findings"):
        finding(str(refusal.extra["file"]), found)
    error.print(f"registry: {refusal.detail['en']}", markup=False)


def _listed(refusal: RegistryError, member: str) -> Sequence[Any]:
    found = refusal.extra.get(member, ())
    return found if isinstance(found, Sequence) else ()
