"""How long after an acceptance a record can be found by SPARQL, on a real server.

The server is `registry serve` with its projector. Each round hands a record in,
accepts it, and asks `/sparql` for its name until the name is there.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from benchmarks import corpus, servers
from benchmarks.figures import Effort, Figure, Findings
from registry import wiring
from registry.credentials import Scope
from registry.directory.accounts import SqlAccounts
from registry.lifecycle import Role
from registry.people import KEEPER

RECORDS = 5_000
"""Records that are published already."""
TIMES = 200
"""Records that are handed in and accepted."""
WANTED = 3.0
"""Seconds within which 99 of 100 have to be found."""
PATIENCE = 60.0
"""Seconds after which a record is given up."""
PAUSE = 0.02
"""Seconds between two questions."""

_MEDIAN, _SLOWEST = "half of them", "99 of 100"


def run(effort: Effort) -> list[Findings]:
    """Measures the time from the answer of an acceptance to that of a query."""
    times = max(2, effort.sized(TIMES))
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        corpus.fill(data, effort.sized(RECORDS))
        contributor, reviewer = _tokens(data)
        with _serving(data) as address, httpx.Client(base_url=address) as client:
            waits = sorted(
                _published(client, contributor, reviewer, number)
                for number in range(times)
            )
    median, slowest = waits[len(waits) // 2], waits[-1 - len(waits) // 100]
    return [
        Findings(
            f"From accept to SPARQL, {times} records one after another",
            "/s",
            {_MEDIAN: 1 / median, _SLOWEST: 1 / slowest},
            (Figure(f"{WANTED:.0f} s : {_SLOWEST}", WANTED / slowest, 1.0),),
            (
                f"{_MEDIAN} within {median:.2f} s, {_SLOWEST} within {slowest:.2f} s, "
                f"all within {waits[-1]:.2f} s",
            ),
        )
    ]


def _published(
    client: httpx.Client, contributor: str, reviewer: str, number: int
) -> float:
    """Returns the seconds from an acceptance until a query finds the record."""
    title = f"Практика {number}"
    document = {
        "type": "IntegrationMeasure",
        "title": {"bg": title},
        "description": {"bg": "Разговори на български."},
    }
    made = _sent(client, contributor, "/submissions?kind=practice", document)
    submission = made["submissions"][0]["number"]
    _sent(client, reviewer, f"/submissions/{submission}/accept", {})
    accepted = time.monotonic()
    query = f"ASK {{ ?s <http://purl.org/dc/terms/title> {json.dumps(title)}@bg }}"
    while time.monotonic() - accepted < PATIENCE:
        answer = client.get(
            "/sparql",
            params={"query": query},
            headers={"accept": "application/sparql-results+json"},
        )
        if answer.status_code == httpx.codes.OK and answer.json()["boolean"]:
            return time.monotonic() - accepted
        time.sleep(PAUSE)
    raise RuntimeError(f"{title} was not found in {PATIENCE} s")


def _sent(client: httpx.Client, token: str, path: str, body: object) -> Any:
    headers = {"authorization": f"Bearer {token}"}
    answer = client.post(path, json=body, headers=headers, timeout=PATIENCE)
    answer.raise_for_status()
    return answer.json()


def _tokens(data: Path) -> tuple[str, str]:
    """Returns the tokens of somebody who hands in and of somebody who reviews."""
    with closing(wiring.open_registry(corpus.settings(data))) as registry:
        tokens = []
        for role in (Role.CONTRIBUTOR, Role.REVIEWER):
            accounts = SqlAccounts(registry.journal.engine, wiring.now)
            account = accounts.enrol(f"{role}@example.org", "bg")
            accounts.change(replace(account, name=role.value))
            registry.directory.join(account.actor, KEEPER, role)
            person = registry.directory.person(account.actor)
            if person is None:
                raise RuntimeError("nobody was enrolled")
            tokens.append(registry.access.issue(person, "benchmark", list(Scope), 30))
    first, second = tokens
    return first, second


@contextmanager
def _serving(data: Path) -> Iterator[str]:
    """Runs `registry serve` until the block ends; yields its address."""
    port = servers.free_port()
    address = f"http://{servers.HOST}:{port}"
    environ = {
        "REGISTRY_DATA": str(data),
        "REGISTRY_SITE__BASE": corpus.BASE,
        "REGISTRY_SITE__PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "registry.cli.main", "serve"],
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(servers.GRACE)


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    with httpx.Client(base_url=address) as client:
        while time.monotonic() < until and process.poll() is None:
            try:
                health = client.get("/health").json()
                if health["ready"] and health["lag"] == 0:
                    return
            except httpx.TransportError:
                pass
            time.sleep(servers.INTERVAL)
    raise RuntimeError("the server was not ready in time")
