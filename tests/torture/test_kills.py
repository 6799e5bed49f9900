"""Kill -9 of every process while people hand in and accept over HTTP.

    REGISTRY_TORTURE_KILLS=1000 pytest -s tests/torture/test_kills.py

Some processes are killed at moments of their own, as a machine would; the server
alone is started again, as the service manager of the machine does. Nobody mends
anything.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from statistics import quantiles

import httpx

from registry import wiring
from registry.iris import RecordId
from registry.lifecycle import Event
from registry.settings import Settings
from registry.statistics.description import structure_of
from registry.store.oxigraph import OxigraphWriter
from tests.besieging import TORTURE
from tests.serving import UNLIMITED, Operator, free_port
from tests.torture import office
from tests.torture.office import Ledger
from tests.torture.processes import ROLES, kill, of_role

KILLS = int(os.environ.get("REGISTRY_TORTURE_KILLS", "8"))
PATIENT = 0.3
"""The share of kills after which all may agree again before the next."""
QUIET = 60 if TORTURE else 3
"""Kills beside which there is little else to do."""
PROMISED = 5.0
"""Seconds within which everything is to agree again, on a machine of its own."""
LONGEST = float(os.environ.get("REGISTRY_TORTURE_SECONDS", "1e9"))
"""Seconds after which enough have been killed, however many they are."""
LATEST = 120.0
"""Seconds after which it is taken never to agree again."""
SCHEMES = (
    "age",
    "citizenship",
    "frequency",
    "indic-il",
    "obs-flag",
    "place-level",
    "reporting-area",
    "sex",
    "unit",
)
LOADED = (
    *(f"schemes/{name}.csv" for name in SCHEMES),
    "places/reporting-areas.csv",
    "places/nuts.csv",
    f"tables/{office.TABLE}.json",
)
ASIDE = (
    ("load", "places/municipalities.csv"),
    ("dump",),
    ("load", "places/settlements-haskovo.csv"),
)
"""Commands that are run beside the server and killed."""
WEIGHTS: Mapping[str, int] = {
    "projector": 8,
    "admission worker": 4,
    "sheet worker": 4,
    "query worker": 4,
    "server": 3,
    "everything": 1,
}
"""How often each is killed among the others; a start of the server takes longest."""


@dataclass
class Served:
    """A server that is started again whenever it has ended."""

    operator: Operator
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    kills: Counter[str] = field(default_factory=Counter)
    recovered: dict[str, list[float]] = field(default_factory=dict)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "registry.cli.main", "serve"],
                env=self.operator.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def strike(self, victim: str) -> bool:
        """Kills one part of the server; says whether there was one."""
        assert self.process is not None
        if victim in ROLES:
            found = of_role(self.process.pid, victim)
            return bool(found) and kill(random.choice(found))  # noqa: S311
        if victim == "server":
            self.process.kill()
        else:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.start()
        return True

    def is_there(self) -> bool:
        """Says whether it runs, and tells why not; nobody has killed it since."""
        assert self.process is not None
        if self.process.poll() is not None:
            print("\n".join(self.log.read_text("utf-8").splitlines()[-20:]))
        return self.process.poll() is None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Starts the server, and stops it as a service manager would."""
        self.start()
        try:
            yield
        finally:
            assert self.process is not None
            self.process.terminate()
            self.process.wait(30)


def get(client: httpx.Client, path: str, **query: str) -> httpx.Response | None:
    """Asks for something, of a server that may be gone."""
    try:
        return client.get(path, params=query or None)
    except httpx.TransportError:
        return None


def practices(client: httpx.Client) -> set[str] | None:
    """Returns the practices that queries find."""
    query = (
        "SELECT ?s { GRAPH ?g { ?s a "
        "<https://w3id.org/migrant-integration/def#IntegrationMeasure> } }"
    )
    headers = {"Accept": "application/sparql-results+json"}
    try:
        answer = client.get("sparql", params={"query": query}, headers=headers)
    except httpx.TransportError:
        return None
    if not answer.is_success:
        return None
    rows = answer.json()["results"]["bindings"]
    return {row["s"]["value"] for row in rows}


def listed(client: httpx.Client) -> set[str]:
    """Returns the practices in the lists."""
    found: set[str] = set()
    path: str | None = "records?kind=practice&limit=100"
    while path:
        page = client.get(path, headers={"Accept": "application/ld+json"}).json()
        found |= {member["id"] for member in page["member"]}
        path = page.get("view", {}).get("next") or page.get("next")
    return found


def agrees(client: httpx.Client, tip: int, published: str | None) -> bool:
    """Says whether record, queries, lists and catalogue all reflect an entry."""
    answer = get(client, "health")
    if answer is None or answer.status_code != 200:
        return False
    health = answer.json()
    if min(health["published"], health["catalogue"]["sequence"]) < tip:
        return False
    if published is None:
        return True
    page = get(client, published.replace("/id/", "/doc/") + ".jsonld")
    found = practices(client)
    return bool(page and page.is_success and found and published in found)


def tip_of(operator: Operator) -> int:
    """Returns the end of the journal, whoever is running."""
    settings = Settings(data=operator.data)
    with closing(wiring.open_registry(settings)) as registry:
        return registry.journal.tip()[0]


@contextmanager
def killed_beside(served: Served) -> Iterator[None]:
    """Starts commands beside the server and kills each at some moment."""
    stop = threading.Event()

    def run() -> None:
        turn = 0
        while not stop.is_set():
            command = ASIDE[turn % len(ASIDE)]
            turn += 1
            with served.operator.start(*command) as process:
                # Most of them are past their imports by then.
                stop.wait(random.uniform(0.5, 3))  # noqa: S311 - not a secret
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    served.kills[command[0]] += 1
                process.communicate()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def torment(
    served: Served,
    client: httpx.Client,
    ledgers: list[Ledger],
    number: int,
    patient: float = 1.0,
) -> None:
    """Kills one process after the other.

    Args:
        served: the server.
        client: asks it.
        ledgers: of those who publish.
        number: how many are killed.
        patient: the share of kills after which it waits until all agrees again;
            after the others something is killed while that is under way.
    """
    victims = list(WEIGHTS)
    began = time.monotonic()
    while served.kills.total() < number and time.monotonic() - began < LONGEST:
        (victim,) = random.choices(victims, list(WEIGHTS.values()))  # noqa: S311
        # A moment that nothing here decides.
        time.sleep(random.uniform(0, 0.7))  # noqa: S311
        latest = [ledger.published[-1] for ledger in ledgers if ledger.published]
        tip = tip_of(served.operator)
        if not served.strike(victim):
            continue
        struck = time.monotonic()
        served.kills[victim] += 1
        if random.random() > patient:  # noqa: S311 - not a secret
            continue
        while not agrees(client, tip, latest[0] if latest else None):
            assert served.is_there(), f"it ended after {victim}"
            assert time.monotonic() - struck < LATEST, f"after the end of {victim}"
            time.sleep(0.02)
        served.recovered.setdefault(victim, []).append(time.monotonic() - struck)


def check(operator: Operator, client: httpx.Client, ledgers: list[Ledger]) -> None:
    """Compares what was acknowledged with all that the registry says."""
    keys = [key for ledger in ledgers for key in ledger.keys]
    submitted = {k: r for ledger in ledgers for k, r in ledger.submitted.items()}
    published = {record for ledger in ledgers for record in ledger.published}
    with closing(wiring.open_registry(Settings(data=operator.data))) as registry:
        thing = registry.iris.thing
        kept = {
            thing(version.head.record): version
            for version in registry.journal.heads("practice")
        }
        handed_in = Counter(
            thing(entry.record)
            for entry in registry.journal.entries(limit=1_000_000)
            if entry.record.kind == "practice" and entry.event is Event.SUBMITTED
        )
        assert registry.catalogue.position().sequence == registry.journal.tip()[0]
    doubled = len(handed_in) - len(keys)
    assert [ledger.found for ledger in ledgers] == [[] for _ in ledgers]
    assert (doubled, set(handed_in.values())) == (0, {1})
    assert set(submitted.values()) == set(handed_in)
    assert published == set(kept), "lost, or published without being asked"
    assert figures_of(operator) == [n for ledger in ledgers for n in ledger.figures]
    assert {version.head.version for version in kept.values()} == {1}
    assert practices(client) == set(kept)
    assert listed(client) == set(kept)
    for record in kept:
        answer = client.get(record.replace("/id/", "/doc/") + ".jsonld")
        assert answer.is_success
        assert answer.json()["id"] == record


def figures_of(operator: Operator) -> list[int]:
    """Returns what stood in the cell of the table, but for its first version."""
    record = RecordId("table", office.TABLE)
    found = []
    with closing(wiring.open_registry(Settings(data=operator.data))) as registry:
        current = registry.journal.current(record)
        assert current is not None
        for number in range(2, current.head.version + 1):
            version = registry.journal.version(record, number)
            assert version is not None
            columns = structure_of(json.loads(version.content.document)).columns
            rows = (
                dict(zip(columns, row, strict=True))
                for row in chain.from_iterable(registry.tables.batches(version))
            )
            (figure,) = (
                row["obs_value"] for row in rows if office.CELL.items() <= row.items()
            )
            found.append(int(str(figure)))
    return found


def quads(operator: Operator, *, fresh: bool) -> tuple[list[str], str]:
    """Returns what the store and the catalogue hold, as they are or rebuilt."""
    if fresh:
        assert operator.run("rebuild").returncode == 0
    with wiring.writer(Settings(data=operator.data)) as opened:
        assert isinstance(opened.graphs, OxigraphWriter)
        return list(opened.graphs.dump()), opened.catalogue.state().digest


def figures(served: Served, ledgers: list[Ledger], seconds: float) -> str:
    """Returns what happened, in words."""
    lines = [f"{served.kills.total()} processes killed in {seconds:.0f} s:"]
    for victim, count in served.kills.most_common():
        times = sorted(served.recovered.get(victim, ()))
        if len(times) > 1:
            cuts = quantiles(times, n=20)
            told = f"p50 {cuts[9]:.2f} s, p95 {cuts[18]:.2f} s, most {times[-1]:.2f} s"
        else:
            told = f"{times[0]:.2f} s" if times else "run again and again"
        lines.append(f"  {count:5} {victim}: {told}")
    times = [seconds for found in served.recovered.values() for seconds in found]
    soon = sum(seconds <= PROMISED for seconds in times)
    lines.append(f"{soon} of {len(times)} agreed again within {PROMISED:g} s")
    acknowledged = sum(
        len(one.submitted) + len(one.published) + 2 * len(one.figures)
        for one in ledgers
    )
    lines.append(
        f"{acknowledged} changes acknowledged, {sum(one.again for one in ledgers)} "
        "requests sent again"
    )
    return "\n".join(lines)


def test_all_agrees_again_soon(tmp_path: Path) -> None:
    """Within seconds, if the machine has not much else to do."""
    operator = Operator(tmp_path / "data", free_port(), settings=UNLIMITED)
    assert operator.run("init").returncode == 0
    assert operator.run("load", *LOADED).returncode == 0
    people = office.tokens(operator)
    served = Served(operator, tmp_path / "log")
    with (
        served.running(),
        httpx.Client(base_url=operator.address, timeout=10) as client,
    ):
        began = time.monotonic()
        while not agrees(client, 1, None):
            time.sleep(0.05)
        with office.working(
            operator, people, pairs=1, figures=True, pause=1.0
        ) as ledgers:
            torment(served, client, ledgers, QUIET)
        print(f"\n{figures(served, ledgers, time.monotonic() - began)}")

    times = [seconds for found in served.recovered.values() for seconds in found]
    assert TORTURE == 0 or quantiles(times, n=20)[-1] <= PROMISED


def test_whatever_is_killed_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """Nor is anything half published or there twice, and all agrees again by itself."""
    operator = Operator(tmp_path / "data", free_port(), settings=UNLIMITED)
    assert operator.run("init").returncode == 0
    assert operator.run("load", *LOADED).returncode == 0
    people = office.tokens(operator)
    served = Served(operator, tmp_path / "log")
    with (
        served.running(),
        httpx.Client(base_url=operator.address, timeout=10) as client,
    ):
        began = time.monotonic()
        with office.working(operator, people, figures=True) as ledgers:
            while not agrees(client, 1, None):
                time.sleep(0.05)
            with killed_beside(served):
                torment(served, client, ledgers, KILLS, PATIENT)
        seconds = time.monotonic() - began
        tip = tip_of(operator)
        ends = time.monotonic() + LATEST
        # The last worker of a query may just have been killed.
        while not agrees(client, tip, None) or practices(client) is None:
            assert time.monotonic() < ends
            time.sleep(0.05)
        print(f"\n{figures(served, ledgers, seconds)}")
        check(operator, client, ledgers)

    assert operator.run("verify").returncode == 0
    assert quads(operator, fresh=False) == quads(operator, fresh=True)
    print("0 lost, 0 half-published, 0 doubled; rebuilt alike")
