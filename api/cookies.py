"""The cookies: which there are, and how answers set them.

A session is in one, the form of somebody who is not logged in is bound to another.
Both are only for this host, out of reach of scripts, and sent with no request that
another site makes, but for links.

**Source:** RFC 6265bis, sections 4.1.3 (`__Host-`) and 5.5 (`SameSite`).
"""

from collections.abc import Mapping, MutableMapping
from typing import Any

from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESSION = "session"
"""The cookie of somebody who is logged in, without its prefix."""
VISIT = "visit"
"""The cookie to which forms are bound before anybody is logged in."""
PREFIX = "__Host-"
"""Of cookies that come over HTTPS alone."""
NAMES = frozenset({SESSION, VISIT, f"{PREFIX}{SESSION}", f"{PREFIX}{VISIT}"})
"""Every cookie: who sends one of them gets no answer that was made for others."""

_SESSIONS = frozenset({SESSION, f"{PREFIX}{SESSION}"})
_JAR = "registry.cookies"
_BOUND = (b"accept-encoding", b"if-none-match")
_UNSTORED = (b"cache-control", b"no-store")


def sent(scope: Scope) -> Mapping[str, str]:
    """Returns the cookies of a request."""
    header = b"; ".join(v for name, v in scope["headers"] if name == b"cookie")
    return cookie_parser(header.decode("latin-1")) if header else {}


def jar(scope: Scope) -> MutableMapping[str, str]:
    """Returns what the answer to a request will set, by name; empty removes one."""
    found: MutableMapping[str, str] = scope[_JAR]
    return found


def personal(scope: Scope) -> bool:
    """Says whether a request comes with one of our cookies."""
    return not NAMES.isdisjoint(sent(scope))


def signed_in(scope: Scope) -> bool:
    """Says whether a request comes with a session, good or not."""
    return not _SESSIONS.isdisjoint(sent(scope))


class Cookies:
    """Sets cookies, and keeps answers to those who have one from being kept.

    They are not compressed either: the length would tell of what is secret in them.

    Args:
        app: what answers.
        secure: whether the site is reached over HTTPS.
    """

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, and adds what is in the jar."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        made: dict[str, str] = {}
        own = personal(scope)
        inner: dict[str, Any] = {**scope, _JAR: made}
        if own:
            inner["headers"] = [h for h in scope["headers"] if h[0] not in _BOUND]

        async def with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start" and (own or made):
                kept = [h for h in message["headers"] if h[0] != b"cache-control"]
                cookies = [(b"set-cookie", self._line(*c)) for c in made.items()]
                message["headers"] = [*kept, _UNSTORED, *cookies]
            await send(message)

        await self.app(inner, receive, with_cookies)

    def _line(self, name: str, value: str) -> bytes:
        secure = "; Secure" if self._secure else ""
        gone = "" if value else "; Max-Age=0"
        return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{gone}".encode()
