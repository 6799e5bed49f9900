"""`registry harvest add`: what another catalogue describes becomes drafts."""

from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from registry import wiring
from registry.cli import console
from registry.foreign import Finding
from registry.harvest import Harvest, Outcome
from registry.settings import read_settings

group = typer.Typer(
    name="harvest",
    help="Catalogues of others.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Form(StrEnum):
    """As what a source is read."""

    DCAT = "dcat"
    SPARQL = "sparql"


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.add_typer(group)


@group.callback()
def harvest() -> None:
    """Catalogues of others."""


@group.command()
def add(
    address: Annotated[
        str, typer.Argument(metavar="URL", help="Catalogue or SPARQL endpoint.")
    ],
    *,
    form: Annotated[
        Form,
        typer.Option(
            "--format",
            help="A DCAT-AP catalogue, whole or in pages, or a SPARQL endpoint.",
        ),
    ] = Form.DCAT,
    show: Annotated[
        bool, typer.Option("--show", help="Only report; hand in nothing.")
    ] = False,
    report: Annotated[
        console.Format, typer.Option("--report", help="How to print the report.")
    ] = console.Format.TABLE,
) -> None:
    """Hand in the datasets of another catalogue as drafts; nothing is published."""
    with wiring.harvester(read_settings()) as harvester, console.progress() as bar:
        task = bar.add_task("datasets", total=None)
        done = harvester.harvest(
            address,
            sparql=form is Form.SPARQL,
            show=show,
            progress=lambda count: bar.advance(task, count),
        )
    _print(done, report)
    if done.count(Outcome.REFUSED):
        raise typer.Exit(1)


def _print(done: Harvest, report: console.Format) -> None:
    if report is not console.Format.TABLE:
        console.document([asdict(line) for line in done.lines])
        return
    for line in done.lines:
        _print_findings(line.reasons)
        _print_findings(line.losses)
    columns = ("outcome", "record", "source", "losses")
    console.table(
        columns,
        [
            (line.outcome, line.record or "", line.source, len(line.losses))
            for line in done.lines
        ],
    )
    counts = ", ".join(f"{done.count(outcome)} {outcome}" for outcome in Outcome)
    console.error.print(counts)


def _print_findings(findings: Sequence[Finding]) -> None:
    for found in findings:
        term = f", {found.term}" if found.term else ""
        value = f" “{found.value}”" if found.value else ""
        console.error.print(
            f"{found.source}{term}:{value} {found.message['en']} ({found.rule})",
            markup=False,
        )
