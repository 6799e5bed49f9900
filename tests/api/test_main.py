import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import rdflib
import uvicorn
from rdflib.compare import to_isomorphic
from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

from api.main import create_app
from registry import wiring
from registry.errors import Misconfigured
from registry.settings import EngineSettings, Settings, SiteSettings
from tests.api.conftest import fill

BOUND = 30.0
"""Seconds that anything here may take."""


class _Server(uvicorn.Server):
    """Says when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def _served(settings: Settings, listener: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(
        lambda: create_app(settings),
        factory=True,
        log_config=None,
        http="api.wire:Connection",
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        assert server.ready.wait(BOUND)
        yield
    finally:
        server.should_exit = True
        thread.join(BOUND)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base of a whole registry: journal, store, query workers, uvicorn."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        settings = Settings(
            data=tmp_path_factory.mktemp("registry"),
            site=SiteSettings(base=base),
            engine=EngineSettings(workers=1),
        )
        wiring.create(settings)
        with wiring.writer(settings) as writer:
            fill(writer.journal)
            writer.catch_up()
            writer.graphs.publish()
        with _served(settings, listener):
            yield base


# rdflib's own parsers still use what rdflib deprecates.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_rdf_library(base: str) -> None:
    """An RDF library follows a thing to its triples, whatever format it asks for."""
    thing = f"{base}id/institution/centre"

    found = [
        rdflib.Graph().parse(thing),
        rdflib.Graph().parse(thing, format="json-ld"),  # which fetches the context
        rdflib.Graph().parse(thing, format="turtle"),
        rdflib.Graph().parse(thing, format="nt"),
        rdflib.Graph().parse(thing, format="n3"),
        rdflib.Graph().parse(thing, format="xml"),
    ]

    subject = rdflib.URIRef(thing)
    assert (subject, rdflib.RDF.type, rdflib.ORG.Organization) in found[0]
    assert len({frozenset(to_isomorphic(graph)) for graph in found}) == 1


def test_researcher(base: str) -> None:
    """SPARQLWrapper gets rows and graphs, by GET and by POST."""
    client = SPARQLWrapper(f"{base}sparql")
    client.setQuery(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?name WHERE "
        '{ <id/institution/centre> skos:prefLabel ?name FILTER(LANG(?name) = "bg") }'
    )
    name = "Център „А & Б“"

    def asked(format_: str) -> Any:
        client.setReturnFormat(format_)
        return client.queryAndConvert()

    by_get = asked(JSON)
    client.setMethod(POST)
    by_post = asked(XML)
    table = asked(CSV)
    client.setQuery("CONSTRUCT WHERE { <id/place/bg> ?p ?o }")
    turtle = asked(TURTLE)

    assert by_get["results"]["bindings"][0]["name"]["value"] == name
    literal = by_post.getElementsByTagName("literal")[0]
    assert literal.firstChild.data == name
    assert table.decode().splitlines() == ["name", name]
    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) == 3


def test_curl(base: str) -> None:
    """A tool without habits gets JSON-LD that holds the triples of the Turtle."""
    connection = _connection(base)
    connection.request("GET", "/id/institution/centre")
    seen = connection.getresponse()
    seen.read()
    connection.request("GET", urlsplit(seen.headers["Location"]).path)
    document = connection.getresponse()

    assert (seen.status, document.headers["Content-Type"]) == (
        303,
        "application/ld+json",
    )
    assert json.loads(document.read())["id"] == f"{base}id/institution/centre"
    connection.close()


def test_head_over_the_wire(base: str) -> None:
    """HEAD sends the length of the body and no body."""
    connection = _connection(base)
    connection.request("HEAD", "/doc/institution/centre")
    head = connection.getresponse()

    assert (head.status, head.read()) == (200, b"")
    assert int(head.headers["Content-Length"]) > 100
    connection.close()


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /doc/institution/centre HTTP/1.1\r\nHost: x\r\nAccept: "
        + b'"' * 60_000
        + b"\r\nConnection: close\r\n\r\n",
        b"GET /sparql?query=%ZZ%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil/x?y#z\r\nConnection: close\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
        b"NONSENSE\r\n\r\n",
    ],
)
def test_hostile_bytes(base: str, request_bytes: bytes) -> None:
    """Hostile bytes get an answer that is no failure, and the server lives on."""
    address = urlsplit(base)
    with socket.create_connection((address.hostname, address.port), BOUND) as wire:
        wire.sendall(request_bytes)
        answer = wire.makefile("rb").read()

    status = int(answer.split(b" ", 2)[1])
    assert status in {200, 400, 404, 406, 421, 431}
    connection = _connection(base)
    connection.request("GET", "/health")
    assert connection.getresponse().status == 200
    connection.close()


def test_no_registry(tmp_path: Path) -> None:
    """Without a registry in the data directory there is no application."""
    with pytest.raises(Misconfigured):
        create_app(Settings(data=tmp_path))


def _connection(base: str) -> HTTPConnection:
    address = urlsplit(base)
    assert address.hostname
    return HTTPConnection(address.hostname, address.port, timeout=BOUND)
