import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.whole import MOST
from tests.listening import listening

HELLO: Sequence[tuple[bytes, bytes]] = [
    (b"content-type", b"text/plain"),
    (b"content-length", b"5"),
]


def sending(*messages: Message, failing: bool = False) -> ASGIApp:
    """Returns an application that answers everything with the same messages."""

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        for message in messages:
            await send(message)
        if failing:
            raise LookupError("nobody expected this")

    return app


def start(*headers: tuple[bytes, bytes], status: int = 200) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def body(data: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}


def received(app: ASGIApp, *requests: bytes) -> bytes:
    """Returns what comes back until the connection ends, without dates."""
    with listening(app) as address:
        place = urlsplit(address)
        with socket.create_connection((place.hostname, place.port), 10) as end:
            whole = b""
            for request in requests:
                end.sendall(request)
                whole += end.recv(1 << 20)
            while piece := end.recv(1 << 20):
                whole += piece
    lines = whole.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.startswith(b"date:"))


def get(method: str = "GET", *, last: bool = False) -> bytes:
    end = "Connection: close\r\n" if last else ""
    return f"{method} / HTTP/1.1\r\nHost: a\r\n{end}\r\n".encode()


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n"
CLOSED = HEAD + b"connection: close\r\n\r\n"


def test_the_connection_stays() -> None:
    """After a small answer others follow, until the client wants no more."""
    app = sending(start(*HELLO), body(b"hello"))

    found = received(app, get(), get(), get(last=True))

    assert found == 2 * (HEAD + b"\r\nhello") + CLOSED + b"hello"


def test_head_and_body_are_one_piece() -> None:
    """A client that reads once has all of a small answer."""
    with listening(sending(start(*HELLO), body(b"hello"))) as address:
        place = urlsplit(address)
        with socket.create_connection((place.hostname, place.port), 10) as end:
            end.sendall(get())

            assert end.recv(1 << 20).endswith(b"\r\n\r\nhello")


def test_requests_sent_at_once_are_answered_in_turn() -> None:
    """Who does not wait for an answer before asking again gets all of them."""
    app = sending(start(*HELLO), body(b"hello"))

    found = received(app, 3 * get() + get(last=True))

    assert found == 3 * (HEAD + b"\r\nhello") + CLOSED + b"hello"


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        # in pieces
        (
            [start(*HELLO), body(b"hel", more=True), body(b"lo")],
            HEAD + b"\r\nhello",
        ),
        # of a length that is not told
        (
            [start(), body(b"hello")],
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
            b"5\r\nhello\r\n0\r\n\r\n",
        ),
        # without a body
        ([start(status=204), body(b"")], b"HTTP/1.1 204 No Content\r\n\r\n"),
    ],
)
def test_other_answers_are_uvicorn_s(messages: list[Message], expected: bytes) -> None:
    """What is not whole, or does not tell its length, is sent as before."""
    found = received(sending(*messages), get(), get(last=True))

    assert found.startswith(expected)


def test_large_bodies_are_not_copied() -> None:
    """A body that is longer than a piece arrives all the same."""
    data = b"x" * (MOST + 1)
    length = (b"content-length", b"%d" % len(data))

    found = received(sending(start(length), body(data)), get(last=True))

    assert found.endswith(b"\r\n\r\n" + data)


def test_head_is_sent_without_its_body() -> None:
    """`HEAD` gets the head that `GET` would."""
    app = sending(start(*HELLO), body(b"hello"))

    found = received(app, get("HEAD"), get("HEAD", last=True))

    assert found == HEAD + b"\r\n" + CLOSED


@pytest.mark.parametrize(
    "header",
    [
        (b"x", b"a\r\nset-cookie: b"),
        (b"x", b"a\n"),
        (b"x\r\ny", b"a"),
        (b"x", b"\x00"),
    ],
)
def test_no_header_makes_others(header: tuple[bytes, bytes]) -> None:
    """A header in which a line ends is never sent: there is no answer."""
    found = received(sending(start(*HELLO, header), body(b"hello")), get())

    assert found == b""


@pytest.mark.parametrize("failing", [True, False])
def test_an_answer_that_breaks_off_ends_the_connection(*, failing: bool) -> None:
    """A head after which no body comes is seen to be broken off."""
    app = sending(start(*HELLO), failing=failing)

    found = received(app, get())

    assert found == HEAD + b"\r\n"


def test_a_wrong_length_is_no_answer() -> None:
    """A body that is shorter than was told ends the connection."""
    app = sending(start(*HELLO), body(b"hell"))

    found = received(app, get())

    assert found == HEAD + b"\r\nhell"
