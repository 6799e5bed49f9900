from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families

from api.meters import Meters
from api.observing import Noted
from api.standing import Standing
from registry.ports import Position

NOW = Standing(
    tip=12,
    published=10,
    queries={
        "workers": 2,
        "alive": 1,
        "long": {"running": 1},
        "stopped": {"deadline": 3},
        "sandbox": "seccomp",
    },
    catalogue=Position(9, 1),
    kept={"answers": 4, "bytes": 5, "hits": 6, "misses": 7},
    mails=8,
    dump=(1, datetime(2026, 1, 1, tzinfo=UTC)),
    free=99,
)


def figures(meters: Meters) -> dict[tuple[str, ...], float]:
    """Returns what a monitor reads: values by name and labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(meters.text().decode())
        for sample in family.samples
    }


def test_state_is_told() -> None:
    """A monitor reads how far everything is, and what stands in the pool."""
    told = figures(Meters(lambda: NOW))

    expected = {
        ("registry_journal_entries",): 12,
        ("registry_graph_lag",): 2,
        ("registry_catalogue_lag",): 3,
        ("registry_outbox_mails",): 8,
        ("registry_disk_free_bytes",): 99,
        ("registry_dump_seconds",): datetime(2026, 1, 1, tzinfo=UTC).timestamp(),
        ("registry_sandbox_level", "seccomp"): 1,
        ("registry_kept_hits_total",): 6,
        ("registry_queries", "long_running"): 1,
        ("registry_queries", "stopped_deadline"): 3,
    }
    assert expected.items() <= told.items()


def test_requests_are_counted() -> None:
    """By method, route and status, and in seconds by route."""
    meters = Meters(lambda: NOW)

    for seconds in (0.004, 0.2):
        meters.count(Noted("GET", "/records", 200, seconds, 100))

    told = figures(meters)
    assert told["registry_http_requests_total", "GET", "/records", "200"] == 2
    assert told["registry_http_request_seconds_bucket", "0.005", "/records"] == 1
    assert told["registry_http_request_seconds_count", "/records"] == 2
    assert told["registry_http_response_bytes_total",] == 200
