"""`registry dump`, and the dumps that a server makes by itself."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from registry import logs, wiring
from registry.cli import console
from registry.dumping.making import Made
from registry.settings import Settings, read_settings

log = logging.getLogger(__name__)

LOOK = 15.0
"""Seconds between two looks at whether a dump is due."""
RETRY = 3600.0
"""Seconds to wait after a dump that could not be made."""
STOP = 0.5
"""Seconds within which a dump in the making is stopped with its server."""
NICENESS = 10
"""How far a dump that nobody asked for stands back behind answers."""


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command()(dump)
    app.command(hidden=True)(dump_aside)


def dump(
    *,
    form: Annotated[
        console.Format, typer.Option("--format", help="How to print the outcome.")
    ] = console.Format.TABLE,
) -> None:
    """Make the files under /dump/ anew; they stay as they are if nothing changed."""
    made = _made(read_settings())
    if form is console.Format.TABLE:
        rows = [(each.file.name, each.file.size, each.rows) for each in made.files]
        console.table(("file", "bytes", "rows"), rows)
    else:
        console.document(
            {
                "number": made.dump.number,
                "sequence": made.dump.sequence,
                "changed": made.changed,
                "files": [
                    {
                        "name": each.file.name,
                        "size": each.file.size,
                        "rows": each.rows,
                        "sha256": each.file.digest,
                    }
                    for each in made.files
                ],
            }
        )
    said = "Published" if made.changed else "Nothing changed since"
    console.error.print(
        f"{said} dump {made.dump.number}, which reflects entry {made.dump.sequence}"
    )


def dump_aside() -> None:
    """Make a dump while a server answers; ends when stdin closes."""
    os.nice(NICENESS)
    logs.configure()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    made = _made(read_settings())
    log.info("dump made", extra={"dump": made.dump.number, "changed": made.changed})


@contextmanager
def regularly(settings: Settings, look: float = LOOK) -> Iterator[None]:
    """Has a dump made whenever one is due, until the block ends.

    Each is made in a process of its own, so that no memory is kept for it and
    answers go before it.

    Args:
        settings: how often, and where the registry is.
        look: seconds between two looks at whether a dump is due.
    """
    stop = threading.Event()
    thread = threading.Thread(
        target=_look_after, args=(settings, stop, look), name="dumps", daemon=True
    )
    if settings.dumps.every:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if settings.dumps.every:
            thread.join()


def _look_after(settings: Settings, stop: threading.Event, look: float) -> None:
    wait = look
    while not stop.wait(wait):
        wait = look
        if _due(settings):
            # Files may all be as they were, and the dump then stays an old one.
            wait = settings.dumps.every * 3600 if _run(stop) else RETRY


def _due(settings: Settings) -> bool:
    registry = wiring.open_registry(settings)
    try:
        return registry.dump_is_due()
    finally:
        registry.close()


def _run(stop: threading.Event) -> bool:
    """Makes a dump and returns whether it was made; stops it with the server."""
    with subprocess.Popen(
        [sys.executable, "-m", "registry.cli.main", "dump-aside"],
        stdin=subprocess.PIPE,
    ) as process:
        while not stop.is_set():
            try:
                return process.wait(STOP) == 0
            except subprocess.TimeoutExpired:
                continue
        process.kill()
    return False


def _made(settings: Settings) -> Made:
    registry = wiring.open_registry(settings)
    try:
        return registry.dump()
    finally:
        registry.close()


def _end_with_parent() -> None:
    # Nothing is lost: what is half made is removed by the next one.
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)
