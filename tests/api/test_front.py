import asyncio
import re
from collections.abc import Hashable, Iterator
from http import HTTPStatus

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.front import (
    LONGEST,
    MOST,
    WIRE,
    Front,
    Taken,
    Turn,
    is_asked_again,
    note_taken,
)
from api.observing import Noted, Observer
from api.shelf import Kept, Shelf
from registry.errors import StorageUnavailable

HEADERS = ((b"etag", b'"1"'), (b"content-length", b"1"))


class Inside:
    """What answers otherwise: it takes from the shelf, and adds a header."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.at = 0
        self.asked = 0
        self.again = 0
        self.away = False

    def position(self) -> Hashable:
        if self.away:
            raise StorageUnavailable("It is away.", "Няма го.")
        return self.at

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        self.asked += 1
        self.again += is_asked_again(scope)
        key = (scope["path"],)
        kept = self.shelf.take(key, self.at)
        if kept is None:
            kept = Kept(self.at, tuple(HEADERS), b"%d" % self.at, "/{name}")
            self.shelf.put(key, kept)
        note_taken(scope, Taken(key, kept, self.position))
        known = any(name == b"if-none-match" for name, _ in scope["headers"])
        headers = [*kept.headers, (b"x-added", b"1")]
        status = 304 if known else 200
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": b"" if known else kept.body})


class Reader:
    """Asks in one event loop, each time in a turn of its own, as a connection does."""

    def __init__(self, most: int = 100_000) -> None:
        self.shelf = Shelf(most)
        self.inside = Inside(self.shelf)
        self.noted: list[Noted] = []
        self.front = Front(self.inside, self.shelf, Observer(self.noted.append))
        self.runner = asyncio.Runner()

    def ask(
        self,
        path: str = "/a",
        method: str = "GET",
        version: str = "1.1",
        **headers: str,
    ) -> bytes:
        """Returns the answer as it is sent, but for its id."""
        named = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
        lines = b"".join(b"%b: %b\r\n" % header for header in named)
        request = b"%b %b HTTP/%b\r\n%b\r\n" % (
            *(text.encode() for text in (method, path, version)),
            lines,
        )
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "http_version": version,
            "headers": named,
            WIRE: request,
        }
        return self.runner.run(self._answer(request, scope))

    async def _answer(self, request: bytes, scope: Scope) -> bytes:
        known = self.front.answer(request, "", b"date: today\r\n")
        if known is not None:
            return re.sub(rb"x-request-id: [0-9a-f]{24}\r\n", b"", known)
        told: list[Message] = []

        async def send(message: Message) -> None:
            told.append(message)

        async def receive() -> Message:
            raise AssertionError("nothing is read")

        await self.front(scope, receive, send)
        headers = [*told[0]["headers"], (b"date", b"today")]
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        phrase = HTTPStatus(told[0]["status"]).phrase.encode()
        first = b"HTTP/1.1 %d %b\r\n" % (told[0]["status"], phrase)
        return b"%b%b\r\n%b" % (first, lines, told[1]["body"])


@pytest.fixture
def reader() -> Iterator[Reader]:
    """Somebody before a front with an empty shelf."""
    made = Reader()
    yield made
    made.runner.close()


def test_the_third_is_answered_without_asking(reader: Reader) -> None:
    """A request that came twice gets the same once more, headers and all."""
    first, second, third = (reader.ask() for _ in range(3))

    assert first == second == third
    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert first.endswith(b"\r\n\r\n0")
    assert (reader.inside.asked, reader.inside.again) == (2, 1)
    (noted,) = reader.noted
    assert noted._replace(seconds=0) == ("GET", "/{name}", 200, 0, 1)


def test_another_position_is_asked_for(reader: Reader) -> None:
    """As soon as what answers are made from has moved, an answer is made anew."""
    for _ in range(3):
        reader.ask()
    reader.inside.at = 1

    assert [reader.ask()[-1:] for _ in range(2)] == [b"1", b"1"]
    assert reader.inside.asked == 3


@pytest.mark.parametrize(
    "other", [{"path": "/b"}, {"accept": "text/turtle"}, {"method": "HEAD"}]
)
def test_another_request_is_asked_for(reader: Reader, other: dict[str, str]) -> None:
    """Only the very same request is known."""
    for _ in range(3):
        reader.ask()
    reader.ask(**other)

    assert reader.inside.asked == 3


def test_who_has_it_is_told_so(reader: Reader) -> None:
    """304 is remembered without a body."""
    answers = [reader.ask(if_none_match='"1"') for _ in range(3)]

    assert answers == [answers[0]] * 3
    assert answers[0].startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert answers[0].endswith(b"\r\n\r\n")
    assert reader.inside.asked == 2


@pytest.mark.parametrize(
    "one",
    [
        {"method": "HEAD"},
        {"version": "1.0"},
        {"connection": "close"},
        {"x_request_id": "4bf92f3577b34da6"},
    ],
)
def test_what_is_a_matter_of_one_request_is_not_remembered(
    reader: Reader, one: dict[str, str]
) -> None:
    """Nor is what the server has to do after the answer."""
    for _ in range(4):
        reader.ask(**one)

    assert reader.inside.asked == 4


def test_what_left_the_shelf_is_asked_for() -> None:
    """Nothing is kept here: an answer that had to make room is gone."""
    reader = Reader(most=0)
    for _ in range(4):
        reader.ask()
    reader.runner.close()

    assert reader.inside.asked == 4


def test_a_position_that_cannot_be_read_is_for_the_application(reader: Reader) -> None:
    """It is asked, as if nothing were known, and says what is the matter."""
    for _ in range(3):
        reader.ask()
    before = reader.inside.asked
    reader.inside.away = True

    reader.ask()

    assert reader.inside.asked == before + 1


def test_what_is_remembered_is_bounded(reader: Reader) -> None:
    """A long request is not remembered, and many make room for others."""
    for _ in range(3):
        reader.ask(accept="x" * LONGEST)
    for number in range(MOST + 1):
        reader.ask(f"/{number}")
        reader.ask(f"/{number}")
    before = reader.inside.asked
    reader.ask("/0")

    assert before == 3 + 2 * (MOST + 1)
    assert reader.inside.asked == before + 1


def test_a_position_is_read_once_a_turn() -> None:
    """Within a turn of the loop it is the same, and in the next it is read again."""
    numbers = iter(range(9))

    async def work() -> list[Hashable]:
        turn = Turn(lambda: next(numbers))
        first = [turn.position(), turn.position()]
        await asyncio.sleep(0)
        return [*first, turn.position()]

    assert asyncio.run(work()) == [0, 0, 1]


@pytest.mark.parametrize(
    ("lines", "rest", "id"),
    [
        ("X-Request-Id: 0123abcd", "", "0123abcd"),
        (
            "Accept: a\r\nx-request-id: 0123-abcd\r\nB: c",
            "Accept: a\r\nB: c",
            "0123-abcd",
        ),
        ("X-Request-Id: short", "X-Request-Id: short", ""),
        ("X-Request-Id: 0123abcd; b", "X-Request-Id: 0123abcd; b", ""),
        ("Not-X-Request-Id: 0123abcd", "Not-X-Request-Id: 0123abcd", ""),
        ("Accept: a", "Accept: a", ""),
    ],
)
def test_the_id_of_a_proxy_is_no_part_of_a_request(
    reader: Reader, lines: str, rest: str, id: str
) -> None:
    """It is taken out where a proxy is trusted, and only if it is well-formed."""
    trusting = Front(reader.inside, reader.shelf, Observer(print), trusting=True)
    request = _lines("GET / HTTP/1.1", lines)

    assert trusting.unnamed(request) == (_lines("GET / HTTP/1.1", rest), id)
    assert reader.front.unnamed(request) == (request, "")


def _lines(*lines: str) -> bytes:
    return ("\r\n".join(filter(None, lines)) + "\r\n\r\n").encode()
