"""What is counted for monitors, in the form of Prometheus.

Each application has its own counters: nothing is kept for the whole process.

**Source:** Prometheus, "Exposition formats" and "Metric and label naming".
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from math import inf

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from api.observing import Noted
from api.standing import Standing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, inf)
"""Of seconds; each is the most that is counted with it."""


class Meters:
    """Counts requests, and tells them together with how the registry is.

    Args:
        standing: returns the present state.
    """

    def __init__(self, standing: Callable[[], Standing]) -> None:
        self._registry = CollectorRegistry()
        self._requests = _Requests()
        self._registry.register(self._requests)
        self._registry.register(_State(standing))

    def count(self, noted: Noted) -> None:
        """Counts a request; to be called on one thread, that of the event loop."""
        self._requests.count(noted)

    def text(self) -> bytes:
        """Returns everything that is counted; reads a little of each file."""
        return generate_latest(self._registry)


class _Requests(Collector):
    """What is added up of requests.

    Counters of the library lock and check at each step, for threads and labels that
    there are not.
    """

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str, int], int] = defaultdict(int)
        self._within: dict[str, list[int]] = defaultdict(lambda: [0] * len(_BOUNDS))
        self._seconds: dict[str, float] = defaultdict(float)
        self._bytes = 0

    def count(self, noted: Noted) -> None:
        method, route, status, seconds, size = noted
        self._answers[method, route, status] += 1
        self._within[route][bisect_left(_BOUNDS, seconds)] += 1
        self._seconds[route] += seconds
        self._bytes += size

    def collect(self) -> Iterator[Metric]:
        answers = CounterMetricFamily(
            "registry_http_requests",
            "Requests that were answered.",
            labels=("method", "route", "status"),
        )
        for (method, route, status), number in list(self._answers.items()):
            answers.add_metric((method, route, str(status)), number)
        seconds = HistogramMetricFamily(
            "registry_http_request_seconds",
            "Seconds from a request to the end of its answer.",
            labels=("route",),
        )
        for route, within in list(self._within.items()):
            sums = zip(map(floatToGoString, _BOUNDS), accumulate(within), strict=True)
            seconds.add_metric((route,), list(sums), self._seconds[route])
        yield answers
        yield seconds
        yield CounterMetricFamily(
            "registry_http_response_bytes",
            "Bytes of bodies that were sent.",
            value=self._bytes,
        )


class _State(Collector):
    """What is read at the moment when it is asked for."""

    def __init__(self, standing: Callable[[], Standing]) -> None:
        self._standing = standing

    def collect(self) -> Iterator[Metric]:
        now = self._standing()
        yield _gauge("journal_entries", "Number of the newest entry.", now.tip)
        yield _gauge("ready", "Whether queries can be answered.", now.ready)
        if now.lag is not None:
            yield _gauge("graph_lag", "Entries that queries do not see yet.", now.lag)
        yield _gauge("catalogue_lag", "Entries not in the catalogue.", now.behind)
        yield _gauge("outbox_mails", "Mails that wait to be sent.", now.mails)
        yield _gauge("disk_free_bytes", "Free disk for the data.", now.free)
        if now.dump:
            made = now.dump[1].timestamp()
            yield _gauge("dump_seconds", "When the newest dump was made.", made)
        level = GaugeMetricFamily(
            "registry_sandbox_level", "How far workers are confined.", labels=["level"]
        )
        level.add_metric([str(now.queries["sandbox"])], 1)
        yield level
        yield from _kept(now.kept)
        yield from _queries(now.queries)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"registry_{name}", meaning, value=value)


def _kept(kept: Mapping[str, int]) -> Iterator[Metric]:
    yield _gauge("kept_answers", "Finished answers in memory.", kept["answers"])
    yield _gauge("kept_bytes", "Bytes of them.", kept["bytes"])
    for name in ("hits", "misses"):
        yield CounterMetricFamily(
            f"registry_kept_{name}",
            f"Requests for answers that may be kept: {name}.",
            value=kept[name],
        )


def _queries(pool: Mapping[str, object]) -> Iterator[Metric]:
    """Yields a figure for each number of the pool, and of each part of it."""
    flat = GaugeMetricFamily(
        "registry_queries", "The query workers, as in /health.", labels=["figure"]
    )
    for name, value in _numbers(pool):
        flat.add_metric([name], value)
    yield flat


def _numbers(found: Mapping[str, object], above: str = "") -> Iterator[tuple[str, int]]:
    for name, value in found.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{above}{name}_")
        elif isinstance(value, int):
            yield f"{above}{name}", value
