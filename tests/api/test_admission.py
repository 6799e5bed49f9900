import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from fastapi import FastAPI

from api.admission import BODY, HEADERS, LINES
from api.application import application
from registry.settings import SiteSettings
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.versions import BASE


def ask(
    app: FastAPI, headers: Sequence[tuple[bytes, bytes]], path: str = "/limits"
) -> tuple[int, bytes]:
    """Returns the status and the body for exactly these headers."""
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "scheme": "http",
    }
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    status, body = sent[0]["status"], sent[1]["body"]
    assert isinstance(status, int)
    assert isinstance(body, bytes)
    return status, body


@pytest.mark.parametrize(
    ("hosts", "status", "why"),
    [
        ((b"registry.example",), 200, "ours"),
        ((b"Registry.Example:8080",), 200, "ours, at another port"),
        ((b"evil.example",), 421, "another"),
        ((b"registry.example.evil.example",), 421, "one that begins like ours"),
        ((b"registry.example@evil.example",), 421, "no host at all"),
        ((b"192.0.2.1",), 421, "an address that is not in the settings"),
        ((b"127.0.0.1",), 200, "one that is"),
        ((b"",), 421, "an empty one"),
        ((), 400, "none"),
        ((b"registry.example", b"evil.example"), 400, "two"),
    ],
)
def test_hosts(app: FastAPI, hosts: tuple[bytes, ...], status: int, why: str) -> None:
    """Requests for other hosts are refused, and the refusal names ours alone."""
    found, body = ask(app, [(b"host", host) for host in hosts])

    assert found == status, why
    assert b"evil" not in body
    if status != 200:
        assert BASE.encode() in body


def test_further_hosts(sample: Sample) -> None:
    """Settings name other hosts, for health checks by address, or all of them."""
    statuses = []
    for hosts in ("127.0.0.1 [::1]", "*"):
        site = SiteSettings(base=BASE, hosts=hosts)
        settings = sample.settings.model_copy(update={"site": site})
        app = application(replace(sample, settings=settings), close=lambda: None)
        for host in (b"127.0.0.1:8000", b"[::1]:8000", b"evil.example"):
            statuses.append(ask(app, [(b"host", host)], "/health/live")[0])

    assert statuses == [200, 200, 421, 200, 200, 200]


HOST = (b"host", b"registry.example")


@pytest.mark.parametrize(
    ("headers", "status", "why"),
    [
        ([(b"x-a", b"a" * (HEADERS - 200))], 200, "just short enough"),
        ([(b"x-a", b"a" * HEADERS)], 431, "one long header"),
        ([(b"x-a", b"a")] * (LINES - 1), 200, "as many as there may be"),
        ([(b"x-a", b"a")] * LINES, 431, "one more"),
        ([(b"content-length", str(BODY + 1).encode())], 413, "a body too long"),
        ([(b"content-length", b"9" * 5000)], 413, "a length without end"),
    ],
)
def test_sizes(
    app: FastAPI, headers: list[tuple[bytes, bytes]], status: int, why: str
) -> None:
    """What is too large is refused before any route looks at it."""
    found, _ = ask(app, [HOST, *headers])

    assert found == status, why


def test_bodies_are_counted(client: Client) -> None:
    """A body without a length is read as far as the limit of its address alone."""
    answer = client.send(
        "POST",
        "/submissions",
        b"x" * (2 * 1024**2),
        content_type="application/ld+json",
        authorization="Bearer none",
    )

    assert answer.status_code in {401, 413}
