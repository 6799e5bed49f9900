"""Foreign programs of tests, installed as a file pins them.

What is installed is kept in the virtual environment, under a name that changes
with the file.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest

CACHE = (Path(sys.prefix) / "cache").resolve()  # npm trips over links
PATIENCE = 300.0
"""Seconds that installing, or one run of a program, may take."""


def installed(pinned: Path, install: Callable[[Path], list[str]]) -> Path:
    """Returns a folder with what a file pins; it is there whole or not at all.

    Args:
        pinned: the file.
        install: gives the command that fills a folder.
    """
    digest = sha256(pinned.read_bytes()).hexdigest()[:16]
    kept = CACHE / f"{pinned.stem}-{digest}"
    if kept.exists():
        return kept
    CACHE.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=CACHE) as made:
        into = Path(made) / "whole"
        into.mkdir()
        ran = subprocess.run(
            install(into), capture_output=True, text=True, timeout=PATIENCE
        )
        if ran.returncode != 0:
            missing(f"{pinned.name} cannot be installed: {ran.stderr[-500:]}")
        try:
            into.rename(kept)
        except OSError:  # somebody else was faster
            assert kept.exists()
    return kept


def packages(requirements: Path) -> Path:
    """Returns a folder with packages of PyPI, and with nothing else.

    Args:
        requirements: pins every one of them with its hashes, and what is needed
            to build those that come as source.
    """
    return installed(
        requirements,
        lambda into: [
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet"),
            *("--target", str(into), "--no-deps", "--require-hashes"),
            *("--build-constraints", str(requirements)),
            *("--requirements", str(requirements)),
        ],
    )


def missing(reason: str) -> NoReturn:
    """Skips the test, or fails it where nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
