"""Gives a kept answer at once to whoever sends the very same request again.

What stands between a request and its answer (parsing, hosts, sizes, headers,
negotiation) goes by the bytes of the request alone. So one that is equal to an earlier
one, byte for byte, gets the headers that the earlier one got, and the answer from the
shelf as long as it holds. Nothing is kept here but what leads to the shelf.

The application answers a request twice before it is known here; from then on
`api.wire` asks `Front.answer` before anything is parsed.
"""

import asyncio
import http
import re
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.observing import ID, Noted, Observer
from api.shelf import Kept, Shelf
from registry.errors import StorageUnavailable
from registry.storage import storing

MOST = 2048
"""Requests that are remembered."""
MARKS = 65_536
"""Requests of which it is known that they came once."""
LONGEST = 4096
"""Bytes of a request that is remembered."""

FRONT = "registry.front"
"""In the state of the server: what knows the requests that came before."""
WIRE = "registry.wire"
"""In a scope: the bytes of the whole request, if they came in one piece, `unnamed`."""
PEER = "registry.peer"
"""In a scope: the host at the other end of the connection, which may be a proxy."""
_NAMED = re.compile(rb"\r\nX-Request-Id: ([0-9A-Za-z-]{8,64})(?=\r\n)", re.IGNORECASE)
_TAKEN = "registry.taken"
_LENGTH = b"content-length"
_NOT_MODIFIED = 304

Key = tuple[Hashable, ...]


class Turn:
    """A position that is read once in a turn of the event loop.

    Whatever runs in the same turn has been waiting since before it was read, and so
    was sent before: nobody is given a position older than their own request.
    """

    def __init__(self, read: Callable[[], Hashable]) -> None:
        self._read = read
        self._is_read = False
        self._position: Hashable = None

    def position(self) -> Hashable:
        """Returns where that stands which answers are made from.

        Raises:
            StorageUnavailable: it cannot be read.
        """
        if not self._is_read:
            with storing():
                self._position = self._read()
            self._is_read = True
            asyncio.get_running_loop().call_soon(self._pass)
        return self._position

    def _pass(self) -> None:
        self._is_read = False


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer on the shelf, and where it lies there."""

    key: Key
    kept: Kept
    read: Callable[[], Hashable]


@dataclass(frozen=True, slots=True)
class _Known:
    """How a request was answered: from which place, and with which headers.

    `source` are the headers that lay on the shelf then; another answer has others.
    `head` is the beginning of the answer, but for what each answer has of its own.
    """

    key: Key
    turn: Turn
    source: Sequence[tuple[bytes, bytes]]
    status: int
    head: bytes

    @property
    def has_body(self) -> bool:
        return self.status != _NOT_MODIFIED


def is_asked_again(scope: Scope) -> bool:
    """Says whether the same request came before: its answer is worth keeping."""
    return _TAKEN in scope


def note_taken(scope: Scope, taken: Taken) -> None:
    """Notes that a request is answered from the shelf."""
    if _TAKEN in scope:
        scope[_TAKEN].append(taken)


class Front:
    """Gets to know requests, and answers those that are known.

    Args:
        app: what answers otherwise, and says by `note_taken` what it took.
        shelf: where answers are kept.
        observer: is told of what is answered here.
        trusting: whether a proxy of ours stands in front, which may give the id.
    """

    def __init__(
        self,
        app: ASGIApp,
        shelf: Shelf,
        observer: Observer,
        *,
        trusting: bool = False,
    ) -> None:
        self.app = app
        self._trusting = trusting
        self._shelf = shelf
        self._observer = observer
        self._known: dict[bytes, _Known] = {}
        self._marks: set[int] = set()
        self._turns: dict[Callable[[], Hashable], Turn] = {}

    def unnamed(self, request: bytes) -> tuple[bytes, str]:
        """Returns a request without the id that a proxy of ours gave it, and the id.

        Without it, one that is sent again has the same bytes.
        """
        found = _NAMED.search(request) if self._trusting else None
        if found is None:
            return request, ""
        return request[: found.start()] + request[found.end() :], found[1].decode()

    def knows(self, request: bytes) -> bool:
        """Says whether a request came before, so that there may be an answer."""
        return request in self._known

    def is_back(self, request: bytes) -> bool:
        """Notes a request, and says whether it came before; most come only once."""
        mark = hash(request)
        if mark in self._marks:
            return True
        if len(self._marks) >= MARKS:
            self._marks.clear()
        self._marks.add(mark)
        return False

    def answer(self, request: bytes, id: str, always: bytes) -> bytes | None:
        """Returns the answer to a request that is known, if it still holds.

        To be called in a later turn of the event loop than that in which the request
        was received: see `Turn`.

        Args:
            request: all of its bytes, without a body, as `unnamed` returns it.
            id: of the request, if it has one.
            always: lines that every answer has in its head, as those with the date.
        """
        begun = time.perf_counter()
        known = self._known.get(request)
        kept = self._still(known) if known else None
        if known is None or kept is None:
            return None
        body = kept.body if known.has_body else b""
        id = id or self._observer.ids.next()
        took = time.perf_counter() - begun
        self._observer.note(id, Noted("GET", kept.route, known.status, took, len(body)))
        own = b"%b: %b\r\n\r\n" % (ID, id.encode())
        return b"".join((known.head, always, own, body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the application answer, and learns how it answers what came before."""
        request = bytes_of(scope)
        if request is not None and (request in self._known or self.is_back(request)):
            await self._learn(request, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _still(self, known: _Known) -> Kept | None:
        """Returns the very answer that was given before, if it still holds."""
        try:
            position = known.turn.position()
        except StorageUnavailable:
            return None  # the application asks as well, and says what is the matter
        kept = self._shelf.again(known.key, position)
        return kept if kept and kept.headers is known.source else None

    async def _learn(
        self, request: bytes, scope: Scope, receive: Receive, send: Send
    ) -> None:
        found: list[Taken] = []
        start: Mapping[str, object] = {}

        async def watched(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            await send(message)

        await self.app({**scope, _TAKEN: found}, receive, watched)
        head = _head(start) if found else None
        if head is not None:
            self._remember(request, found[-1], *head)

    def _remember(self, request: bytes, taken: Taken, status: int, head: bytes) -> None:
        if len(self._known) >= MOST:
            self._known.clear()
        turn = self._turns.setdefault(taken.read, Turn(taken.read))
        source = taken.kept.headers
        self._known[request] = _Known(taken.key, turn, source, status, head)


def bytes_of(scope: Scope) -> bytes | None:
    """Returns the bytes of a request that may be remembered.

    None are those whose connection is to be closed after them, or that still have an
    id: see `Front.unnamed`.
    """
    request: bytes | None = scope.get(WIRE)
    if request is None or len(request) > LONGEST or scope["method"] != "GET":
        return None
    headers = scope["headers"]
    ends = any(n == b"connection" and v.lower() != b"keep-alive" for n, v in headers)
    named = any(name == ID for name, _ in headers) and ID in request.lower()
    return None if ends or named or scope["http_version"] != "1.1" else request


def _head(start: Mapping[str, object]) -> tuple[int, bytes] | None:
    """Returns the status and the head of an answer that ends where its length says.

    **Source:** RFC 9112, sections 4 and 6.3.
    """
    status, headers = start["status"], start["headers"]
    assert isinstance(status, int)  # noqa: S101 - ASGI, "Response Start"
    assert isinstance(headers, list | tuple)  # noqa: S101 - the same
    if status != _NOT_MODIFIED and not any(
        name.lower() == _LENGTH for name, _ in headers
    ):
        return None
    lines = b"".join(b"%b: %b\r\n" % header for header in headers)
    phrase = http.HTTPStatus(status).phrase.encode()
    return status, b"HTTP/1.1 %d %b\r\n%b" % (status, phrase, lines)
