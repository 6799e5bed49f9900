"""`registry load` of the datasets with all that belongs to it, and a bare bulk load.

Ours reads the sources, checks every record against its shape, writes the journal,
and fills the graph store, the lists and the catalogue. That there is a registry to
load into is taken for granted: `registry init` is not counted.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import corpus, stores
from benchmarks.figures import Effort, Figure, Findings, in_turn

SHARE = 1 / 3
"""The least that is wanted of a bare load."""
LITTLE = "schemes/place-level.csv"
"""What is loaded where little will do."""

_OURS, _BARE = "registry load and rebuild", "oxigraph load"


def run(effort: Effort) -> list[Findings]:
    """Measures a load into an empty registry, and one of the same quads, in turn."""
    names = [] if effort.scale == 1 else [LITTLE]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _command(folder / "first", "init")
        _whole(folder / "first", names)
        quads = corpus.write(folder / "first", quads=folder / "all.nq")

        def rated(work: Callable[[Path], None], *before: str) -> float:
            with tempfile.TemporaryDirectory(dir=folder) as place:
                data = Path(place) / "data"
                for command in before:
                    _command(data, command)
                started = time.perf_counter()
                work(data)
                return quads / (time.perf_counter() - started)

        rounds = in_turn(
            {
                _OURS: lambda: rated(lambda data: _whole(data, names), "init"),
                _BARE: lambda: rated(lambda data: stores.load(data, folder / "all.nq")),
            },
            min(effort.repeats, 5),
        )
    return [
        Findings(
            f"Loading the datasets, {quads:,} quads",
            "quads/s",
            rounds.medians(),
            (Figure(f"{_OURS} : {_BARE}", rounds.ratio(_OURS, _BARE), SHARE),),
        )
    ]


def _whole(data: Path, names: list[str]) -> None:
    _command(data, "load", *names)
    stores.rebuild(data)


def _command(data: Path, *command: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "registry.cli.main", *command],
        check=True,
        capture_output=True,
        env={**os.environ, "REGISTRY_DATA": str(data)},
    )
