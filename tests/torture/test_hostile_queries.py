"""Hostile queries against a real server, alone and among honest ones."""

import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice

import httpx
import pytest

from tests.besieging import (
    DEADLINE,
    MARGIN,
    MEMORY,
    PROCESSES,
    TORTURE,
    Besieged,
    resident,
)
from tests.hostile.queries import Hostile, queries

NUMBER = TORTURE or 45
CLIENTS = 6
READERS = 30 if TORTURE else 5
SEED = 7
PATIENCE = DEADLINE + MARGIN + 30


@dataclass
class Listener:
    """A server that nobody should call; it counts who does."""

    address: str = ""
    calls: int = 0


@contextmanager
def listening() -> Iterator[Listener]:
    """Listens on a port of the loopback until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Listener(f"http://127.0.0.1:{server.getsockname()[1]}/")
        ended = threading.Event()

        def count() -> None:
            while True:
                connection, _ = server.accept()
                connection.close()
                if ended.is_set():
                    return
                found.calls += 1

        thread = threading.Thread(target=count)
        thread.start()
        try:
            yield found
        finally:
            ended.set()
            socket.create_connection(server.getsockname()).close()
            thread.join()


@dataclass
class Watch:
    """What the processes of a server took while it was watched."""

    workers: int = 0
    worker: int = 0
    all_workers: int = 0
    web: int = 0
    pids: set[int] = field(default_factory=set)

    def look(self, besieged: Besieged) -> None:
        pids = besieged.confined()
        each = [resident(pid) for pid in pids]
        self.pids.update(pids)
        self.workers = max(self.workers, len(pids))
        self.worker = max([self.worker, *each])
        self.all_workers = max(self.all_workers, sum(each))
        self.web = max(self.web, besieged.memory())


@contextmanager
def watching(besieged: Besieged) -> Iterator[Watch]:
    """Looks at the processes ten times a second until the block ends."""
    watch, ended = Watch(), threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            watch.look(besieged)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join()


@dataclass(frozen=True)
class Answered:
    """What came of a query."""

    kind: str
    status: int
    seconds: float
    whole: bool


def send(client: httpx.Client, kind: str, text: str) -> Answered:
    began = time.monotonic()
    answer = client.post(
        "sparql",
        content=text.encode("utf-8", "surrogatepass"),
        headers={"Content-Type": "application/sparql-query", "Accept": "*/*"},
    )
    seconds = time.monotonic() - began
    length = int(answer.headers["content-length"])
    return Answered(kind, answer.status_code, seconds, len(answer.content) == length)


def attack(besieged: Besieged, hostile: Sequence[Hostile]) -> list[Answered]:
    """Sends every query, several at a time."""
    with (
        httpx.Client(base_url=besieged.address, timeout=PATIENCE) as client,
        ThreadPoolExecutor(CLIENTS) as pool,
    ):
        return list(pool.map(lambda one: send(client, one.kind, one.text), hostile))


def test_hostile_queries_harm_nobody(besieged: Besieged) -> None:
    """No process but a worker dies, nobody is called, and each is answered in time."""
    projector = besieged.children()
    with listening() as listener, watching(besieged) as watch:
        hostile = list(islice(queries(SEED, listener.address), NUMBER))
        answers = attack(besieged, hostile)
    slowest = max(answers, key=lambda answer: answer.seconds)
    statuses = Counter(answer.status for answer in answers)
    health = httpx.get(f"{besieged.address}health").json()

    print(
        f"\n{len(answers)} hostile queries: statuses {dict(sorted(statuses.items()))}, "
        f"slowest {slowest.seconds:.2f} s ({slowest.kind}) with a deadline of "
        f"{DEADLINE:g} s; {listener.calls} outbound connections; "
        f"{len(watch.pids)} workers used, {watch.workers} at one time, largest "
        f"{watch.worker >> 20} MiB, all {watch.all_workers >> 20} MiB; "
        f"web process {watch.web >> 20} MiB"
    )
    assert listener.calls == 0
    assert health["live"]
    assert projector <= besieged.children()
    assert all(answer.status == 200 or answer.status >= 400 for answer in answers)
    assert 500 not in statuses
    assert all(answer.whole for answer in answers)
    assert slowest.seconds <= DEADLINE + MARGIN
    assert watch.workers <= PROCESSES
    assert watch.worker <= MEMORY


@pytest.mark.parametrize("share", [0.0, 0.05])
def test_honest_queries_go_on(besieged: Besieged, share: float) -> None:
    """None fails among hostile ones, and most do not even notice."""
    number = 4 * TORTURE or 150
    each = round(1 / share) if share else number + 1
    hostile = queries(SEED, "http://127.0.0.1:9/")
    mixed = [
        next(hostile)
        if (place + 1) % each == 0
        else Hostile("honest", f"SELECT ?p ?o {{ <x:{place}> ?p ?o }}")
        for place in range(number)
    ]
    answers = attack(besieged, mixed)
    honest = [answer for answer in answers if answer.kind == "honest"]
    times = sorted(answer.seconds for answer in honest)
    p95 = statistics.quantiles(times, n=20)[-1]

    failed = sum(answer.status != 200 for answer in honest)
    print(
        f"\n{share:.0%} hostile among {number}: honest queries p50 "
        f"{times[len(times) // 2] * 1000:.1f} ms, p95 {p95 * 1000:.0f} ms, slowest "
        f"{times[-1] * 1000:.0f} ms; {failed} failed"
    )
    assert failed == 0
    assert p95 <= 0.5 + (0 if TORTURE else MARGIN)


def test_readers_of_large_answers_take_no_memory(besieged: Besieged) -> None:
    """Answers wait on disk for readers who stall, who hold no worker either."""
    numbers = " ".join(map(str, range(280)))
    body = f"SELECT * {{ VALUES ?a {{ {numbers} }} VALUES ?b {{ {numbers} }} }} #"
    before = besieged.memory()
    with ExitStack() as stack:
        for reader in range(READERS):
            connection = stack.enter_context(post(besieged, f"{body}{reader}".encode()))
            connection.recv(16)  # the status is there, so the answer is whole
        spooled = httpx.get(f"{besieged.address}health").json()["queries"]["spooled"]
        after = besieged.memory()
        busy = running(besieged)

    print(
        f"\n{READERS} readers who stall: {spooled >> 20} MiB of answers on disk, web "
        f"process {(after - before) >> 20} MiB larger, {busy} workers held"
    )
    assert spooled > READERS << 20
    assert busy == 0
    assert after - before < spooled / 2
    until(
        lambda: not httpx.get(f"{besieged.address}health").json()["queries"]["spooled"]
    )


def test_client_that_leaves_takes_its_query_along(besieged: Besieged) -> None:
    """The worker of a closed connection is gone in a quarter of a second."""
    times = []
    for _ in range(20 if TORTURE else 2):
        before = set(besieged.workers())
        body = b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        with post(besieged, body):
            until(lambda: running(besieged))
        began = time.monotonic()
        until(lambda old=before: old - set(besieged.workers()))
        times.append(time.monotonic() - began)
        until(lambda: not running(besieged) and len(besieged.workers()) >= 2)

    print(f"\nworker gone {max(times) * 1000:.0f} ms after its client, at most")
    assert max(times) <= 0.25 + (0 if TORTURE else MARGIN)


def post(besieged: Besieged, query: bytes) -> socket.socket:
    """Sends a query and returns the connection, from which nothing was read."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", besieged.operator.port))
    connection.sendall(
        b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
        b"application/sparql-query\r\nContent-Length: %d\r\n\r\n%b"
        % (len(query), query)
    )
    return connection


def running(besieged: Besieged) -> int:
    health = httpx.get(f"{besieged.address}health").json()["queries"]
    found: int = health["running"] + health["long"]["running"]
    return found


def until(condition: object) -> object:
    """Asks until the answer is yes, for half a minute at most."""
    assert callable(condition)
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        found = condition()
        if found:
            return found
    raise AssertionError("it did not come about")
