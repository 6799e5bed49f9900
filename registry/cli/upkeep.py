"""`registry remind` and `registry links check`: keeping records right."""

from typing import Annotated

import typer

from registry import wiring
from registry.cli import console
from registry.settings import read_settings

group = typer.Typer(
    name="links",
    help="The addresses that records link to.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Show = Annotated[bool, typer.Option("--show", help="Only print; send nothing.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command()(remind)
    app.add_typer(group)


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


@group.callback()
def links() -> None:
    """The addresses that records link to."""


@group.command()
def check(*, show: Show = False) -> None:
    """Try every address that records link to, and note which do not answer."""
    registry = wiring.open_registry(read_settings())
    due = registry.links_due()
    if show:
        console.lines("".join(f"{address}\n" for address in due))
        registry.close()
        return
    with console.progress() as bar:
        task = bar.add_task("links", total=len(due))
        tried = registry.check_links(due, lambda count: bar.advance(task, count))
    console.table(("dead", "outcome"), list(tried.dead.items()))
    console.error.print(
        f"{tried.alive} alive, {len(tried.dead)} dead, {tried.refused} not allowed"
    )
    registry.close()
