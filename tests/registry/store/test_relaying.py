"""Answers that are none, of a SPARQL server that says what it is told to say."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from registry.errors import (
    EngineUnavailable,
    NotAcceptable,
    QueryMalformed,
    QueryRefused,
    QueryTimeout,
    RegistryError,
    ResultTooLarge,
)
from registry.store.relaying import serve
from tests.serving import free_port

JSON = "application/sparql-results+json"
BODY = (
    b'{"head":{"vars":["a"]},"results":{"bindings":['
    b'{"a":{"type":"literal","value":"x"}},{"a":{"type":"literal","value":"y"}}]}}'
)
TRIPLES = b'<x:a> <x:b> "c" .\n<x:a> <x:b> "d" .\n'
TRIPLES_TYPE = "application/n-triples"
SELECT = "SELECT ?a { ?a ?b ?c }"
CONSTRUCT = "CONSTRUCT WHERE { ?a ?b ?c }"


@contextmanager
def saying(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Listens, and gives each request the next of these answers.

    Yields:
        Its address, and the requests that it heard.
    """
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            for one in answers:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    heard.append(_request(connection))
                    connection.sendall(one)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return body


def told(
    body: bytes, *headers: str, status: str = "200 OK", media_type: str = JSON
) -> bytes:
    """Returns an answer with this body."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {media_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def asked(
    address: str, text: str, media_type: str = "text/csv", /, **more: Any
) -> bytes:
    """Puts a query to the server at an address."""
    request: dict[str, Any] = {
        "snapshot": "",
        "base": "http://example.org/",
        "text": text,
        "default_graphs": (),
        "named_graphs": (),
        "media_type": media_type,
        "rows": 100,
        "size": 10_000,
        "server": {"address": address, "dialect": "virtuoso"},
        **more,
    }
    try:
        return serve(json.dumps(request).encode())
    except RegistryError as error:
        # Its frames hold rows of the engine, which only this thread may let go.
        error.__cause__ = error.__context__ = None
        refused = error.with_traceback(None)
    raise refused


def test_whole_answer_is_written_as_asked() -> None:
    """Rows come as CSV, triples as such, a yes as XML, whatever was sent."""
    yes = b'{"head":{},"boolean":true}'
    triples = told(TRIPLES, media_type=TRIPLES_TYPE)
    with saying(told(BODY), triples, told(BODY), told(yes)) as (address, _):
        assert asked(address, SELECT) == b"a\r\nx\r\ny\r\n"
        assert asked(address, CONSTRUCT, TRIPLES_TYPE) == TRIPLES
        assert b"true" in asked(address, "ASK {}", "application/sparql-results+xml")


def test_query_goes_without_comments_and_with_its_base() -> None:
    """What one reader takes for a comment and another does not is not sent."""
    with saying(told(BODY)) as (address, heard):
        asked(address, "SELECT ?a # } SERVICE\n{ <x> ?b '#' }")

    assert heard == [
        b"query=BASE+%3Chttp%3A%2F%2Fexample.org%2F%3E%0ASELECT+%3Fa+%7B+%3Cx%3E+"
        b"%3Fb+%27%23%27+%7D"
    ]


CUT = [
    (told(BODY[:-20]), "JSON that ends too soon"),
    (told(BODY[:-2] + b"The SPARQL operation has been cancelled"), "oxigraph serve"),
    (told(BODY)[:-20], "fewer bytes than it said"),
    (
        b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\n\r\n" + BODY,
        "no end",
    ),
    (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: "
        + JSON.encode()
        + b"\r\n\r\n5\r\n"
        + BODY[:5],
        "no last chunk",
    ),
    (told(BODY, media_type="text/html"), "a page"),
    (told(b'{"head":{},"boolean":true}'), "a yes for rows"),
    (b"", "nothing at all"),
    (b"no HTTP\r\n\r\n", "another protocol"),
]


@pytest.mark.parametrize(("answer", "why"), CUT, ids=[why for _, why in CUT])
def test_answer_that_is_not_whole_is_none(answer: bytes, why: str) -> None:
    """What was cut short is an error, whatever its status says."""
    with saying(answer) as (address, _), pytest.raises(EngineUnavailable) as caught:
        asked(address, SELECT)

    assert caught.value.extra["reason"] == "cut", why


REFUSALS: list[tuple[bytes, type[RegistryError], object]] = [
    (told(BODY, "X-SPARQL-MaxRows: 2"), ResultTooLarge, ("rows", 2)),
    (told(BODY, "X-SQL-State: S1TAT"), QueryTimeout, ("engine", None)),
    (
        told(b"Virtuoso 42000 Error The estimated execution time", status="500 No"),
        QueryTimeout,
        ("engine", None),
    ),
    (
        told(b"Virtuoso S1T00 Error SR171: Transaction timed out", status="500 No"),
        QueryTimeout,
        ("engine", None),
    ),
    (told(b"no", status="400 Bad Request"), QueryRefused, ("engine", None)),
    (told(b"no", status="500 Failed"), EngineUnavailable, "failed"),
    (told(b"no", status="503 Busy"), EngineUnavailable, "away"),
    (told(b"no", status="429 Too Many"), EngineUnavailable, "away"),
    (told(b"no", status="401 Unauthorized"), EngineUnavailable, "denied"),
    (
        told(b"", "Location: http://127.0.0.1/", status="302 Found"),
        EngineUnavailable,
        "failed",
    ),
]


@pytest.mark.parametrize(("answer", "kind", "what"), REFUSALS)
def test_refusals_of_a_server_are_ours(
    answer: bytes, kind: type[RegistryError], what: object
) -> None:
    """A limit of the server, and its failures, are told in our words."""
    with saying(answer) as (address, _), pytest.raises(kind) as caught:
        asked(address, SELECT)

    extra = caught.value.extra
    reason = extra.get("reason") or (extra["rule"], extra.get("limit"))
    assert (type(caught.value), reason) == (kind, what)


def test_graph_at_the_limit_of_the_server_is_refused() -> None:
    """Where graphs are cut without a word, rows are asked whether so many come."""
    graph = told(TRIPLES, media_type=TRIPLES_TYPE)
    with saying(graph, told(BODY, "X-SPARQL-MaxRows: 2")) as (address, heard):
        with pytest.raises(ResultTooLarge) as caught:
            asked(address, CONSTRUCT, "text/turtle")

        assert b"LIMIT+2" in heard[1]
    assert caught.value.extra == {"rule": "rows", "limit": 2}


def test_our_own_limits_hold_as_well() -> None:
    """Rows and bytes beyond the limits of the registry are errors."""
    with saying(told(BODY), told(BODY), told(BODY)) as (address, _):
        for rule, limits in (
            ("rows", {"rows": 1}),
            ("bytes", {"size": 5}),
            ("bytes", {"size": 8}),
        ):
            with pytest.raises(ResultTooLarge) as caught:
                asked(address, SELECT, "text/csv", **limits)
            assert caught.value.extra["rule"] == rule


def test_server_that_is_away_is_told() -> None:
    """Where nobody listens the engine is unavailable."""
    with pytest.raises(EngineUnavailable) as caught:
        asked(f"http://127.0.0.1:{free_port()}", SELECT)

    assert caught.value.extra["reason"] == "away"


UNSENT: list[tuple[str, str, type[RegistryError]]] = [
    ("SELECT ?a { ?a ?b }", "text/csv", QueryMalformed),
    ("DEFINE get:soft 'replace' SELECT * {}", "text/csv", QueryRefused),
    ("SELECT (bif:http_get('x') AS ?a) {}", "text/csv", QueryMalformed),
    ("SELECT (<bif:http_get>('x') AS ?a) {}", "text/csv", QueryRefused),
    ("SELECT (<BIF:http_get>('x') AS ?a) {}", "text/csv", QueryRefused),
    ("PREFIX b: <bif:> SELECT (b:http_get('x') AS ?a) {}", "text/csv", QueryRefused),
    ("SELECT (<http://example.org/f>('x') AS ?a) {}", "text/csv", QueryRefused),
    ("PREFIX b: <bi> SELECT * { ?a b:f ?c }", "text/csv", QueryRefused),
    ("SELECT * { ?a <sql:x> ?c }", "text/csv", QueryRefused),
    (SELECT, "text/turtle", NotAcceptable),
    (CONSTRUCT, "text/csv", NotAcceptable),
]


@pytest.mark.parametrize(("text", "media_type", "kind"), UNSENT)
def test_what_is_refused_is_not_sent(
    text: str, media_type: str, kind: type[RegistryError]
) -> None:
    """Functions of one server, other languages and wrong forms never reach it."""
    with saying() as (address, heard):
        with pytest.raises(kind):
            asked(address, text, media_type)

        assert heard == []
