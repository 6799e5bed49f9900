"""Fetching what is harvested, safely: listed hosts, checked addresses, bounds.

Every connection goes to an address that was checked as it was resolved; every
redirect is a new fetch with the same checks; every read of a socket ends with
the deadline, and no body grows past its limit, packed or unpacked. No proxy, no
cookie and no password of the environment is used.
"""

import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ssl import SSLContext
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urldefrag, urljoin, urlsplit, urlunsplit

import httpcore

from registry.sources.addresses import Hosts, Target
from registry.sources.advice import FetchError

AGENT = "integration-registry"
"""How the registry calls itself where it harvests."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200
_REFUSED = 400

_KEPT = "/?:@!$&'()*+,;=~%-._"
"""What stands in a path or a query as it is, escapes among them (RFC 3986)."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much one harvest may fetch.

    Attributes:
        size: bytes of a document, unpacked.
        seconds: for a document, redirects included.
        total: seconds for everything.
        redirects: in a row.
        pages: documents.
    """

    size: int
    seconds: float
    total: float
    redirects: int
    pages: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as it was sent.

    Attributes:
        address: where it was found in the end.
        media_type: in lower case, without parameters.
    """

    address: str
    media_type: str
    body: bytes


class Fetcher:
    """Fetches documents for one harvest.

    Args:
        hosts: what may be fetched.
        limits: how much.
        clock: tells seconds.
    """

    def __init__(
        self,
        hosts: Hosts,
        limits: FetchLimits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits
        self._hosts = hosts
        self._clock = clock
        self._ends = clock() + limits.total
        self._network = _Network(hosts, clock)
        self._pool = httpcore.ConnectionPool(network_backend=self._network)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.close()

    def get(self, address: str, accept: str, media_types: Collection[str]) -> Fetched:
        """Fetches a document, following redirects.

        Args:
            address: where it is.
            accept: what is asked for.
            media_types: what is taken; the body of anything else is not read.

        Raises:
            FetchError: it cannot be had; the error says why.
        """
        self._network.until = min(self._ends, self._clock() + self.limits.seconds)
        for _ in range(self.limits.redirects + 1):
            address = urldefrag(address).url
            found = self._attempt(address, accept, media_types)
            if isinstance(found, Fetched):
                return found
            address = found
        raise FetchError("redirects", address)

    def probe(self, address: str) -> int:
        """Returns the status with which an address answers in the end.

        A server that does not like `HEAD` is asked again; no body is read.

        Raises:
            FetchError: it does not answer; the error says why.
        """
        self._network.until = min(self._ends, self._clock() + self.limits.seconds)
        status = self._status("HEAD", address)
        return status if status < _REFUSED else self._status("GET", address)

    def _status(self, method: str, address: str) -> int:
        for _ in range(self.limits.redirects + 1):
            address = urldefrag(address).url
            uri = _uri(address, self._hosts.admit(address))
            headers = {"Accept": "*/*", "User-Agent": AGENT}
            with self._answer(uri, headers, method) as answer:
                sent = _headers(answer.headers)
                if answer.status not in _REDIRECTS or "location" not in sent:
                    return answer.status
            address = urljoin(address, sent["location"])
        raise FetchError("redirects", address)

    def _attempt(
        self, address: str, accept: str, media_types: Collection[str]
    ) -> Fetched | str:
        """Returns the document, or the address that the server sends to."""
        uri = _uri(address, self._hosts.admit(address))
        headers = {"Accept": accept, "Accept-Encoding": "gzip", "User-Agent": AGENT}
        with self._answer(uri, headers) as answer:
            headers_in = _headers(answer.headers)
            if answer.status in _REDIRECTS and "location" in headers_in:
                return urljoin(address, headers_in["location"])
            if answer.status != _OK:
                raise FetchError("status", str(answer.status))
            media_type = headers_in.get("content-type", "").partition(";")[0]
            media_type = media_type.strip().lower()
            if media_type not in media_types:
                raise FetchError("not-rdf", media_type)
            body = self._body(answer, headers_in)
        return Fetched(address, media_type, body)

    @contextmanager
    def _answer(
        self, uri: str, headers: Mapping[str, str], method: str = "GET"
    ) -> Iterator[httpcore.Response]:
        sent = list(headers.items())
        try:
            with self._pool.stream(method, uri, headers=sent) as answer:
                yield answer
        except httpcore.TimeoutException as error:
            raise FetchError("deadline", uri) from error
        except (httpcore.ProtocolError, httpcore.ReadError) as error:
            raise FetchError("broken-answer", uri) from error
        except httpcore.NetworkError as error:
            raise FetchError("unreachable", uri) from error

    def _body(self, answer: httpcore.Response, headers: Mapping[str, str]) -> bytes:
        most = self.limits.size
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            raise FetchError("too-large", announced)
        encoding = headers.get("content-encoding", "identity").strip().lower()
        chunks = answer.iter_stream()
        if encoding == "gzip":
            return b"".join(_bounded(_unpacked(chunks, most), most))
        if encoding != "identity":
            raise FetchError("bad-encoding", encoding)
        return b"".join(_bounded(chunks, most))


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    return {name.decode().lower(): value.decode("latin-1") for name, value in pairs}


def _uri(address: str, found: Target) -> str:
    """Returns an IRI as the URI that is sent, its host as it was checked."""
    parts = urlsplit(address)
    host = f"[{found.host}]" if ":" in found.host else found.host
    path = quote(parts.path or "/", safe=_KEPT)
    query = quote(parts.query, safe=_KEPT)
    return urlunsplit((found.scheme, f"{host}:{found.port}", path, query, ""))


def _bounded(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise FetchError("too-large", f"> {most}")
        yield chunk


def _unpacked(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Unpacks gzip, never more than a byte past the limit at once."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        for chunk in chunks:
            yield unpacker.decompress(chunk, most + 1)
            # What is left would make the body longer than the limit.
            if unpacker.unconsumed_tail:
                raise FetchError("too-large", f"> {most}")
    except zlib.error as error:
        raise FetchError("bad-encoding", "gzip") from error
    if not unpacker.eof:
        raise FetchError("broken-answer", "gzip")


class _Network(httpcore.NetworkBackend):
    """Connects to checked addresses only, and reads until the deadline only."""

    def __init__(self, hosts: Hosts, clock: Callable[[], float]) -> None:
        self.until = 0.0
        self._hosts = hosts
        self._clock = clock
        self._system = httpcore.SyncBackend()

    def left(self) -> float:
        """Returns the seconds until the deadline."""
        left = self.until - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline alone counts
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = FetchError("unreachable", host)
        for address in self._hosts.addresses(host, port):
            try:
                stream = self._system.connect_tcp(
                    address, port, self.left(), local_address, socket_options
                )
            except httpcore.ConnectError as error:
                failure = error
            else:
                return _Stream(stream, self)
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait ends with the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, network: _Network) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - see above
        return self._stream.read(max_bytes, self._network.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - see above
        self._stream.write(buffer, self._network.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - see above
    ) -> httpcore.NetworkStream:
        left = self._network.left()
        secured = self._stream.start_tls(ssl_context, server_hostname, left)
        return _Stream(secured, self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
