import asyncio
from dataclasses import replace

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from api.application import application
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.api.queries import InProcessQueries
from tests.versions import BASE


def test_health(client: Client, sample: Sample) -> None:
    """Health says how far everything is, and what waits for somebody."""
    answer = client.get("/health", accept="text/plain")

    tip = sample.journal.tip()[0]
    told = answer.json()
    assert set(told.pop("kept")) == {"answers", "bytes", "hits", "misses"}
    assert told.pop("disk")["free"] > 0
    assert told == {
        "live": True,
        "ready": True,
        "journal": tip,
        "published": tip,
        "lag": 0,
        "sandbox": "none",
        "queries": {"workers": 1, "alive": 1, "waiting": 0, "sandbox": "none"},
        "catalogue": {"sequence": tip, "lag": 0, "dump": 0},
        "dump": {"number": None, "at": None},
        "outbox": sample.mailer.waiting(),
    }
    assert answer.headers["cache-control"] == "no-store"


class Unpublished(InProcessQueries):
    """Workers that have nothing to ask, and are gone."""

    def health(self) -> dict[str, object]:
        return {**super().health(), "sequence": None, "alive": 0}


def test_parts_of_health(sample: Sample) -> None:
    """A process that lives but cannot answer queries says both, and why."""
    app = application(replace(sample, queries=Unpublished()), close=lambda: None)

    client = Client(app)
    live, ready, health = map(client.get, ("/health/live", "/health/ready", "/health"))
    client.close()

    assert (live.status_code, live.json()) == (200, {"live": True})
    assert ready.status_code == health.status_code == 503
    assert ready.json() == {"ready": False, "missing": ["published", "workers"]}
    assert (health.json()["ready"], health.json()["lag"]) == (False, None)


def ask(app: FastAPI, peer: str, headers: dict[str, str]) -> Response:
    """Returns the metrics as somebody at an address gets them."""

    async def asked() -> Response:
        transport = ASGITransport(app, client=(peer, 1))
        async with AsyncClient(transport=transport, base_url=BASE) as http:
            return await http.get("/metrics", headers=headers)

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("peer", "headers", "status", "why"),
    [
        ("127.0.0.1", {}, 200, "a monitor on the same machine"),
        ("::1", {}, 200, "the same in IPv6"),
        ("192.0.2.7", {}, 404, "anybody"),
        ("nobody", {}, 404, "not an address"),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404, "through a proxy"),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404, "through another"),
    ],
)
def test_metrics_are_for_monitors(
    app: FastAPI, peer: str, headers: dict[str, str], status: int, why: str
) -> None:
    """Others get what they get for any address that is not there."""
    answer = ask(app, peer, headers)

    assert answer.status_code == status, why
    if status == 404:
        assert answer.json()["type"] == f"{BASE}problems/not-found"
    else:
        assert "registry_journal_entries" in answer.text
