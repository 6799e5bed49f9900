"""Pages of the website over HTTP, against bare routes that have as much JSON.

The data are all that the registry comes with. There is one connection: what is
compared is how long one reader waits.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from urllib.request import urlopen

from benchmarks import servers
from benchmarks.contest import contest, plan
from benchmarks.figures import Effort, Figure, Findings
from benchmarks.load import Target

PAGES: Mapping[str, str] = MappingProxyType(
    {
        "home": "bg/",
        "find": "bg/find?kind=course",
        "find by words": "bg/find?q=kurs+bulgarski+haskovo",
        "institution": "bg/institution/sar",
        "place": "bg/place/bg422",
        "statistics": "bg/statistics",
        "table": "bg/table/unhcr-population",
        "catalogue": "bg/catalogue",
    }
)
"""Paths, by the name of the kind of page."""

FIFTH = 0.2
"""The least that is wanted of the bare route's rate."""

_OURS, _THEIRS = "page", "bare route"


def run(effort: Effort) -> list[Findings]:
    """Loads the datasets and measures pages that show them."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        for command in ("init", "load", "rebuild"):
            subprocess.run(
                [sys.executable, "-m", "registry.cli.main", command],
                check=True,
                capture_output=True,
                env={**os.environ, "REGISTRY_DATA": str(data)},
            )
        return compare(effort, data)


def compare(effort: Effort, data: Path) -> list[Findings]:
    """Measures the pages of a registry of the datasets, each in turn with its rival.

    Args:
        effort: how hard to try.
        data: the data directory, which is only read.
    """
    effort = replace(effort, connections=1)
    registry = servers.registry(data)
    with tempfile.TemporaryDirectory() as folder, servers.running(registry):
        for name, path in PAGES.items():
            (Path(folder) / _file(name)).write_bytes(_page(registry.port, path))
        bare = servers.bare_lines(Path(folder))
        with servers.running(bare):
            return [
                _one(name, effort, registry.port, bare.port, Path(folder))
                for name in PAGES
            ]


def _one(name: str, effort: Effort, port: int, bare: int, folder: Path) -> Findings:
    ours, theirs = Target(f"/{PAGES[name]}", "<h1"), Target(f"/{_file(name)}", "<h1")
    rounds, notes = contest(
        {
            _OURS: plan(effort, port, "text/html", [ours]),
            _THEIRS: plan(effort, bare, "application/json", [theirs]),
        },
        effort,
    )
    size = (folder / _file(name)).stat().st_size
    return Findings(
        f"{name}: a page of {size / 1024:,.0f} KB, and a route with as much JSON",
        "answers/s",
        rounds.medians(),
        (Figure(f"{name} : {_THEIRS}", rounds.ratio(_OURS, _THEIRS), FIFTH),),
        notes,
    )


def _file(name: str) -> str:
    return name.replace(" ", "-")


def _page(port: int, path: str) -> bytes:
    with urlopen(f"http://{servers.HOST}:{port}/{path}") as answer:
        page: bytes = answer.read()
    return page
