"""`registry init`, `load`, `rebuild` and `verify`: the data directory."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Annotated

import typer
from rich.progress import TaskID

from registry import processes, wiring
from registry.cli import console
from registry.loading import Outcome
from registry.settings import Settings, read_settings

MOMENT = 0.2
"""Seconds between two looks at how far a process has come."""


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    for command in (init, load, rebuild, verify):
        app.command()(command)


def init(
    *,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Do nothing if there is one.")
    ] = False,
) -> None:
    """Create an empty registry; its base IRI is fixed from then on."""
    settings = read_settings()
    if if_missing and wiring.exists(settings):
        return
    base = wiring.create(settings)
    console.error.print(f"Created the registry of {base} in {settings.data}")


def load(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Names of dataset files; all of them if none is given."),
    ] = None,
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Load nothing of a file with a bad row.")
    ] = False,
    form: Annotated[
        console.Format, typer.Option("--format", help="How to print the outcome.")
    ] = console.Format.TABLE,
) -> None:
    """Load the datasets; what is published already stays as it is."""
    outcomes: list[Outcome] = []
    with wiring.loader(read_settings()) as loader, console.progress() as bar:
        datasets = loader.datasets(files or [])
        tables = loader.tables(files or [])
        steps = {dataset.name: len(dataset) for dataset in datasets}
        # A derived table has no editions.
        steps |= {name: len(t.definition.editions) or 1 for name, t in tables.items()}
        tasks: dict[str, TaskID] = {}

        def advance(name: str, count: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=steps[name])
            bar.advance(tasks[name], count)

        for outcome in loader.load(datasets, strict=strict, progress=advance):
            # Rows that were refused have not come through.
            advance(outcome.name, 0)
            bar.update(tasks[outcome.name], completed=steps[outcome.name])
            for error in outcome.refused:
                console.bad_row(error)
            outcomes.append(outcome)
        outcomes.extend(loader.load_tables(tables, advance))
    _print_outcomes(outcomes, form)


def _print_outcomes(outcomes: list[Outcome], form: console.Format) -> None:
    columns = ("file", "added", "updated", "unchanged", "refused", "warnings")
    rows = [
        (
            o.name,
            o.added,
            o.updated,
            o.unchanged,
            len(o.refused),
            sum(o.warnings.values()),
        )
        for o in outcomes
    ]
    if form is console.Format.TABLE:
        console.table(columns, rows)
    else:
        console.document(
            [
                {
                    **dict(zip(columns, row, strict=True)),
                    "advice": [asdict(error) for error in outcome.advice],
                }
                for outcome, row in zip(outcomes, rows, strict=True)
            ]
        )


def rebuild() -> None:
    """Make every projection anew from the journal.

    What records lack is found by the server, which answers meanwhile.
    """
    settings = read_settings()
    with wiring.writer(settings, fresh=True) as writer:
        with console.progress() as bar:
            task = bar.add_task("journal", total=writer.journal.tip()[0])
            _fill(writer, settings, lambda n: bar.update(task, completed=n))
        writer.graphs.publish()
        activities = writer.catalogue.state().number
        console.error.print(
            f"Projected all records and {activities} activities of the catalogue up to "
            f"entry {writer.graphs.sequence()}"
        )


def _fill(
    writer: wiring.Writer, settings: Settings, progress: Callable[[int], None]
) -> None:
    """Fills what is empty: the lists in another process, all else here.

    Both take about as long. Should the other end early, the rest is done here.
    """
    beside = multiprocessing.get_context("spawn").Process(
        target=_fill_lists, args=(settings,), daemon=True
    )
    beside.start()
    with ThreadPoolExecutor(1) as pool:
        others = pool.submit(writer.catch_up_but_lists)
        while beside.is_alive():
            beside.join(MOMENT)
            progress(writer.index.sequence())
        others.result()
    writer.catch_up(progress)


def _fill_lists(settings: Settings) -> None:
    """Fills the lists; ends with the process that started it."""
    parent = multiprocessing.parent_process()
    assert parent  # noqa: S101 - it was started by one
    processes.end_with(parent.sentinel)
    wiring.catch_up_lists(settings)


def verify(
    *,
    engine: Annotated[
        bool,
        typer.Option(
            "--engine", help="Compare the graph store with the journal as well."
        ),
    ] = False,
) -> None:
    """Check the chain of the journal, every content and every blob."""
    registry = wiring.open_registry(read_settings())
    total, _ = registry.journal.tip()
    with console.progress() as bar:
        task = bar.add_task("journal", total=total)
        for number in registry.journal.verify():
            bar.update(task, completed=number)
        blobs = len(list(registry.blobs.digests()))
        task = bar.add_task("blobs", total=blobs)
        for _ in registry.check_files():
            bar.advance(task)
    console.error.print(f"{total} entries and {blobs} blobs are as written")
    if engine:
        _compare(registry)


def _compare(registry: wiring.Registry) -> None:
    found = list(registry.drift())
    if not found:
        console.error.print("The graph store holds what the journal says")
        return
    console.table(
        ("graph", "missing", "unexpected"),
        [(drift.graph, drift.missing, drift.unexpected) for drift in found],
    )
    console.error.print(
        f"{len(found)} graphs differ from the journal; “registry rebuild” mends them"
    )
    raise typer.Exit(1)
