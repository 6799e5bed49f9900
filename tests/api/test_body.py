import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.requests import Request

from api.body import ReaderLeft, fields, read, unless_left
from api.problems import ContentTooLarge, UnsupportedMediaType


class _Wire:
    """Hands out messages, counting them; after the last one it stays silent."""

    def __init__(self, messages: Iterable[dict[str, Any]], **headers: str) -> None:
        self.taken = 0
        self.messages = iter(messages)
        named = [(name.replace("_", "-"), v) for name, v in headers.items()]
        self.request = Request(
            {
                "type": "http",
                "method": "POST",
                "headers": [(n.encode(), v.encode()) for n, v in named],
            },
            self.receive,
        )

    async def receive(self) -> dict[str, Any]:
        for message in self.messages:
            self.taken += 1
            return message
        await asyncio.Event().wait()
        raise AssertionError("nothing sets the event")


def _parts(count: int) -> Iterable[dict[str, Any]]:
    for _ in range(count):
        yield {"type": "http.request", "body": b"x" * 10, "more_body": True}
    yield {"type": "http.request", "body": b"", "more_body": False}


def test_whole() -> None:
    """A body within the limit is returned whole."""
    assert asyncio.run(read(_Wire(_parts(3)).request, 30)) == b"x" * 30


def test_too_large() -> None:
    """Reading stops at the part that passes the limit, whatever would come."""
    wire = _Wire(_parts(1_000_000))

    with pytest.raises(ContentTooLarge) as refusal:
        asyncio.run(read(wire.request, 35))

    assert wire.taken == 4
    assert refusal.value.headers == {"Connection": "close"}


def test_fields() -> None:
    """A form is read with its empty fields; what is no UTF-8 harms nobody."""
    sent = b"text=%D0%B8+%FF&answer="
    wire = _Wire([{"type": "http.request", "body": sent, "more_body": False}])

    assert asyncio.run(fields(wire.request, 30)) == {"text": "и \ufffd", "answer": ""}


def test_fields_too_large() -> None:
    """A form is read up to the limit, as any other body is."""
    with pytest.raises(ContentTooLarge):
        asyncio.run(fields(_Wire(_parts(3)).request, 29))


def test_compressed() -> None:
    """A compressed body is refused before anything is read."""
    wire = _Wire(_parts(1), content_encoding="gzip")

    with pytest.raises(UnsupportedMediaType):
        asyncio.run(read(wire.request, 30))

    assert wire.taken == 0


def test_reader_stays() -> None:
    """What the job returns or raises comes through while the reader waits."""

    async def answer() -> str:
        return "answer"

    async def fail() -> str:
        raise LookupError

    assert asyncio.run(unless_left(_Wire([]).request, answer())) == "answer"
    with pytest.raises(LookupError):
        asyncio.run(unless_left(_Wire([]).request, fail()))


def test_reader_leaves() -> None:
    """The job is cancelled, and has ended, when the reader goes away."""
    ended = []

    async def job() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    wire = _Wire([{"type": "http.request"}, {"type": "http.disconnect"}])
    with pytest.raises(ReaderLeft):
        asyncio.run(unless_left(wire.request, job()))

    assert ended == [True]


def test_server_stops() -> None:
    """The job is cancelled with whoever waits for it."""
    ended = []

    async def job() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def stop() -> None:
        waiting = asyncio.ensure_future(unless_left(_Wire([]).request, job()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting], timeout=5)

    asyncio.run(stop())

    assert ended == [True]
