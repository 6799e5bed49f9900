"""Clients who send slowly, and much, while others want to be answered."""

import os
import resource
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from tests.besieging import TORTURE, resident
from tests.proxying import needs_nginx, proxied
from tests.serving import Operator, free_port

SLOW = 1000 if TORTURE else 100
"""Connections that send a byte now and then."""
BODIES = 100 if TORTURE else 10
"""Connections that send a large body."""
SECONDS = float(os.environ.get("REGISTRY_TORTURE_SLOW", "3"))
MOST = 0.2 if TORTURE else 2.0
"""Seconds within which 99 of 100 others are answered; a machine with other work gets
more time."""
GROWTH = 200 * 1024**2
"""Bytes by which the server may grow."""
BODY = 20 * 1024**2

_HEAD = b"GET /bg/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
_POST = (
    b"POST /submissions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/ld+json\r\nContent-Length: %d\r\n\r\n" % BODY
)


@pytest.fixture
def many_files() -> Iterator[None]:
    """Lets this process open as many connections as it needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, 4 * SLOW)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(stack: ExitStack, port: int, first: bytes) -> socket.socket:
    """Opens a connection and sends what it begins with."""
    made = stack.enter_context(socket.create_connection(("127.0.0.1", port), 30))
    made.sendall(first)
    made.setblocking(False)
    return made


def trickle(connections: Sequence[socket.socket], piece: bytes) -> None:
    """Sends a piece on each connection, as far as it goes."""
    for connection in connections:
        # One that was closed for being slow is what is wanted.
        with suppress(OSError):
            connection.send(piece)


@needs_nginx
@pytest.mark.usefixtures("many_files")
def test_health_while_others_are_slow(tmp_path: Path) -> None:
    """Behind the sample proxy, those who are not slow do not notice the others."""
    outside = free_port()
    operator = Operator(
        tmp_path / "data",
        free_port(),
        f"http://127.0.0.1:{outside}/",
        settings={"REGISTRY_SITE__PROXIES": "127.0.0.1"},
    )
    operator.run("init")
    ended = threading.Event()

    with (
        operator.serving() as server,
        proxied(tmp_path, outside, operator.port),
        ExitStack() as stack,
    ):
        before = resident(server.pid)
        slow = [connect(stack, outside, _HEAD) for _ in range(SLOW)]
        big = [connect(stack, outside, _POST) for _ in range(BODIES)]

        def go_on() -> None:
            while not ended.wait(0.5):
                trickle(slow, b"a")
                trickle(big, b"a" * 65536)

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            took = list(ask(operator.base))
        finally:
            ended.set()
            thread.join()
        growth = resident(server.pid) - before

    p99 = sorted(took)[int(len(took) * 0.99)]
    print(
        f"\n{SLOW} slow connections and {BODIES} large bodies for {SECONDS:g} s: "
        f"{len(took)} times /health, p99 {p99 * 1000:.0f} ms, "
        f"server grew by {growth / 1024**2:.0f} MiB"
    )
    assert p99 <= MOST
    assert growth <= GROWTH


def ask(base: str) -> Iterator[float]:
    """Yields how long each look at the health took, until the time is over."""
    ends = time.monotonic() + SECONDS
    with httpx.Client(base_url=base, timeout=30) as http:
        while time.monotonic() < ends:
            began = time.perf_counter()
            assert http.get("health").status_code in {200, 503}
            yield time.perf_counter() - began
            time.sleep(0.01)  # as others would ask, not as fast as it goes


@pytest.mark.parametrize("processes", [1, 2])
def test_stopping_while_a_reader_stalls(tmp_path: Path, processes: int) -> None:
    """A server that is told to stop does so in ten seconds, whoever still reads."""
    operator = Operator(tmp_path / "data", free_port())
    operator.run("init")
    operator.run("load", "schemes/place-level.csv")

    with (
        operator.serving(f"--workers={processes}") as server,
        ExitStack() as stack,
    ):
        for first in (
            _HEAD,
            _POST,
            b"GET /sparql?query=SELECT+*+%7B%3Fa+%3Fb+%3Fc.+%3Fd+%3Fe+%3Ff.+%3Fg+%3Fh+"
            b"%3Fi%7D HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 50,
        ):
            connect(stack, operator.port, first)
        began = time.monotonic()
        server.terminate()
        server.wait(30)
        took = time.monotonic() - began

    print(f"\n{processes} stopped with four stalled readers after {took:.1f} s")
    assert server.returncode == 0
    assert took <= (10 if TORTURE else 20)
