"""The command `registry` and the one place where its errors are caught.

Exit status: 0 done, 1 refused, 2 wrong usage. Results go to stdout, progress
and messages to stderr.
"""

import logging
import sys

import typer
from rich.markup import escape

from registry.cli import (
    audit,
    backups,
    console,
    data,
    dumps,
    harvest,
    journal,
    people,
    projector,
    records,
    scores,
    server,
    tables,
    upkeep,
)
from registry.errors import RegistryError

log = logging.getLogger(__name__)

app = typer.Typer(
    name="registry",
    help="A linked open data registry for the integration of immigrants in Bulgaria.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain help needs no Markdown renderer, which takes long to import.
    rich_markup_mode=None,
)
for module in (
    audit,
    backups,
    data,
    dumps,
    harvest,
    journal,
    people,
    projector,
    records,
    scores,
    server,
    tables,
    upkeep,
):
    module.add_to(app)


def run() -> None:
    """Runs the command line and ends the process."""
    try:
        app()
    except RegistryError as error:
        console.refused(error)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has enough, as in `registry export | head`.
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:
        log.debug("command failed", exc_info=True)
        kind = type(error).__name__
        console.error.print(f"registry: {kind}: {escape(str(error))}")
        sys.exit(1)


if __name__ == "__main__":
    run()
