"""What may be kept, for how long, and whether the reader already has it.

**Source:** RFC 9110, sections 8.8 (validators) and 13.1.2 (`If-None-Match`);
RFC 9111; RFC 8246 (`immutable`). `If-Modified-Since` is not evaluated: whole
seconds cannot tell apart two changes within one second.
"""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

IMMUTABLE = "public, max-age=31536000, immutable"
"""For what can never change: a version, the context, an asset by its digest."""

REVALIDATED = "public, no-cache"
"""For what changes: may be kept, but has to be asked for again each time."""

FRESH = "no-cache"
"""For an answer that an equal question need not get again."""

UNSTORED = "no-store"
"""For problems and for the state of the service."""

HEADER_CAP = 4096
"""Characters of `If-None-Match` that are read."""

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def etag(digest: str, extension: str, *parts: object) -> str:
    """Returns the strong tag of one representation of a content.

    Args:
        digest: of the content, in hexadecimal.
        extension: the format.
        parts: whatever else the bytes depend on: language, view, position.
    """
    return f'"{digest[:32]}-{"-".join((extension, *map(str, parts)))}"'


def etag_of(body: bytes) -> str:
    """Returns the strong tag of these bytes."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Says whether the reader already has the representation with this tag."""
    if if_none_match is None:
        return False
    if if_none_match == tag or if_none_match.strip() == "*":
        return True
    return tag in _TAG.findall(if_none_match[:HEADER_CAP])


@lru_cache(maxsize=1024)
def http_date(at: datetime) -> str:
    """Returns the moment as a header writes it, in whole seconds of GMT."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def respond(
    request: Request,
    body: bytes,
    headers: dict[str, str],
    *,
    cache: str = REVALIDATED,
) -> Response:
    """Returns 200 with the body, or 304 if the reader already has it.

    Args:
        request: what was asked.
        body: the whole representation.
        headers: with `Content-Type`; an `ETag` is added if it has none.
        cache: value of `Cache-Control`.
    """
    headers.setdefault("ETag", etag_of(body))
    headers["Cache-Control"] = cache
    if is_known(request.headers.get("if-none-match"), headers["ETag"]):
        return not_modified(headers)
    return Response(body, headers=headers)


def not_modified(headers: dict[str, str]) -> Response:
    """Returns 304 with the headers that the 200 would have had."""
    kept = {k: v for k, v in headers.items() if k.lower() != "content-type"}
    return Response(status_code=304, headers=kept)
