"""Answers pages and documents from ready bytes, before any route is looked for.

Only what anybody may read is kept: a request with a cookie of ours, `Authorization`
or `Range` passes by, and so does every answer that is not a whole 200, `public`, and
without `Set-Cookie`. An answer holds as long as what it was made from stays where it
is. That position is read for each request; it is read again when an answer has been
made, which is kept only if nothing moved meanwhile. So nobody gets a page from before
a publication after it, not even while the lists or the catalogue still catch up.

**Source:** RFC 9110, section 12.5.5 (`Vary`); RFC 9111, section 4.1.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import compression, cookies
from api.caching import is_known
from api.front import Key, Taken, note_taken
from api.headers import asked_for_head
from api.observing import note_route, route_of
from api.shelf import Kept, Shelf
from api.site import Registry
from registry.ports import Clock

_PASSING = frozenset({b"authorization", b"range"})
_KNOWN = b"if-none-match"
_OF_A_BODY = frozenset({b"content-type", b"content-length", b"content-encoding"})

LONGEST = 2048
"""Characters of a path with its query, and of a header, that answers are kept for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What all answers below one first segment of a path depend on.

    Attributes:
        position: tells where everything is that they are made from; has to cost
            little, and to change whenever any of it does.
        varying: the request headers that they depend on, and what of each.
        apart: second segments of a path for which nothing is kept.
    """

    position: Callable[[], Hashable]
    varying: Mapping[bytes, Callable[[str], Hashable]]
    apart: Collection[str] = ()

    def covers(self, vary: str) -> bool:
        """Says whether an answer depends on no other headers than these."""
        named = (name.strip().lower().encode() for name in vary.split(","))
        return all(name in self.varying for name in named if name)


def rules(
    registry: Registry, tags: Collection[str], clock: Clock
) -> Mapping[str, Rule]:
    """Returns the rule for each first segment of a path that answers are kept for.

    Args:
        registry: what is shown.
        tags: of the languages of the pages.
        clock: tells the day, since pages say how long ago something was.
    """

    def shown() -> Hashable:
        return (
            registry.journal.tip(),
            registry.dumps.number(),
            registry.lists.state(),
            registry.catalogue.state(),
            clock().date(),
        )

    # Answers of the query page are as new as the store, and say how long they took.
    page = Rule(shown, {b"accept-encoding": _gzip}, apart=("sparql",))
    document = Rule(
        registry.journal.tip, {b"accept": _itself, b"accept-language": _itself}
    )
    return {**dict.fromkeys(tags, page), "doc": document}


def _gzip(accept_encoding: str) -> bool:
    return compression.encoding(accept_encoding, ("gzip",)) is not None


def _itself(header: str) -> str:
    return header


class Ready:
    """Gives kept answers, and keeps those that the application makes.

    Args:
        app: what answers otherwise; `HEAD` comes to it as `GET`.
        shelf: where answers are kept.
        rules: by the first segment of a path.
    """

    def __init__(self, app: ASGIApp, shelf: Shelf, rules: Mapping[str, Rule]) -> None:
        self.app = app
        self.shelf = shelf
        self.rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers from what is kept, or lets the application answer."""
        rule = self._rule(scope)
        key = _key(scope, rule) if rule else None
        if rule is None or key is None:
            await self.app(scope, receive, send)
            return
        position = rule.position()
        kept = self.shelf.take(key, position)
        lasts = kept is not None
        if kept is None:
            kept = await self._made(_unconditional(scope), receive, send, position)
            if kept is None:
                return
            lasts = _lasting(scope, kept, rule) and rule.position() == position
            if lasts:
                self.shelf.put(key, kept)
        if lasts:
            note_taken(scope, Taken(key, kept, rule.position))
        await _answer(scope, kept, send)

    def _rule(self, scope: Scope) -> Rule | None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        _, first, second, *_ = f"{scope['path']}//".split("/", 3)
        rule = self.rules.get(first)
        return None if rule is None or second in rule.apart else rule

    async def _made(
        self, scope: Scope, receive: Receive, send: Send, position: Hashable
    ) -> Kept | None:
        """Returns the application's answer, or `None` if that has been sent on."""
        listening = _Listening(send, position)
        await self.app(scope, receive, listening)
        kept = listening.kept
        return kept and replace(kept, route=route_of(scope))


class _Listening:
    """Holds back an answer that is a whole 200, and sends on any other."""

    def __init__(self, send: Send, position: Hashable) -> None:
        self.kept: Kept | None = None
        self._send = send
        self._position = position
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            if start["status"] == 200 and not message.get("more_body"):
                body = message.get("body", b"")
                self.kept = Kept(self._position, tuple(start["headers"]), body)
                return
            await self._send(start)
        await self._send(message)


def _key(scope: Scope, rule: Rule) -> Key | None:
    """Returns what names an answer, or `None` if none is to be kept."""
    if cookies.personal(scope):
        return None
    path, query = scope["path"], scope["query_string"]
    given: dict[bytes, str] = {}
    size = len(path) + len(query)
    for name, value in scope["headers"]:
        if name in _PASSING:
            return None
        if name in rule.varying and name not in given:  # as for who negotiates
            given[name] = value.decode("latin-1")
            size = max(size, len(value))
    if size > LONGEST:
        return None
    found = (taken(given.get(name, "")) for name, taken in rule.varying.items())
    return (path, query, *found)


def _unconditional(scope: Scope) -> Scope:
    """Returns the request for a whole answer, whatever the reader has."""
    headers = [header for header in scope["headers"] if header[0] != _KNOWN]
    return {**scope, "headers": headers}


def _lasting(scope: Scope, kept: Kept, rule: Rule) -> bool:
    """Says whether an answer may be given to others as well."""
    public = "public" in kept.header(b"cache-control").split(", ")
    personal = any(name == b"set-cookie" for name, _ in kept.headers)
    # Whoever leaves out the body may have had the answer made without.
    whole = not asked_for_head(Request(scope))
    varying = [v for name, v in kept.headers if name == b"vary"]
    return (
        public
        and not personal
        and whole
        and all(rule.covers(vary.decode("latin-1")) for vary in varying)
    )


async def _answer(scope: Scope, kept: Kept, send: Send) -> None:
    """Sends an answer, or 304 to a reader who has it."""
    note_route(scope, kept.route)
    status, headers, body = 200, list(kept.headers), kept.body
    known = next((v for name, v in scope["headers"] if name == _KNOWN), None)
    if known is not None and kept.tag and is_known(known.decode("latin-1"), kept.tag):
        status, body = 304, b""
        headers = [header for header in headers if header[0] not in _OF_A_BODY]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
