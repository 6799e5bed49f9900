"""`registry journal copy`: from SQLite to PostgreSQL, and back."""

from typing import Annotated

import typer

from registry import wiring
from registry.cli import console

group = typer.Typer(
    name="journal",
    help="The journal and where it is kept.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Place = Annotated[
    str, typer.Argument(help="A data directory, or postgresql://user@host/name.")
]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.add_typer(group)


@group.callback()
def journal() -> None:
    """The journal and where it is kept."""


@group.command()
def copy(source: Place, target: Place) -> None:
    """Copy a journal, and all that is kept with it, into an empty place.

    The copy is proven as `registry verify` does it before it is there at all. What
    is written to the source meanwhile is not in the copy: stop its server first.
    """
    counts = wiring.copy_journal(source, target)
    console.table(("table", "rows"), sorted(counts.items()))
