"""Commands of the registry, in processes that need not import it anew.

A server process imports the command line once and forks for each command, which so
has a process of its own but is there at once.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

_FORKING = get_context("forkserver")
_FORKING.set_forkserver_preload(["registry.cli.main"])


def run(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """Runs the command `registry` to its end, whatever its exit status."""
    with TemporaryDirectory() as folder:
        out, errors = Path(folder) / "out", Path(folder) / "errors"
        process = _FORKING.Process(
            target=_command, args=(arguments, dict(environment), out, errors)
        )
        process.start()
        process.join()
        status = process.exitcode
        assert status is not None
        process.close()
        return subprocess.CompletedProcess(
            arguments, status, out.read_text(), errors.read_text()
        )


def _command(
    arguments: Sequence[str], environment: Mapping[str, str], out: Path, errors: Path
) -> None:
    from registry.cli.main import run as command

    os.setsid()
    for path, number in ((out, 1), (errors, 2)):
        with path.open("w") as file:
            os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["registry", *arguments]
    command()
