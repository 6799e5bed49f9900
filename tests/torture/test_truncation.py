"""Answers that are broken off on purpose: none may pass for a complete one."""

import csv
import io
import json
import os
import random
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from types import MappingProxyType
from xml.etree import ElementTree as ET

import httpx
import pyoxigraph
import pytest
from pyoxigraph import RdfFormat

from tests.besieging import TORTURE, Besieged

ABORTS = TORTURE // 20 or 1
"""Broken answers of each kind in each format."""

RESULTS = "http://www.w3.org/2005/sparql-results#"
SIDE = 160
ROWS = SIDE * SIDE
_NUMBERS = " ".join(map(str, range(SIDE)))
_PRODUCT = f"VALUES ?a {{ {_NUMBERS} }} VALUES ?b {{ {_NUMBERS} }}"
SELECT = f"SELECT ?a ?b ('some text, to be longer' AS ?c) {{ {_PRODUCT} }}"
CONSTRUCT = (
    f"CONSTRUCT {{ ?s <x:p> ?b }} {{ {_PRODUCT} BIND(IRI(CONCAT('x:', STR(?a))) AS ?s) "
    "}"
)


def _graph(format_: RdfFormat) -> Callable[[bytes], int]:
    return lambda body: len(set(pyoxigraph.parse(body, format_, base_iri="x:")))


def _xml(body: bytes) -> int:
    return sum(1 for _ in ET.fromstring(body).iter(f"{{{RESULTS}}}result"))  # noqa: S314 - ours


def _csv(body: bytes) -> int:
    return len(list(csv.reader(io.StringIO(body.decode()), strict=True))) - 1


COUNTS: Mapping[str, tuple[str, Callable[[bytes], int]]] = MappingProxyType(
    {
        "application/sparql-results+json": (
            SELECT,
            lambda body: len(json.loads(body)["results"]["bindings"]),
        ),
        "application/sparql-results+xml": (SELECT, _xml),
        "text/csv": (SELECT, _csv),
        "text/tab-separated-values": (SELECT, lambda body: body.count(b"\n") - 1),
        "application/n-triples": (CONSTRUCT, _graph(RdfFormat.N_TRIPLES)),
        "text/turtle": (CONSTRUCT, _graph(RdfFormat.TURTLE)),
        "application/ld+json": (CONSTRUCT, _graph(RdfFormat.JSON_LD)),
        "application/rdf+xml": (CONSTRUCT, _graph(RdfFormat.RDF_XML)),
    }
)
"""What asks for an answer in a format, and how a reader counts what it got."""


def ask(address: str, media_type: str) -> httpx.Response | None:
    """Returns the answer, or `None` if the client was told that it broke."""
    text = f"{COUNTS[media_type][0]} #{random.random()}"  # noqa: S311 - not the one before
    try:
        return httpx.post(
            f"{address}sparql",
            content=text.encode(),
            headers={"Content-Type": "application/sparql-query", "Accept": media_type},
            timeout=60,
        )
    except httpx.TransportError:
        return None


def passes(answer: httpx.Response | None, media_type: str) -> bool:
    """Says whether a cut answer passed for a complete one."""
    if answer is None or answer.status_code >= 500:
        return False
    assert answer.status_code == 200, answer.text
    return COUNTS[media_type][1](answer.content) != ROWS


@contextmanager
def cutting(port: int, most: int) -> Iterator[str]:
    """Forwards one connection to a port, and cuts it after so many bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def forward() -> None:
            near, _ = listener.accept()
            with near, socket.create_connection(("127.0.0.1", port)) as far:
                near.settimeout(60)
                far.settimeout(60)
                threading.Thread(target=pump, args=(near, far), daemon=True).start()
                left = most
                while left and (piece := far.recv(min(left, 65536))):
                    near.sendall(piece)
                    left -= len(piece)
                near.shutdown(socket.SHUT_RDWR)

        def pump(near: socket.socket, far: socket.socket) -> None:
            with suppress(OSError):
                while piece := near.recv(65536):
                    far.sendall(piece)

        thread = threading.Thread(target=forward)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            thread.join()


@pytest.mark.parametrize("media_type", COUNTS)
def test_length_is_known_before_the_first_byte(
    besieged: Besieged, media_type: str
) -> None:
    """A reader can tell a whole answer, in formats of which any part is well-formed."""
    answer = ask(besieged.address, media_type)

    assert answer is not None
    assert answer.status_code == 200, answer.text
    assert COUNTS[media_type][1](answer.content) == ROWS
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "transfer-encoding" not in answer.headers


@pytest.mark.parametrize("media_type", COUNTS)
def test_connection_that_breaks_is_seen(besieged: Besieged, media_type: str) -> None:
    """Wherever the connection is cut, the client gets an error and no answer."""
    whole = ask(besieged.address, media_type)
    assert whole is not None
    chance = random.Random(1)  # noqa: S311 - not a secret
    cut = 0
    for _ in range(ABORTS):
        most = chance.randrange(1, len(whole.content))
        with cutting(besieged.operator.port, most) as address:
            answer = ask(address, media_type)
            # A busy machine may have refused it, which is whole and an error.
            cut += answer is None or answer.status_code >= 500

    print(f"\n{media_type}: {cut} of {ABORTS} cut connections were errors")
    assert cut == ABORTS


@pytest.mark.parametrize("media_type", COUNTS)
def test_worker_that_is_killed_leaves_no_part(
    besieged: Besieged, media_type: str
) -> None:
    """A worker that dies in the middle of an answer makes it an error."""
    chance = random.Random(2)  # noqa: S311 - not a secret
    passed, failed = 0, 0
    with ThreadPoolExecutor(1) as pool:
        for _ in range(ABORTS):
            asking = pool.submit(ask, besieged.address, media_type)
            _kill(besieged, asking, chance.uniform(0, 0.2))
            answer = asking.result()
            failed += answer is None or answer.status_code != 200
            passed += passes(answer, media_type)

    print(
        f"\n{media_type}: workers killed under {ABORTS} answers, {failed} of which "
        f"became errors; {passed} passed for complete without being it"
    )
    assert passed == 0


def _kill(
    besieged: Besieged, asking: "Future[httpx.Response | None]", seconds: float
) -> None:
    """Kills every worker when they have worked for so long on an answer."""
    began = _processor(besieged)
    while _processor(besieged) - began < seconds:
        if wait([asking], timeout=0.005).done:
            return
    for pid in besieged.workers():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _processor(besieged: Besieged) -> float:
    """Returns the seconds of processor time that the workers have had."""
    ticks = 0
    for pid in besieged.workers():
        with suppress(OSError), open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
