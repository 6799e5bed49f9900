"""What is noted of every request: a line in the log, and figures for `/metrics`.

Of the address only the pattern of the route is noted, and nothing of the query, the
headers, the body or who is asking.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry import logs

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""Stands for a method that nobody knows, and for an address without a route."""
LEFT = 499
"""Stands for the status where the reader left before there was one."""

ID = b"x-request-id"
"""The header with the id of a request."""
_WELL_FORMED = re.compile(rb"[0-9A-Za-z-]{8,64}\Z")
BEGUN = "registry.begun"
"""In a scope: the id of a request that was begun before it was parsed, and when."""
_SEEN = "registry.seen"
_AT_ONCE = 256


class Noted(NamedTuple):
    """One request, after it was answered.

    Attributes:
        method: one of `METHODS`, or `OTHER`.
        route: the pattern of the address, or `OTHER`.
        status: of the answer, or `LEFT`.
        seconds: from the request to the end of the answer.
        size: bytes of the body that were sent.
    """

    method: str
    route: str
    status: int
    seconds: float
    size: int


class Ids:
    """Random ids, for many of which the system is asked at once."""

    def __init__(self) -> None:
        self._left: Iterator[str] = iter(())

    def next(self) -> str:
        """Returns an id of 24 hexadecimal digits."""
        for id in self._left:
            return id
        digits = secrets.token_hex(12 * _AT_ONCE)
        self._left = iter([digits[i : i + 24] for i in range(0, len(digits), 24)])
        return self.next()


class Observer:
    """Notes requests, wherever they were answered.

    Args:
        count: is told of each.

    Attributes:
        ids: for those who bring none.
    """

    def __init__(self, count: Callable[[Noted], None]) -> None:
        self.ids = Ids()
        self._count = count
        self._lines: list[str] = []

    def note(self, id: str, noted: Noted) -> None:
        """Counts a request, and writes its line at the end of this turn of the loop."""
        self._count(noted)
        line = logs.line_of_answer(
            id,
            noted.method,
            noted.route,
            noted.status,
            seconds=noted.seconds,
            size=noted.size,
        )
        if line and not self._lines:
            asyncio.get_running_loop().call_soon(self._write)
        if line:
            self._lines.append(line)

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        logs.write(lines)


class Observed:
    """Gives each request an id, and notes what became of it.

    Args:
        app: what answers.
        observer: is told of each request.
        trusting: whether a proxy of ours stands in front, which may give the id.
    """

    def __init__(self, app: ASGIApp, observer: Observer, *, trusting: bool) -> None:
        self.app = app
        self._observer = observer
        self._trusting = trusting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers under an id that the log, the headers and failures name."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        id, begun = scope.get(BEGUN) or (self._id(scope), time.perf_counter())
        seen: dict[str, str] = {}
        status, size = LEFT, 0

        async def watched(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (ID, id.encode())]
                message = {**message, "headers": headers}
            size += len(message.get("body", b""))
            await send(message)

        token = logs.REQUEST.set(id)
        try:
            await self.app({**scope, _SEEN: seen}, receive, watched)
        finally:
            method = scope["method"] if scope["method"] in METHODS else OTHER
            took = time.perf_counter() - begun
            route = seen.get("route", OTHER)
            self._observer.note(id, Noted(method, route, status, took, size))
            logs.REQUEST.reset(token)

    def _id(self, scope: Scope) -> str:
        return self._given(scope) or self._observer.ids.next()

    def _given(self, scope: Scope) -> str:
        """Returns the id that a proxy of ours gave, if it is well-formed."""
        if not self._trusting:
            return ""
        found = next((v for name, v in scope["headers"] if name == ID), b"")
        return found.decode() if _WELL_FORMED.match(found) else ""


class Routed:
    """Notes which route answers; it stands directly in front of them.

    Args:
        app: the routes.
        routes: returns them all, once they are all there.
    """

    def __init__(self, app: ASGIApp, routes: Callable[[], Iterable[BaseRoute]]) -> None:
        self.app = app
        self._routes = routes
        self._plain: Mapping[int, str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, and notes the pattern of the route that did."""
        try:
            await self.app(scope, receive, send)
        finally:
            if "endpoint" in scope:
                note_route(scope, self._pattern(scope))

    def _pattern(self, scope: Scope) -> str:
        if self._plain is None:
            self._plain = dict(_plain(self._routes()))
        found = self._plain.get(id(scope["endpoint"]))
        return found or str(getattr(scope.get("route"), "path", OTHER))


def note_route(scope: Scope, pattern: str) -> None:
    """Notes the pattern of the address that is being answered."""
    if pattern and _SEEN in scope:
        scope[_SEEN]["route"] = pattern


def route_of(scope: Scope) -> str:
    """Returns the pattern that was noted, or an empty text."""
    found: str = scope.get(_SEEN, {}).get("route", "")
    return found


def _plain(routes: Iterable[BaseRoute], above: str = "") -> Iterator[tuple[int, str]]:
    """Yields endpoints and their patterns, where the framework does not tell."""
    for route in routes:
        if isinstance(route, Route) and not isinstance(route, APIRoute):
            yield id(route.endpoint), above + route.path
        elif isinstance(route, Mount):
            yield id(route.app), route.path
            yield from _plain(route.routes, route.path)
