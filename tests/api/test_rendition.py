import asyncio
from collections.abc import Iterator

import pytest
from starlette.responses import StreamingResponse
from starlette.types import Message

from api.rendition import LARGE, content_type, sent
from api.slicing import CSV, SDMX_CSV, XLSX
from registry.statistics.labels import Shown


def _received(pieces: Iterator[bytes], messages: list[Message]) -> None:
    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    response = sent(pieces, {"Content-Type": "text/csv"})
    scope = {"type": "http", "asgi": {"spec_version": "2.4"}}
    asyncio.run(response(scope, receive, send))


def test_small() -> None:
    """A small answer is sent whole, with its length."""
    messages: list[Message] = []

    _received(iter([b"a", b"", b"b"]), messages)

    assert (b"content-length", b"2") in messages[0]["headers"]
    assert messages[1]["body"] == b"ab"


def test_large() -> None:
    """A large answer goes on after an empty piece, and ends with its mark."""
    messages: list[Message] = []

    _received(iter([b"x" * LARGE, b"y", b"", b"z"]), messages)

    assert b"".join(m["body"] for m in messages[1:]) == b"x" * LARGE + b"yz"
    assert messages[-1] == {
        "type": "http.response.body",
        "body": b"",
        "more_body": False,
    }


def test_failure_on_the_way() -> None:
    """An answer that fails on the way never gets its end mark."""

    def failing() -> Iterator[bytes]:
        yield b"x" * (LARGE + 1)
        raise RuntimeError("the disk is gone")

    messages: list[Message] = []

    with pytest.raises(RuntimeError, match="disk"):
        _received(failing(), messages)

    assert [message["type"] for message in messages] == [
        "http.response.start",
        "http.response.body",
    ]
    assert messages[-1]["more_body"] is True


def test_failure_at_the_start() -> None:
    """A failure before anything is sent can still become a problem document."""

    def failing() -> Iterator[bytes]:
        yield b"x"
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError, match="disk"):
        sent(failing(), {})


def test_streams_are_not_cut() -> None:
    """Only what is large is streamed."""
    assert isinstance(sent(iter([b"x" * (LARGE + 1)]), {}), StreamingResponse)
    assert not isinstance(sent(iter([b"x" * LARGE]), {}), StreamingResponse)


def test_content_type() -> None:
    """Media types say what the standards have parameters for."""
    assert content_type(CSV, Shown.BOTH) == "text/csv; charset=utf-8; header=present"
    assert content_type(SDMX_CSV, Shown.BULGARIAN) == (
        "application/vnd.sdmx.data+csv; version=2.0.0; labels=name; charset=utf-8"
    )
    assert content_type(XLSX, Shown.CODES) == XLSX.media_type
