"""Figures that are handed in, checked and reported, against a bare read of the file.

The table has as many observations as the file, and is compared with it cell by cell.
The file with faults has one in every thousandth row; it is also given back with them.
"""

import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb

from benchmarks import corpus, cubes
from benchmarks.figures import Effort, Figure, Findings, in_turn
from registry import wiring
from registry.sandbox import Worker
from registry.statistics.code_names import CodeNames
from registry.table_uploads import TableUploads
from registry.wiring import Registry

ROWS = 100_000
EVERY = 1_000
"""Of so many rows one has a fault."""

TENTH = 0.1
"""The least that is wanted of the rate of a bare read."""

MEMORY = 2 * 1024**3
_KEY = "handed-in"
_BARE = "bare read by DuckDB"
_SOUND, _FAULTY = "checked and compared", "checked and refused, every fault listed"
_MARKED = "the same, and the file back with remarks"


def run(effort: Effort) -> list[Findings]:
    """Measures a sound file and one with faults in turn with a bare read."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        cubes.create(root / "data")
        cube = cubes.add(root / "data", _KEY, effort.sized(ROWS), root)
        sound, faulty = root / f"{_KEY}.csv", root / "faulty.csv"
        _spoil(sound, faulty)
        settings = corpus.settings(root / "data")
        with (
            closing(wiring.open_registry(settings)) as registry,
            Worker("registry.sheets.worker:serve", memory=MEMORY) as worker,
        ):
            uploads = _uploads(registry, worker)
            rows = cube.observations
            contenders = {
                _BARE: _timed(rows, lambda: _read(sound)),
                _SOUND: _timed(rows, lambda: _checked(uploads, sound)),
                _FAULTY: _timed(rows, lambda: _checked(uploads, faulty)),
                _MARKED: _timed(rows, lambda: _marked(uploads, faulty)),
            }
            _checked(uploads, sound)
            rounds = in_turn(contenders, effort.rounds)
    return [
        Findings(
            f"A file of {cube.observations:,} rows that is handed in for a table",
            "rows/s",
            rounds.medians(),
            tuple(
                Figure(f"{name} : {_BARE}", rounds.ratio(name, _BARE), TENTH)
                for name in (_SOUND, _FAULTY, _MARKED)
            ),
        )
    ]


def _uploads(registry: Registry, worker: Worker) -> TableUploads:
    return TableUploads(
        registry.journal,
        registry.iris,
        registry.tables,
        registry.blobs,
        registry.settings.data / "tables",
        worker,
        CodeNames(registry.journal),
    )


def _spoil(sound: Path, faulty: Path) -> None:
    with sound.open(encoding="utf-8") as source, faulty.open("w") as target:
        for number, line in enumerate(source):
            wrong = number and number % EVERY == 0
            target.write(f"{line.rstrip()}x\n" if wrong else line)


def _timed(rows: int, work: Callable[[], None]) -> Callable[[], float]:
    def rate() -> float:
        started = time.perf_counter()
        work()
        return rows / (time.perf_counter() - started)

    return rate


def _read(file: Path) -> None:
    with duckdb.connect() as engine:
        engine.execute(
            "CREATE TABLE t AS SELECT * FROM read_csv(?, all_varchar = true)",
            [str(file)],
        )


def _checked(uploads: TableUploads, file: Path) -> None:
    uploads.check(_KEY, file, part=False)


def _marked(uploads: TableUploads, file: Path) -> None:
    uploads.marked(file, uploads.check(_KEY, file, part=False), "bg")
