"""Headers that every answer carries, answers to CORS preflights, and `HEAD`.

**Source:** Fetch, section 3.2 (CORS); Content Security Policy Level 3.
"""

import re

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CLOSED = re.compile(
    r"/(?:[a-z]{2,3}(?:-[a-z]+)?/)?(?:account|desk|submissions)(?:/|\Z)"
)
"""Paths of what people do under their own name: no other site may read the answers."""

_OPEN: tuple[tuple[bytes, bytes], ...] = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Accept-Ranges, Content-Disposition, Content-Language, Content-Location, "
        b"Content-Profile, Content-Range, ETag, Link, Location, Preference-Applied, "
        b"Registry-Sequence, Registry-Total, Repr-Digest, Retry-After, X-Request-Id",
    ),
    (b"cross-origin-resource-policy", b"cross-origin"),
)

_ONLY_HERE: tuple[tuple[bytes, bytes], ...] = (
    (b"cross-origin-resource-policy", b"same-origin"),
)

_SECURE: tuple[tuple[bytes, bytes], ...] = (
    (b"strict-transport-security", b"max-age=31536000"),
)
"""Of a site over HTTPS: for a year, browsers do not ask without."""

_ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (
        b"content-security-policy",
        # Pico, the base of the style sheet, has its icons in it, as `data:`.
        b"default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        b"img-src 'self' data:; connect-src 'self'; form-action 'self'; "
        b"base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"accelerometer=(), browsing-topics=(), camera=(), display-capture=(), "
        b"geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
        b"payment=(), serial=(), usb=()",
    ),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-content-type-options", b"nosniff"),
)

_HEAD = "registry.head"

_PREFLIGHT: tuple[tuple[bytes, bytes], ...] = (
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    (
        b"access-control-allow-headers",
        b"Accept, Accept-Language, Accept-Profile, Content-Type, If-None-Match, "
        b"If-Range, Prefer, Range",
    ),
    (b"access-control-max-age", b"86400"),
    (b"vary", b"Access-Control-Request-Method"),
)


class PublicHeaders:
    """Opens public reads to every origin, without credentials; `HEAD` is `GET`.

    Pages are closed to frames, foreign hosts and whatever is written into them.

    Args:
        app: what answers.
        secure: whether the site is reached over HTTPS.
    """

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        secured = (*_ALWAYS, *_SECURE) if secure else _ALWAYS
        self._open = (*_OPEN, *secured)
        self._closed = (*_ONLY_HERE, *secured)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Adds the headers to the answer, or answers a preflight itself."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        closed = CLOSED.match(scope["path"])
        always = self._closed if closed else self._open
        if scope["method"] == "OPTIONS" and _is_preflight(scope):
            headers = [*always, *(() if closed else _PREFLIGHT)]
            await send(
                {"type": "http.response.start", "status": 204, "headers": headers}
            )
            await send({"type": "http.response.body", "body": b""})
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *always]
            await send(message)

        if scope["method"] == "HEAD":
            # The server leaves out the body; it goes by the scope it made.
            scope = {**scope, "method": "GET", _HEAD: True}
        await self.app(scope, receive, with_headers)


def asked_for_head(request: Request) -> bool:
    """Says whether the body will be left out, so that it need not be read."""
    return _HEAD in request.scope


def _is_preflight(scope: Scope) -> bool:
    return any(name == b"access-control-request-method" for name, _ in scope["headers"])
