"""Hours of honest readers and writers, and one hostile stranger in twenty.

    REGISTRY_SOAK_SECONDS=3600 pytest -s tests/torture/test_soak.py

The server has its limits as they are, over all the datasets; a short soak has a few of
them. Everybody has an address of their own, as behind a proxy.
"""

import os
import random
import socket
import statistics
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests import sharing
from tests.besieging import command, resident
from tests.hostile.documents import DOCUMENT, Hostile, documents
from tests.hostile.queries import queries
from tests.serving import Operator, free_port
from tests.torture import office
from tests.torture.office import Ledger
from tests.torture.processes import below
from tests.torture.test_hostile_queries import Listener, listening
from tests.torture.test_kills import LOADED

SECONDS = float(os.environ.get("REGISTRY_SOAK_SECONDS", "20"))
LONG = SECONDS >= 300
"""Whether there is time enough for figures that mean something."""
RATE = float(os.environ.get("REGISTRY_SOAK_RATE", "8"))
"""Requests of honest readers in a second, besides what is published."""
READERS = 4
STRANGERS = 8
SEED = 5
PAUSE = 3.0
"""Seconds between two things that the same people publish."""
WORKERS = 4
"""Query workers at one time: those of two lanes, and one for the background."""
SNAPSHOTS = 75
"""Snapshots that there may be: one a second, each kept for a minute."""
FILES, FILES_OF_A_THREAD = 60, 9
"""Descriptors of the server: each of its threads, of which there are forty at most, has
three files open of the lists, the catalogue and the journal."""
TEMPORARY = 40
"""Files and folders of the server in its temporary folder."""
QUERY = "application/sparql-query"
HOSTILE = 20
"""One request in so many is hostile."""
EVERY = 2.0
"""Seconds between two looks at the processes."""
MOST = 6 * 1024**3
"""Bytes that all processes together may have in memory."""
PROMISED = 0.5
"""Seconds within which 95 of 100 point queries are answered."""
PATIENCE = 60.0
SETTINGS = {
    "REGISTRY_SITE__PROXIES": "127.0.0.1",
    "REGISTRY_DESK__ORGANISATION": "0",
}
FORMATS = ("jsonld", "ttl", "nt", "rdf")
PAGES = (
    "bg/",
    "en/",
    "bg/statistics",
    "en/catalogue",
    "bg/missing",
    f"en/table/{office.TABLE}",
    "health",
    "catalog.ttl",
    "feed/records",
    "records?kind=place",
    "records?kind=scheme&limit=50",
    "en/find?q=bulgaria",
    "records?q=software+bulgaria",
    "bg/find?q=софия",
)
SLICES = ("csv", "json", "xlsx", "csv?geo=BG", "json?time_period=2021")
HEAVIER = (
    "SELECT ?t (COUNT(?s) AS ?n) { ?s a ?t } GROUP BY ?t ORDER BY DESC(?n)",
    "SELECT ?s ?l { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?l "
    'FILTER(LANG(?l) = "bg") } ORDER BY ?l LIMIT 100',
    "CONSTRUCT { ?s a ?t } WHERE { ?s a ?t } LIMIT 2000",
)


@dataclass
class Seen:
    """What was asked, and what came of it.

    Attributes:
        times: seconds that honest requests took, by kind.
        failed: honest requests that failed.
        hostile: how many hostile ones of each kind came to which end.
        wrong: hostile ones that were answered as none should be.
    """

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: list[str] = field(default_factory=list)
    hostile: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Look:
    """The processes of a server at one moment.

    Attributes:
        memory: bytes of all of them.
        permanent: bytes of those that are no workers.
        workers: query workers that run.
        files: descriptors of the server.
        threads: of the server.
        temporary: what it has in its temporary folder.
        snapshots: of the store that are on disk.
    """

    memory: int
    permanent: int
    workers: int
    files: int
    threads: int
    temporary: int
    snapshots: int


@dataclass(frozen=True)
class Soak:
    """A server that is soaked.

    Attributes:
        operator: who started it.
        pid: of its web process.
        temporary: its temporary folder.
        tokens: of people who hand in.
    """

    operator: Operator
    pid: int
    temporary: Path
    tokens: Mapping[str, str]

    def look(self) -> Look:
        """Returns how its processes are."""
        pids = [self.pid, *below(self.pid)]
        workers = [pid for pid in pids if b"registry.confinement" in command(pid)]
        sizes = {pid: resident(pid) for pid in pids}
        return Look(
            sum(sizes.values()),
            sum(sizes[pid] for pid in pids if pid not in workers),
            sum(b"registry.store.answering" in command(pid) for pid in workers),
            len(list(Path(f"/proc/{self.pid}/fd").iterdir())),
            len(list(Path(f"/proc/{self.pid}/task").iterdir())),
            sum(len(d) + len(f) for _, d, f in os.walk(self.temporary)),
            len(list((self.operator.data / "store" / "snapshots").iterdir())),
        )


@pytest.fixture
def soak(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Soak]:
    """A server with people who may hand in."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    settings = {**SETTINGS, "TMPDIR": str(temporary)}
    if LONG:
        data = sharing.loaded(tmp_path_factory)
        base = sharing.base(data)
        operator = Operator(data, free_port(), base=base, settings=settings)
    else:
        operator = Operator(tmp_path / "data", free_port(), settings=settings)
        assert operator.run("init").returncode == 0
        assert operator.run("load", *LOADED).returncode == 0
    tokens = office.tokens(operator)
    with operator.serving() as process:
        yield Soak(operator, process.pid, temporary, tokens)


def honest(
    chance: random.Random, records: Sequence[str], base: str
) -> tuple[str, str, Mapping[str, str]]:
    """Returns the kind, the address and the query of what a reader asks."""
    kind = chance.choices(
        ("hot record", "cold record", "page", "slice", "point query", "heavier query"),
        (20, 25, 20, 10, 20, 5),
    )[0]
    if kind in {"hot record", "cold record"}:
        few = records[:5] if kind == "hot record" else records
        return kind, f"doc/{chance.choice(few)}.{chance.choice(FORMATS)}", {}
    if kind == "page":
        return kind, chance.choice(PAGES), {}
    if kind == "slice":
        return kind, f"tables/{office.TABLE}/data.{chance.choice(SLICES)}", {}
    if kind == "heavier query":
        return kind, "sparql", {"query": chance.choice(HEAVIER)}
    thing = f"{base}id/{chance.choice(records)}"
    return kind, "sparql", {"query": f"SELECT ?p ?o {{ <{thing}> ?p ?o }}"}


def read(soak: Soak, seen: Seen, number: int, stop: threading.Event) -> None:
    """Asks one thing after the other, as many readers would."""
    chance = random.Random(number)  # noqa: S311 - not a secret
    with httpx.Client(base_url=soak.operator.address, timeout=PATIENCE) as client:
        listed = client.get(
            "records?limit=100", headers={"Accept": "application/ld+json"}
        ).json()["member"]
        records = [member["id"].partition("/id/")[2] for member in listed]
        reader = 0
        while not stop.wait(chance.expovariate(RATE / READERS)):
            reader += 1
            kind, path, query = honest(chance, records, soak.operator.base)
            headers = {"X-Forwarded-For": f"10.{number}.{reader % 40}.1"}
            began = time.monotonic()
            try:
                answer = client.get(path, params=query or None, headers=headers)
            except httpx.TransportError as error:
                seen.failed.append(f"{path} {error!r}")
                continue
            seen.times[kind].append(time.monotonic() - began)
            if answer.status_code >= 400:
                seen.failed.append(f"{path} {query} {answer.status_code} {answer.text}")


@dataclass(frozen=True)
class Stranger:
    """Somebody hostile, at one of a few addresses.

    Attributes:
        soak: whom they attack.
        seen: what comes of it.
        number: of the attack.
    """

    soak: Soak
    seen: Seen
    number: int

    @property
    def address(self) -> str:
        return f"203.0.113.{self.number % 4}"

    def ask(self, text: str) -> None:
        """Asks a hostile query."""
        body = text.encode("utf-8", "surrogatepass")
        self._send("query", "sparql", body, {"Content-Type": QUERY})

    def hand_in(self, document: Hostile) -> None:
        """Hands in a hostile document."""
        headers = {
            "Content-Type": document.media_type,
            "Authorization": f"Bearer {self.soak.tokens['guest']}",
        }
        if document.encoding:
            headers["Content-Encoding"] = document.encoding
        path = "submissions?kind=practice&dry-run"
        self._send("document", path, document.body, headers)

    def swell(self) -> None:
        """Sends more headers, and a longer body, than anybody may."""
        self._send("headers", "sparql", b"", {"X-Long": "x" * 40_000})
        self._send("body", "sparql", b"x" * 23_000_000, {"Content-Type": QUERY})

    def leave(self) -> None:
        """Asks for much and goes away."""
        with self._asked():
            time.sleep(0.3)
        self.seen.hostile["left"] += 1

    def stall(self) -> None:
        """Asks for much and takes it in byte by byte."""
        with self._asked() as connection:
            for _ in range(10):
                connection.recv(1)
                time.sleep(1)
        self.seen.hostile["stalled"] += 1

    def _asked(self) -> socket.socket:
        numbers = "+".join(map(str, range(250)))
        text = (
            f"SELECT+*+%7BVALUES+%3Fa%7B{numbers}%7DVALUES+%3Fb%7B{numbers}%7D%7D%23"
            f"{self.number}"
        )
        at = ("127.0.0.1", self.soak.operator.port)
        connection = socket.create_connection(at, PATIENCE)
        connection.sendall(
            f"GET /sparql?query={text} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"X-Forwarded-For: {self.address}\r\n\r\n".encode()
        )
        return connection

    def _send(
        self, kind: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        address = f"{self.soak.operator.address}{path}"
        given = {**headers, "X-Forwarded-For": self.address}
        try:
            answer = httpx.post(address, content=body, headers=given, timeout=PATIENCE)
        except httpx.WriteError:
            # It was refused before all of it was sent.
            self.seen.hostile[f"{kind} cut off"] += 1
            return
        except httpx.TransportError as error:
            self.seen.wrong.append(f"{kind} {error!r}")
            return
        self.seen.hostile[f"{kind} {answer.status_code}"] += 1
        if answer.status_code == 500:
            self.seen.wrong.append(f"{kind} {answer.status_code} {answer.text}")


def attacks(listener: Listener) -> Iterator[Callable[[Stranger], None]]:
    """Yields what strangers do, without end."""
    texts = queries(SEED, listener.address)
    handed_in = (d for d in documents(SEED, listener.address) if d.where == DOCUMENT)
    for query, document in zip(texts, handed_in, strict=True):
        yield partial(Stranger.ask, text=query.text)
        yield partial(Stranger.hand_in, document=document)
        yield Stranger.leave
        yield Stranger.stall
        yield Stranger.swell


def attack(soak: Soak, seen: Seen, listener: Listener, stop: threading.Event) -> None:
    """Attacks once whenever so many honest requests were answered."""
    ways = attacks(listener)
    with ThreadPoolExecutor(STRANGERS) as pool:
        number = 0
        while not stop.wait(0.05):
            asked = sum(map(len, list(seen.times.values())))
            while number < asked // (HOSTILE - 1):
                number += 1
                pool.submit(next(ways), Stranger(soak, seen, number))


@contextmanager
def running(*tasks: Callable[[threading.Event], None]) -> Iterator[None]:
    """Runs tasks beside the block, until it ends."""
    stop = threading.Event()
    with ThreadPoolExecutor(len(tasks)) as pool:
        done = [pool.submit(task, stop) for task in tasks]
        try:
            yield
        finally:
            stop.set()
        for each in done:
            each.result()


def thirds(looks: Sequence[Look]) -> tuple[Sequence[Look], Sequence[Look]]:
    """Returns the first and the last third, without the tenth in which all warms up."""
    warm = looks[len(looks) // 10 :]
    third = max(1, len(warm) // 3)
    return warm[:third], warm[-third:]


def told(seen: Seen, looks: Sequence[Look], ledgers: Sequence[Ledger]) -> str:
    """Returns what happened, in words."""
    lines = []
    for kind, times in sorted(seen.times.items()):
        cuts = [1000 * cut for cut in statistics.quantiles(times, n=100)]
        lines.append(
            f"  {len(times):6} {kind}: p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, "
            f"p99 {cuts[98]:.0f} ms"
        )
    published = sum(len(one.published) + len(one.figures) for one in ledgers)
    first, last = thirds(looks)

    def median(which: Sequence[Look], name: str) -> float:
        return float(statistics.median(getattr(look, name) for look in which))

    lines += [
        f"  {len(seen.failed)} honest requests failed; {published} records and tables "
        f"published, {sum(one.again for one in ledgers)} requests of theirs sent again",
        f"  hostile: {dict(sorted(seen.hostile.items()))}",
        f"  memory of all processes at most {max(k.memory for k in looks) >> 20} MiB; "
        f"of those that stay {int(median(first, 'permanent')) >> 20} MiB in the first "
        f"third, {int(median(last, 'permanent')) >> 20} MiB in the last",
        *(
            f"  {name}: at most {max(getattr(k, name) for k in looks)}, "
            f"{median(first, name):g} in the first third, {median(last, name):g} in "
            "the last"
            for name in ("workers", "files", "threads", "temporary", "snapshots")
        ),
    ]
    return "\n".join(lines)


def test_everything_goes_on_for_hours(soak: Soak) -> None:
    """No honest request fails, none waits for long, and nothing grows."""
    seen, looks = Seen(), [soak.look()]
    permanent = set(below(soak.pid)[:1])
    with (
        listening() as listener,
        office.working(
            soak.operator, soak.tokens, pairs=1, figures=True, pause=PAUSE
        ) as ledgers,
        running(
            *(partial(read, soak, seen, number) for number in range(READERS)),
            partial(attack, soak, seen, listener),
        ),
    ):
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            time.sleep(EVERY)
            looks.append(soak.look())
    answered = sum(map(len, seen.times.values()))
    print(
        f"\n{answered} honest requests in {SECONDS:g} s, one of {HOSTILE} hostile, on "
        f"{'all the datasets' if LONG else 'a few of them'}; {listener.calls} outbound "
        f"connections\n{told(seen, looks, ledgers)}"
    )
    assert seen.failed == []
    assert seen.wrong == []
    assert [ledger.found for ledger in ledgers] == [[], []]
    assert listener.calls == 0
    assert permanent <= set(below(soak.pid))
    check(seen, looks)


def check(seen: Seen, looks: Sequence[Look]) -> None:
    """Compares figures with what is promised; short ones mean little."""
    assert max(look.memory for look in looks) <= MOST
    assert max(look.workers for look in looks) <= WORKERS
    assert max(look.snapshots for look in looks) <= SNAPSHOTS
    assert max(look.temporary for look in looks) <= TEMPORARY
    assert all(look.files <= FILES + FILES_OF_A_THREAD * look.threads for look in looks)
    if LONG:
        first, last = thirds(looks)
        assert statistics.quantiles(seen.times["point query"], n=20)[-1] <= PROMISED
        for name, spare in (("permanent", 64 << 20), ("temporary", 5)):
            before = statistics.median(getattr(look, name) for look in first)
            after = statistics.median(getattr(look, name) for look in last)
            assert after <= 1.15 * before + spare, name
