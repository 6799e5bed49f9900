"""`registry rebuild` at three sizes, beside a bare bulk load of the same quads."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import corpus, stores
from benchmarks.figures import Effort, Figure, Findings, in_turn

SIZES = (100_000, 300_000, 1_000_000)
"""Quads, more or less: records are not cut."""
RATE = 50_000
"""The least that is wanted: quads a second."""
LINEAR = 0.8
"""The least rate that is wanted at one size, as a share of that at the size below."""

_BARE = "oxigraph load"


@dataclass(frozen=True, slots=True)
class _Case:
    """A journal, the quads it stands for in a file, and how many they are."""

    data: Path
    file: Path
    quads: int

    @property
    def name(self) -> str:
        return f"{self.quads:,} quads"

    def rebuild(self) -> float:
        """Returns quads per second from the start of the command to its end."""
        return self._rate(lambda: stores.rebuild(self.data))

    def load(self) -> float:
        """Returns the same for a bulk load into an empty store."""
        with tempfile.TemporaryDirectory(dir=self.data.parent) as store:
            return self._rate(lambda: stores.load(Path(store), self.file))

    def _rate(self, work: Callable[[], None]) -> float:
        started = time.perf_counter()
        work()
        return self.quads / (time.perf_counter() - started)


def run(effort: Effort) -> list[Findings]:
    """Measures rebuilding at every size, and a bulk load of the largest, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        cases = [
            _case(Path(folder) / str(size), effort.sized(size // corpus.QUADS))
            for size in SIZES
        ]
        contenders = {case.name: case.rebuild for case in cases}
        contenders[_BARE] = cases[-1].load
        rounds = in_turn(contenders, effort.repeats)
    small, middle, large = (case.name for case in cases)
    rates = rounds.medians()
    return [
        Findings(
            "registry rebuild as a command, and oxigraph load of the largest",
            "quads/s",
            rates,
            (
                Figure(f"{large} : {RATE:,} quads/s", rates[large] / RATE, 1.0),
                Figure(f"{middle} : {small}", rounds.ratio(middle, small), LINEAR),
                Figure(f"{large} : {middle}", rounds.ratio(large, middle), LINEAR),
                Figure(f"{large} : {_BARE}", rounds.ratio(large, _BARE), None),
            ),
        )
    ]


def _case(folder: Path, records: int) -> _Case:
    folder.mkdir()
    data, file = folder / "data", folder / "all.nq"
    corpus.fill(data, records)
    return _Case(data, file, corpus.write(data, quads=file))
