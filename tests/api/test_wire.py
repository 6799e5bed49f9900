import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from api.front import FRONT, Front, Taken, note_taken
from api.observing import Observed, Observer
from api.shelf import Kept, Shelf
from tests.listening import listening


@dataclass
class Inside:
    """An application whose answers are its state."""

    at: int = 0
    asked: int = 0
    shelf: Shelf = field(default_factory=lambda: Shelf(100_000))

    async def endpoint(self, request: Request) -> PlainTextResponse:
        self.asked += 1
        answer = PlainTextResponse(f"state {self.at}")
        kept = Kept(self.at, tuple(answer.raw_headers), bytes(answer.body))
        self.shelf.put(("/",), kept)
        note_taken(request.scope, Taken(("/",), kept, lambda: self.at))
        return answer


@contextmanager
def served(
    inside: Inside, *, trusting: bool = False, keep_alive: int = 5
) -> Iterator[Callable[[], socket.socket]]:
    """Serves by connections of ours; yields what connects to them."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, object]]:
        yield {FRONT: front}

    routes = [Route("/", inside.endpoint)]
    observer = Observer(lambda _: None)
    routed = Starlette(routes=routes, lifespan=lifespan)
    front = Front(routed, inside.shelf, observer, trusting=trusting)
    app = Observed(front, observer, trusting=trusting)
    with listening(app, keep_alive=keep_alive) as address:
        place = urlsplit(address)
        yield lambda: socket.create_connection((place.hostname, place.port), 10)


@dataclass
class Client:
    """Somebody who writes bytes and reads answers."""

    end: socket.socket
    rest: bytes = b""
    id: str = ""
    """Of the last answer."""

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.end.sendall(piece)

    def answer(self) -> str:
        """Returns the next answer, without what each has of its own."""
        while b"\r\n\r\n" not in self.rest:
            self._read()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        (length,) = re.findall(rb"content-length: (\d+)", head)
        while len(self.rest) < int(length):
            self._read()
        body, self.rest = self.rest[: int(length)], self.rest[int(length) :]
        self.id = "".join(re.findall(r"x-request-id: (\S+)", head.decode()))
        own = {b"date", b"x-request-id"}
        lines = sorted(n for n in head.split(b"\r\n") if n.split(b":")[0] not in own)
        return b"\n".join([*lines, body]).decode()

    def _read(self) -> None:
        data = self.end.recv(65536)
        assert data, "it was closed"
        self.rest += data

    def is_closed(self) -> bool:
        return not self.end.recv(1)


GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def inside() -> Inside:
    """An application that has not been asked anything."""
    return Inside()


@pytest.fixture
def client(inside: Inside) -> Iterator[Client]:
    """A client who is connected, and known for one request."""
    with served(inside) as connect, connect() as end:
        client = Client(end)
        for _ in range(2):
            client.send(GET)
            client.answer()
        yield client


def test_what_is_known_is_not_parsed(client: Client, inside: Inside) -> None:
    """The third and later ones get what the second got, on a connection that stays."""
    client.send(b"GET /other HTTP/1.1\r\nHost: x\r\n\r\n")
    other = client.answer()
    answers = set()
    for _ in range(3):
        client.send(GET)
        answers.add(client.answer())

    assert "404" in other
    (answer,) = answers
    assert answer.startswith("HTTP/1.1 200 OK")
    assert answer.endswith("state 0")
    assert inside.asked == 2


def test_a_change_is_seen_by_the_next_request(client: Client, inside: Inside) -> None:
    """Whoever asks after it gets what is there now."""
    found = []
    for state in range(1, 6):
        inside.at = state
        client.send(GET)
        found.append(client.answer()[-7:])

    assert found == [f"state {state}" for state in range(1, 6)]


@pytest.mark.parametrize(
    "pieces",
    [
        (GET * 5,),
        (GET, GET, GET, GET, GET),
        (GET + GET[:9], GET[9:] + GET, GET[:1], GET[1:] + GET),
        (GET[:-1], GET[-1:] + GET, GET * 3),
        (b"\r\n" + GET, GET, GET * 3),
    ],
)
def test_however_requests_are_cut(client: Client, pieces: tuple[bytes, ...]) -> None:
    """Each gets one answer, in turn, whether it came in a piece of its own or not."""
    client.send(*pieces)

    assert {client.answer() for _ in range(5)} == {client_answer(client)}


def client_answer(client: Client) -> str:
    client.send(GET)
    return client.answer()


def test_known_bytes_within_another_request_are_no_request(client: Client) -> None:
    """A body that looks like a request is a body."""
    client.send(
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(GET), GET
    )
    refused = client.answer()
    client.send(GET)

    assert "405" in refused
    assert client.answer().endswith("state 0")
    assert client.rest == b""


def test_the_end_is_the_server_s(client: Client) -> None:
    """A connection that is to be closed after the answer is."""
    client.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert client.answer().endswith("state 0")
    assert client.is_closed()


def test_what_is_no_http_is_refused(client: Client) -> None:
    """Also after what is known."""
    client.send(GET)
    client.answer()
    client.send(b"no request\r\n\r\n")

    assert "400" in client.answer()
    assert client.is_closed()


@pytest.mark.parametrize("trusting", [True, False])
def test_ids_of_a_proxy_are_given_back(inside: Inside, trusting: bool) -> None:
    """Requests that differ in nothing else are known, if the proxy is ours."""
    ids = [f"0123456789abcde{number}" for number in range(4)]
    found = []
    with served(inside, trusting=trusting) as connect, connect() as end:
        client = Client(end)
        for id in ids:
            client.send(b"GET / HTTP/1.1\r\nX-Request-Id: %b\r\n\r\n" % id.encode())
            client.answer()
            found.append(client.id)

    assert inside.asked == (2 if trusting else 4)
    assert (found == ids) is trusting


def test_a_client_is_let_go_only_when_it_is_silent(inside: Inside) -> None:
    """Every answer counts, also one that was known."""
    with served(inside, keep_alive=1) as connect, connect() as end:
        client = Client(end)
        began = time.monotonic()
        while time.monotonic() < began + 2.5:
            client.send(GET)
            client.answer()
        silent = time.monotonic()

        assert client.is_closed()
        assert 0.9 < time.monotonic() - silent < 5
        assert inside.asked == 2
