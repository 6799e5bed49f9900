"""`registry table add`: figures for a statistical table."""

from pathlib import Path
from typing import Annotated

import typer

from registry import wiring
from registry.cli import console
from registry.errors import DatasetRefused
from registry.settings import read_settings
from registry.statistics.definition import Defined, Edition
from registry.tables import Added

group = typer.Typer(
    name="table",
    help="Statistical tables.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.add_typer(group)


@group.callback()
def table() -> None:
    """Statistical tables."""


@group.command()
def add(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="CSV file or Excel workbook."),
    ],
    *,
    structure: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="Description of the table."),
    ],
    form: Annotated[
        console.Format, typer.Option("--format", help="How to print the outcome.")
    ] = console.Format.TABLE,
) -> None:
    """Publish the figures of a file as the current version of a table."""
    with wiring.loader(read_settings()) as loader:
        defined = loader.define(structure)
        try:
            added = loader.add_table(defined, file, _edition(defined, file))
        except DatasetRefused as refusal:
            if form is console.Format.TABLE:
                raise
            console.document({"published": False, **refusal.extra})
            raise typer.Exit(1) from refusal
    _print(added, form)


def _edition(defined: Defined, file: Path) -> Edition:
    """Returns what the description says of the file, or as little as is known."""
    for edition in defined.definition.editions:
        if edition.file == file.name:
            return edition
    return Edition.model_construct(file=file.name, sources=[], note={})


def _print(added: Added, form: console.Format) -> None:
    facts = {
        "record": str(added.record),
        "version": added.version,
        "new version": added.changed,
        "observations": added.extent.observations,
        "gaps": added.extent.gaps,
        "first period": added.extent.first,
        "last period": added.extent.last,
        "withheld": added.suppressed,
        "warnings": len(added.warnings),
    }
    if form is console.Format.TABLE:
        console.table(("", ""), [(n, v) for n, v in facts.items() if v is not None])
    else:
        members = {name.replace(" ", "_"): value for name, value in facts.items()}
        console.document({"published": True, **members})
