"""`registry audit export`: who changed what and why, for whoever runs the registry."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from registry import wiring
from registry.errors import NotFound
from registry.people import KEEPER
from registry.settings import read_settings
from registry.views.trail import written_csv, written_json


class Form(StrEnum):
    """In which form changes are printed."""

    CSV = "csv"
    JSON = "json"


group = typer.Typer(
    name="audit",
    help="Read who changed what and why.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@group.callback()
def _group() -> None:
    """Read who changed what and why."""


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    group.command()(export)
    app.add_typer(group)


def export(
    *,
    organisation: Annotated[
        str, typer.Option(help="Whose records; the keeper's means all of them.")
    ] = KEEPER,
    after: Annotated[
        int, typer.Option(help="The number of the last change that is not wanted.")
    ] = 0,
    form: Annotated[Form, typer.Option("--format", help="How to print it.")] = Form.CSV,
) -> None:
    """Print every change, oldest first: who, when, for whom, by which way, and why.

    Of a person whose data were erased only the opaque id is left.
    """
    registry = wiring.open_registry(read_settings())
    try:
        if registry.directory.organisation(organisation) is None:
            raise NotFound(
                f"There is no organisation {organisation}.",
                f"Няма организация {organisation}.",
            )
        lines = registry.auditing.all(organisation, after=after)
        write = written_csv if form is Form.CSV else written_json
        for piece in write(lines):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    finally:
        registry.close()
