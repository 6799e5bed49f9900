"""Answers to readers who take them compressed.

Only what is public is compressed, so the length of an answer tells no secret.

**Source:** RFC 9110, sections 8.4 (`Content-Encoding`), 8.8.3.3 (validators of
encoded content) and 12.5.3 (`Accept-Encoding`).
"""

import zlib
from collections.abc import Collection
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from api import caching
from api.caching import HEADER_CAP, REVALIDATED

LEAST = 1024
"""Bytes from which compressing is worth its time."""

_LEVEL = 5
_GZIP = 16 + zlib.MAX_WBITS


def respond(
    request: Request,
    body: bytes,
    headers: dict[str, str],
    *,
    cache: str = REVALIDATED,
) -> Response:
    """Returns 200 with the body, in gzip for those who take it, or 304.

    Args:
        request: what was asked.
        body: the whole representation, as it is.
        headers: with `Content-Type`, and without `ETag` and `Content-Encoding`.
        cache: value of `Cache-Control`.
    """
    accepted = request.headers.get("accept-encoding", "")
    small = len(body) < LEAST or encoding(accepted, ("gzip",)) is None
    tag = caching.etag_of(body)
    headers["ETag"] = tag if small else f'{tag[:-1]}-gzip"'
    headers["Vary"] = ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))
    if not small and not caching.is_known(
        request.headers.get("if-none-match"), headers["ETag"]
    ):
        headers["Content-Encoding"] = "gzip"
        body = gzipped(body)
    return caching.respond(request, body, headers, cache=cache)


def gzipped(body: bytes) -> bytes:
    """Returns the bytes in gzip; equal bytes give equal ones."""
    deflating = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return deflating.compress(body) + deflating.flush()


def encoding(accept_encoding: str, offered: Collection[str]) -> str | None:
    """Returns the first encoding on offer that the reader takes, if there is one."""
    accepted = _accepted(accept_encoding[:HEADER_CAP])
    return next((name for name in offered if name in accepted), None)


@lru_cache(maxsize=256)
def _accepted(header: str) -> frozenset[str]:
    found = set()
    for member in header.lower().split(","):
        name, _, weight = member.partition(";")
        quality = weight.strip().removeprefix("q=") or "1"
        if quality.strip("0."):
            found.add(name.strip())
    return frozenset(found)
