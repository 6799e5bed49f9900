import asyncio

from fastapi import FastAPI

from api.application import application
from tests.api.client import Client
from tests.api.conftest import Sample


def test_lifespan(sample: Sample) -> None:
    """What the application opened is closed once, when it ends."""
    closed = []
    app = application(sample, close=lambda: closed.append(True))

    with Client(app) as client:
        assert client.get("/health").status_code == 200
        assert closed == []

    assert closed == [True]


def test_parallel_readers(app: FastAPI) -> None:
    """Readers of different forms at one time each get their own answer."""
    accepts = ["application/ld+json", "text/turtle", "text/html", "application/json"]

    async def ask(accept: str) -> str:
        sent: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": "/doc/institution/centre",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"accept", accept.encode())],
            "scheme": "http",
        }
        await app(scope, receive, send)  # type: ignore[arg-type]
        headers = dict(sent[0]["headers"])  # type: ignore[call-overload]
        found: bytes = headers[b"content-type"]
        return found.decode().partition(";")[0]

    async def ask_all() -> list[str]:
        return await asyncio.gather(*(ask(accept) for accept in accepts * 10))

    assert asyncio.run(ask_all()) == accepts * 10
