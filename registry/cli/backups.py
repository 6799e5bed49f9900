"""`registry backup` and `registry restore`."""

from pathlib import Path
from typing import Annotated

import typer

from registry import wiring
from registry.backup import Manifest
from registry.cli import console
from registry.settings import read_settings


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command()(backup)
    app.command()(restore)


def backup(
    target: Annotated[
        Path, typer.Argument(help="A folder that is not there yet, or is empty.")
    ],
) -> None:
    """Copy all that cannot be made again, while the server runs, and prove it."""
    _say("Kept", wiring.back_up(read_settings(), target))


def restore(
    source: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="A backup.")
    ],
) -> None:
    """Put a backup into an empty data directory; `registry rebuild` makes the rest."""
    settings = read_settings()
    _say("Restored", wiring.restore_backup(settings, source))


def _say(done: str, manifest: Manifest) -> None:
    console.error.print(
        f"{done} {manifest.tip.sequence} entries of {manifest.tip.base} and "
        f"{len(manifest.files) - 1} blobs, {manifest.size} bytes, as of "
        f"{manifest.at.isoformat(timespec='seconds')}"
    )
    console.lines(f"{manifest.tip.hash}\n")
