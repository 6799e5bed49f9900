"""Requests to a SPARQL server, and what became of them.

Whatever goes wrong with it is an `EngineUnavailable`, so that nobody takes the state
of a server of ours for an answer.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from registry.errors import EngineUnavailable
from registry.store.dialects import Server

log = logging.getLogger(__name__)

ROWS = "application/sparql-results+json"
TRIPLES = "application/n-triples"
"""The forms in which answers are asked for: one cut short cannot be read in either,
or shows by what the server says beside it."""

CONNECT = 5.0
"""Seconds within which a connection has to stand."""

_AGENT = "integration-registry"
_MISSING = 404


def client(server: Server, seconds: float) -> httpx.Client:
    """Returns a client for a server, which follows no redirect and uses no proxy.

    Args:
        server: what is asked, and who asks.
        seconds: that it may be silent.
    """
    headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity"}
    auth: httpx.Auth | None = None
    login = server.differing.login
    if login == "bearer" and server.password:
        headers["Authorization"] = f"Bearer {server.password}"
    elif server.user:
        made = httpx.DigestAuth if login == "digest" else httpx.BasicAuth
        auth = made(server.user, server.password)
    return httpx.Client(
        auth=auth,
        headers=headers,
        timeout=httpx.Timeout(seconds, connect=CONNECT),
        trust_env=False,
        # A kept connection may have been closed at the other end meanwhile.
        limits=httpx.Limits(max_keepalive_connections=0),
    )


def parameters(
    default_graphs: tuple[str, ...], named_graphs: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Returns the fields that say which graphs a query is about."""
    return [
        *(("default-graph-uri", iri) for iri in default_graphs),
        *(("named-graph-uri", iri) for iri in named_graphs),
    ]


@contextmanager
def failures_named() -> Iterator[None]:
    """Turns what may happen on the way into an error of ours.

    Raises:
        EngineUnavailable: `extra["reason"]` is `away` or `cut`.
    """
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise unavailable("away") from error
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError) as error:
        raise unavailable("cut") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise unavailable("away") from error


def body(response: httpx.Response, most: int, full: Callable[[], Exception]) -> bytes:
    """Reads a whole body.

    Args:
        response: not read yet.
        most: bytes that it may have.
        full: makes the error for one that has more.

    Raises:
        EngineUnavailable: its end is not marked, so that nobody can tell whether it
            was reached.
    """
    framed = "content-length" in response.headers or (
        "chunked" in response.headers.get("transfer-encoding", "")
    )
    if not framed:
        raise unavailable("cut")
    pieces = bytearray()
    for piece in response.iter_bytes():
        pieces += piece
        if len(pieces) > most:
            raise full()
    return bytes(pieces)


def check(response: httpx.Response, *, missing: bool = False) -> None:
    """Reads what the server says of a change.

    Args:
        response: its answer.
        missing: whether what was to be changed need not exist.

    Raises:
        EngineUnavailable: it was not made.
    """
    if response.is_success or (missing and response.status_code == _MISSING):
        return
    # Not its words: some servers repeat what they were sent.
    log.error("refused by SPARQL server", extra={"status": response.status_code})
    raise unavailable(_reason(response.status_code))


def _reason(status: int) -> str:
    return {401: "denied", 403: "denied", 429: "away", 502: "away", 503: "away"}.get(
        status, "refused"
    )


def unavailable(reason: str) -> EngineUnavailable:
    """Returns the error for what is the matter with a server."""
    english, bulgarian = _REASONS[reason]
    return EngineUnavailable(english, bulgarian, extra={"reason": reason})


_REASONS = {
    "away": (
        "The SPARQL server behind this registry cannot be reached at the moment.",
        "SPARQL сървърът зад този регистър е недостъпен в момента.",
    ),
    "cut": (
        "The SPARQL server behind this registry broke off its answer.",
        "SPARQL сървърът зад този регистър прекъсна отговора си.",
    ),
    "denied": (
        "The SPARQL server behind this registry does not let it in.",
        "SPARQL сървърът зад този регистър му отказва достъп.",
    ),
    "refused": (
        "The SPARQL server behind this registry does not do what it was asked.",
        "SPARQL сървърът зад този регистър не изпълнява поисканото.",
    ),
    "failed": (
        "The query engine gave up on the query.",
        "Машината за заявки не успя да изпълни заявката.",
    ),
}
