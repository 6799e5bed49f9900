"""Fills graph stores by the commands that a user would give."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def oxigraph() -> str:
    """Returns the path of the command line of Oxigraph, installed from PyPI."""
    return str(Path(sys.executable).with_name("oxigraph"))


def rebuild(data: Path) -> None:
    """Runs `registry rebuild` on a data directory.

    Raises:
        RuntimeError: it was refused; the text is what it said.
    """
    _run(
        [sys.executable, "-m", "registry.cli.main", "rebuild"],
        {"REGISTRY_DATA": str(data)},
    )


def load(store: Path, quads: Path) -> None:
    """Runs `oxigraph load` on a file of N-Quads.

    Raises:
        RuntimeError: it was refused; the text is what it said.
    """
    _run([oxigraph(), "load", f"--location={store}", f"--file={quads}"], {})


def dump(store: Path, file: Path) -> None:
    """Runs `oxigraph dump` of the default graph, in the format of the file's name.

    Raises:
        RuntimeError: it was refused; the text is what it said.
    """
    command = ["dump", f"--location={store}", f"--file={file}", "--graph=default"]
    _run([oxigraph(), *command], {})


def _run(command: Sequence[str], environ: Mapping[str, str]) -> None:
    done = subprocess.run(
        command, env={**os.environ, **environ}, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr}")
