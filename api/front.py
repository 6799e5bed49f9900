"""Gives a kept answer at once to whoever sends the very same request again.

What stands between a request and its answer (hosts, sizes, headers, negotiation) goes
by the request alone. So one that is equal to an earlier one in its path and in all its
headers, byte for byte, gets the headers that the earlier one got, and the answer from
the shelf as long as it holds. Nothing is kept here but what leads to the shelf.
"""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.observing import note_route
from api.shelf import Kept, Shelf
from registry.errors import StorageUnavailable
from registry.storage import storing

MOST = 2048
"""Requests that are remembered."""
MARKS = 65_536
"""Requests of which it is known that they came once."""
LONGEST = 4096
"""Bytes of a request that is remembered."""

_TAKEN = "registry.taken"

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
        """Returns where that stands which answers are made from."""
        if not self._is_read:
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
    """

    key: Key
    turn: Turn
    source: Sequence[tuple[bytes, bytes]]
    status: int
    headers: Sequence[tuple[bytes, bytes]]


def is_asked_again(scope: Scope) -> bool:
    """Says whether the same request came before: its answer is worth keeping."""
    return _TAKEN in scope


def note_taken(scope: Scope, taken: Taken) -> None:
    """Notes that a request is answered from the shelf."""
    if _TAKEN in scope:
        scope[_TAKEN].append(taken)


class Front:
    """Answers requests that are known, and gets to know others.

    Args:
        app: what answers otherwise, and says by `note_taken` what it took.
        shelf: where answers are kept.
    """

    def __init__(self, app: ASGIApp, shelf: Shelf) -> None:
        self.app = app
        self._shelf = shelf
        self._known: dict[Key, _Known] = {}
        self._marks: set[int] = set()
        self._turns: dict[Callable[[], Hashable], Turn] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers from the shelf, or lets the application answer."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        name = (scope["path"], scope["query_string"], *scope["headers"])
        known = self._known.get(name)
        kept = self._still(known) if known else None
        if known is None or kept is None:
            if known or self._seen_before(name):
                await self._learn(name, scope, receive, send)
            else:
                await self.app(scope, receive, send)
            return
        note_route(scope, kept.route)
        body = kept.body if known.status == 200 else b""
        await send(
            {
                "type": "http.response.start",
                "status": known.status,
                "headers": known.headers,
            }
        )
        await send({"type": "http.response.body", "body": body})

    def _still(self, known: _Known) -> Kept | None:
        """Returns the very answer that was given before, if it still holds."""
        try:
            with storing():
                position = known.turn.position()
        except StorageUnavailable:
            return None  # the application asks as well, and says what is the matter
        kept = self._shelf.again(known.key, position)
        return kept if kept and kept.headers is known.source else None

    def _seen_before(self, name: Key) -> bool:
        """Notes a request; most that come once do not come again."""
        mark = hash(name)
        if mark in self._marks:
            return True
        if len(self._marks) >= MARKS:
            self._marks.clear()
        self._marks.add(mark)
        return False

    async def _learn(
        self, name: Key, scope: Scope, receive: Receive, send: Send
    ) -> None:
        found: list[Taken] = []
        start: Mapping[str, object] = {}

        async def watched(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            await send(message)

        await self.app({**scope, _TAKEN: found}, receive, watched)
        if found and _size(scope) <= LONGEST:
            self._remember(name, found[-1], start)

    def _remember(self, name: Key, taken: Taken, start: Mapping[str, object]) -> None:
        if len(self._known) >= MOST:
            self._known.clear()
        turn = self._turns.setdefault(taken.read, Turn(taken.read))
        status, headers = start["status"], start["headers"]
        assert isinstance(status, int)  # noqa: S101 - ASGI, "Response Start"
        assert isinstance(headers, list | tuple)  # noqa: S101 - the same
        source = taken.kept.headers
        self._known[name] = _Known(taken.key, turn, source, status, headers)


def _size(scope: Scope) -> int:
    headers = sum(len(name) + len(value) for name, value in scope["headers"])
    return len(scope["path"]) + len(scope["query_string"]) + headers
