"""Pages of the website over HTTP, against bare routes that have as much JSON.

The data are all that the registry comes with. There is one connection: what is
compared is how long one reader waits. Each page is measured twice: as its second
reader gets it, from what is kept, and as its first one does, from a registry that
keeps nothing.
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

_KEPT, _MADE, _THEIRS = "kept page", "page made anew", "bare route"


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
    keeping, making = (servers.registry(data, keeping=kept) for kept in (True, False))
    with tempfile.TemporaryDirectory() as folder, servers.running(keeping, making):
        for name, path in PAGES.items():
            (Path(folder) / _file(name)).write_bytes(_page(making.port, path))
        bare = servers.bare_lines(Path(folder))
        with servers.running(bare):
            ports = {_KEPT: keeping.port, _MADE: making.port, _THEIRS: bare.port}
            return [_one(name, effort, ports, Path(folder)) for name in PAGES]


def _one(name: str, effort: Effort, ports: Mapping[str, int], folder: Path) -> Findings:
    page, theirs = Target(f"/{PAGES[name]}", "<h1"), Target(f"/{_file(name)}", "<h1")
    rounds, notes = contest(
        {
            _KEPT: plan(effort, ports[_KEPT], "text/html", [page]),
            _MADE: plan(effort, ports[_MADE], "text/html", [page]),
            _THEIRS: plan(effort, ports[_THEIRS], "application/json", [theirs]),
        },
        effort,
    )
    size = (folder / _file(name)).stat().st_size
    return Findings(
        f"{name}: a page of {size / 1024:,.0f} KB, and a route with as much JSON",
        "answers/s",
        rounds.medians(),
        [
            Figure(f"{name}, {ours} : {_THEIRS}", rounds.ratio(ours, _THEIRS), FIFTH)
            for ours in (_KEPT, _MADE)
        ],
        notes,
    )


def _file(name: str) -> str:
    return name.replace(" ", "-")


def _page(port: int, path: str) -> bytes:
    with urlopen(f"http://{servers.HOST}:{port}/{path}") as answer:
        page: bytes = answer.read()
    return page
