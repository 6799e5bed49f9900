"""What a benchmark finds: rates measured in turn, and the ratios between them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_SMALL = 0.1
"""Below this two digits say too little of a ratio."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a benchmark tries.

    Attributes:
        rounds: how often each server is put under load.
        warming: such rounds that do not count, so that caches are warm.
        seconds: length of one measurement under load.
        repeats: how often each command is run.
        connections: kept open by the load generator.
        scale: share of the full amount of data.
        triples: that those who hold as much as they are told to are filled with.
        keep: folder whose data are used again, `None` for data of each run alone.
    """

    rounds: int = 15
    warming: int = 1
    seconds: float = 1.0
    repeats: int = 3
    connections: int = 8
    scale: float = 1.0
    triples: int = 1_000_000
    keep: Path | None = None

    def sized(self, full: int) -> int:
        """Returns how much to take of what is `full` in a full run."""
        return max(1, round(full * self.scale))


FULL = Effort()
QUICK = Effort(rounds=1, warming=0, seconds=0.05, repeats=1, connections=2, scale=0.002)
"""Says nothing about speed; shows that a benchmark still runs."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One ratio, of what to what, and the least it should be if that is known."""

    text: str
    ratio: float
    wanted: float | None

    @property
    def verdict(self) -> str:
        """What was wanted, and whether it is met."""
        if self.wanted is None:
            return ""
        return f"wanted {self.wanted:.2f}: {'met' if self.met else 'MISSED'}"

    @property
    def met(self) -> bool:
        """Whether the ratio is what it should be."""
        return self.wanted is None or self.ratio >= self.wanted


@dataclass(frozen=True, slots=True)
class Findings:
    """The outcome of one benchmark.

    Attributes:
        title: what was measured, and on how much data.
        unit: of the rates.
        rates: median of each contender.
        figures: the ratios.
        notes: what a reader should know of this very run.
    """

    title: str
    unit: str
    rates: Mapping[str, float]
    figures: Sequence[Figure]
    notes: Sequence[str] = ()

    def __str__(self) -> str:
        width = max(
            len(name) for name in [*self.rates, *(f.text for f in self.figures)]
        )
        lines = [self.title, ""]
        lines += [
            f"  {name:<{width}}  {rate:>12,.0f} {self.unit}"
            for name, rate in self.rates.items()
        ]
        lines.append("")
        lines += [
            f"  {f.text:<{width}}  {_shown(f.ratio):>12}  {f.verdict}".rstrip()
            for f in self.figures
        ]
        lines += ["", *(f"  {note}" for note in self.notes)] if self.notes else []
        return "\n".join(lines)


def _shown(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= _SMALL else f"{ratio:.4f}"


@dataclass(frozen=True, slots=True)
class Rounds:
    """The rates of several contenders, who were measured in turn."""

    rates: Mapping[str, Sequence[float]]

    def medians(self) -> Mapping[str, float]:
        """Returns the median rate of each contender."""
        return {name: median(rates) for name, rates in self.rates.items()}

    def ratio(self, name: str, to: str) -> float:
        """Returns the median over the rounds of one rate divided by another.

        Dividing within a round cancels what slowed both of them down.
        """
        pairs = zip(self.rates[name], self.rates[to], strict=True)
        return median(ours / theirs for ours, theirs in pairs)


def in_turn(contenders: Mapping[str, Callable[[], float]], rounds: int) -> Rounds:
    """Measures every contender once a round.

    Every second round goes backwards, so that none always follows the same one.
    """
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name in list(contenders)[:: -1 if number % 2 else 1]:
            rates[name].append(contenders[name]())
    return Rounds(rates)
