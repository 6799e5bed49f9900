"""The catalogue as a portal harvests it: whole, unchanged, and what has changed.

The whole is read over HTTP and compared with `oxigraph dump` of the same triples
into a file. Where a catalogue has changed, the cost of hearing of it should be that
of the changes, and not of the catalogue.
"""

import http.client
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import datasets, servers, stores
from benchmarks.datasets import CHANGED, Model
from benchmarks.figures import Effort, Figure, Findings, in_turn
from benchmarks.servers import HOST, Server

SIZES = (1_000, 10_000)
"""Datasets."""
CHANGES = 10
"""Datasets that change in each of them."""

HALF, FLAT, LITTLE = 0.5, 0.8, 5.0
"""The least that is wanted: share of the speed of a dump, share of the rate at the
smaller size, and bytes sent for each byte by which memory grows."""

_READ = 1 << 20
_UNCHANGED, _WHOLE, _SINCE = (
    "unchanged (304)",
    "whole (200)",
    f"{CHANGES} changes",
)
_DUMP = "oxigraph dump"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of a request, read to its end and thrown away."""

    status: int
    tag: str
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Case:
    """A catalogue and the server of it."""

    count: int
    server: Server
    repeats: int

    def get(self, path: str, tag: str = "") -> _Answer:
        """Asks for a path, if its tag is no longer that one."""
        with closing(http.client.HTTPConnection(HOST, self.server.port)) as connection:
            return self._ask(connection, path, tag)

    @staticmethod
    def _ask(connection: http.client.HTTPConnection, path: str, tag: str) -> _Answer:
        started = time.perf_counter()
        headers = {"If-None-Match": tag} if tag else {}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        size = 0
        while piece := answer.read(_READ):
            size += len(piece)
        took = time.perf_counter() - started
        return _Answer(answer.status, answer.headers["ETag"], size, took)

    def rate(self, path: str, tag: str = "") -> float:
        """Returns how often a second a path can be asked for, on one connection."""
        expected = http.HTTPStatus.NOT_MODIFIED if tag else http.HTTPStatus.OK
        with closing(http.client.HTTPConnection(HOST, self.server.port)) as connection:
            started = time.perf_counter()
            for _ in range(self.repeats):
                if self._ask(connection, path, tag).status != expected:
                    raise RuntimeError(f"{path} was not answered with {expected}")
            return self.repeats / (time.perf_counter() - started)


def run(effort: Effort) -> list[Findings]:
    """Measures the whole against a dump, then what little changes cost."""
    model = datasets.model()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = [
            _case(folder / str(size), model, effort.sized(size), effort)
            for size in SIZES
        ]
        datasets.write(folder / str(SIZES[-1]), model, folder / "all.nt")
        stores.load(folder / "store", folder / "all.nt")
        with servers.running(*(case.server for case in cases)) as pids:
            whole = _whole(cases[-1], model, pids[-1], folder, effort)
            return [whole, _little(cases, effort)]


def _case(data: Path, model: Model, count: int, effort: Effort) -> _Case:
    datasets.fill(data, model, count)
    datasets.change(data, model, min(CHANGES, count))
    repeats = max(1, round(50 * effort.seconds))
    return _Case(count, servers.registry(data), repeats)


def _whole(
    case: _Case, model: Model, pid: int, folder: Path, effort: Effort
) -> Findings:
    triples = model.distinct(case.count)

    def read() -> float:
        return triples / case.get("/catalog.ttl").seconds

    def dump() -> float:
        started = time.perf_counter()
        stores.dump(folder / "store", folder / "dump.ttl")
        return triples / (time.perf_counter() - started)

    case.get("/catalog.ttl?page=1")
    before = _resident(pid)
    size = case.get("/catalog.ttl").size
    grown = max(_peak(pid) - before, 1 << 20)  # less cannot be told from nothing
    ours = f"/catalog.ttl of {case.count:,} datasets"
    rounds = in_turn({ours: read, _DUMP: dump}, effort.repeats)
    return Findings(
        f"The whole catalogue over HTTP as Turtle, {size / 1e6:,.1f} MB",
        "triples/s",
        rounds.medians(),
        (
            Figure(f"{ours} : {_DUMP}", rounds.ratio(ours, _DUMP), HALF),
            Figure("bytes sent : bytes by which memory grew", size / grown, LITTLE),
        ),
        (
            f"the server had {before / 1e6:,.0f} MB before, and "
            f"{_peak(pid) / 1e6:,.0f} MB at most",
        ),
    )


def _little(cases: list[_Case], effort: Effort) -> Findings:
    """Measures an unchanged catalogue, a whole one, and a few changes."""
    since = f"/catalog.ttl?modified_since={CHANGED:%Y-%m-%dT%H:%M:%SZ}"
    contenders: dict[str, Callable[[], float]] = {}
    for case in cases:
        tag = case.get("/catalog.ttl").tag
        unchanged = partial(case.rate, "/catalog.ttl", tag)
        contenders[_named(_UNCHANGED, case)] = unchanged
        contenders[_named(_SINCE, case)] = partial(case.rate, since)
    largest = cases[-1]
    contenders[_named(_WHOLE, largest)] = lambda: (
        1 / largest.get("/catalog.ttl").seconds
    )
    rounds = in_turn(contenders, effort.repeats)
    return Findings(
        "What a harvester's visit costs",
        "answers/s",
        rounds.medians(),
        tuple(_compared(rounds.ratio, cases)),
    )


def _compared(ratio: Callable[[str, str], float], cases: list[_Case]) -> list[Figure]:
    small, large = cases[0], cases[-1]
    flat = [
        (_named(kind, large), _named(kind, small), FLAT)
        for kind in (_UNCHANGED, _SINCE)
    ]
    pairs = [
        *flat,
        (_named(_UNCHANGED, large), _named(_WHOLE, large), None),
        (_named(_SINCE, large), _named(_WHOLE, large), None),
    ]
    return [Figure(f"{one} : {to}", ratio(one, to), least) for one, to, least in pairs]


def _named(kind: str, case: _Case) -> str:
    return f"{kind}, {case.count:,} datasets"


def _status(pid: int) -> Mapping[str, int]:
    """Returns the sizes in bytes that the system tells of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    pairs = (line.partition(":") for line in lines if line.endswith(" kB"))
    return {name: int(value.split()[0]) * 1024 for name, _, value in pairs}


def _resident(pid: int) -> int:
    """Returns the memory of a process, from which on its peak is then counted."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return _status(pid)["VmRSS"]


def _peak(pid: int) -> int:
    return _status(pid)["VmHWM"]
