"""Catalogues of others, and a server of 127.0.0.1 that answers as a test says."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from registry.sources import parsing
from tests.serving import free_port

TURTLE = "text/turtle"

PREFIXES = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def described(iri: str, title: str = "Набор") -> str:
    """Returns a dataset with little more than a title, in Turtle."""
    return (
        f'<{iri}> a dcat:Dataset ; dct:title "{title}"@bg ; '
        f"dcat:distribution <{iri}/csv> .\n"
        f"<{iri}/csv> a dcat:Distribution ; dcat:accessURL <{iri}.csv> .\n"
    )


def page(*datasets: str, following: str = "") -> bytes:
    """Returns a page of a catalogue, with the address of the page that follows."""
    view = f"<> hydra:next <{following}> .\n" if following else ""
    return (PREFIXES + view + "".join(datasets)).encode()


@dataclass(frozen=True)
class Reply:
    """What the server answers.

    Attributes:
        body: sent whole, or piece by piece as they come.
        length: whether `Content-Length` is sent.
    """

    body: bytes | Callable[[], Iterator[bytes]] = b""
    media_type: str = TURTLE
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: bool = True


@dataclass
class Host:
    """A server of scripted replies.

    Attributes:
        replies: by path; anything else is not found.
        answer: replies to paths that are not among them, if set.
        asked: the paths that were asked for, in order.
        released: set when replies that wait may end.
    """

    port: int
    replies: dict[str, Reply] = field(default_factory=dict)
    answer: Callable[[str], Reply] = lambda _: Reply(status=404)
    asked: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.port}"

    def at(self, path: str) -> str:
        """Returns the address of a path."""
        return f"http://{self.name}{path}"


class _Handler(BaseHTTPRequestHandler):
    host: Host

    def do_GET(self) -> None:
        self.host.asked.append(self.path)
        self.host.accepted.append(self.headers.get("Accept", ""))
        reply = self.host.replies.get(self.path) or self.host.answer(self.path)
        body = reply.body
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.media_type)
        if reply.length and isinstance(body, bytes):
            self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for piece in [body] if isinstance(body, bytes) else body():
                self.wfile.write(piece)
                self.wfile.flush()
        except ConnectionError:
            self.close_connection = True  # who reads has enough

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def hosting() -> Iterator[Host]:
    """Runs a server until the block ends."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        host = Host(server.server_address[1])
        handler.host = host  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield host
        finally:
            host.released.set()
            server.shutdown()
            thread.join()


@contextmanager
def oxigraph(folder: Path, turtle: str) -> Iterator[str]:
    """Runs `oxigraph serve` over a graph and returns its address for queries."""
    file, store = folder / "graph.ttl", f"--location={folder / 'store'}"
    file.write_text(turtle, encoding="utf-8")
    program = Path(sys.executable).with_name("oxigraph")
    subprocess.run([program, "load", store, f"--file={file}"], check=True)
    place = f"127.0.0.1:{free_port()}"
    with subprocess.Popen(
        [program, "serve-read-only", store, f"--bind={place}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        # It says so as soon as it listens.
        assert any("Listening" in line for line in process.stderr)
        try:
            yield f"http://{place}/query"
        finally:
            process.terminate()


class Near:
    """The reading worker, without a process of its own."""

    def call(self, payload: bytes, deadline: float) -> bytes:  # noqa: ARG002 - as a worker
        """Returns what the worker answers."""
        return parsing.serve(payload)
