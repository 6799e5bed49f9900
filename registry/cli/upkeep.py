"""`registry remind` and `registry links check`: keeping records right."""

from typing import Annotated

import typer

from registry import wiring
from registry.cli import console
from registry.settings import read_settings

Show = Annotated[bool, typer.Option("--show", help="Only print; send nothing.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command()(remind)


def remind(*, show: Show = False) -> None:
    """Mail organisations a link for each record that they should confirm."""
    registry = wiring.open_registry(read_settings())
    policy = registry.reminder_policy
    due = registry.reminding.due(policy)
    console.table(
        ("to", "languages", "records", "waiting"),
        [(one.to, " ".join(one.languages), len(one.due), one.waiting) for one in due],
    )
    if not show:
        for one in due:
            registry.reminding.send(one, policy)
        sent = registry.send_mails()
        console.error.print(f"{len(due)} reminders written, {sent} mails sent now")
    registry.close()
