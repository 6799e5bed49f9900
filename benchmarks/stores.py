"""Fills graph stores by the commands that a user would give."""

import os
import subprocess
import sys
from pathlib import Path


def oxigraph() -> str:
    """Returns the path of the command line of Oxigraph, installed from PyPI."""
    return str(Path(sys.executable).with_name("oxigraph"))


def rebuild(data: Path) -> None:
    """Runs `registry rebuild` on a data directory."""
    subprocess.run(
        [sys.executable, "-m", "registry.cli.main", "rebuild"],
        env={**os.environ, "REGISTRY_DATA": str(data)},
        stderr=subprocess.DEVNULL,
        check=True,
    )


def load(store: Path, quads: Path) -> None:
    """Runs `oxigraph load` on a file of N-Quads."""
    subprocess.run(
        [oxigraph(), "load", f"--location={store}", f"--file={quads}"],
        stderr=subprocess.DEVNULL,
        check=True,
    )
