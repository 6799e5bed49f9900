"""Queries without end while records are published and snapshots replaced.

REGISTRY_TORTURE_QUERIES=10000 pytest -s tests/torture/test_rotation.py
"""

import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles

import httpx

from tests.serving import UNLIMITED, Operator, free_port
from tests.torture import office
from tests.torture.office import Ledger

QUERIES = int(os.environ.get("REGISTRY_TORTURE_QUERIES", "300"))
LEAST = 2
"""Records that have to be seen for there to be a figure."""
PATIENCE = 120.0
"""Seconds within which they are; a busy machine is slow."""
PROMISED = 3.0
"""Seconds after which queries see what was published, on a machine of its own."""
PRACTICES = (
    "SELECT ?s { GRAPH ?g { ?s a "
    "<https://w3id.org/migrant-integration/def#IntegrationMeasure> } }"
)
HEADERS = {"Accept": "application/sparql-results+json"}


class Reader:
    """Somebody who asks one query after the other, for all the practices."""

    def __init__(self, address: str, ledgers: Sequence[Ledger]) -> None:
        self.address = address
        self.ledgers = ledgers
        self.asked = 0
        self.failed: list[str] = []
        self.lags: list[float] = []

    def work(self) -> None:
        """Asks, and notes how long ago each new practice was published."""
        seen: set[str] = set()
        began = time.monotonic()
        with httpx.Client(base_url=self.address, timeout=60) as client:
            while self.asked < QUERIES or self._too_soon(began):
                answer = client.get(
                    "sparql", params={"query": PRACTICES}, headers=HEADERS
                )
                self.asked += 1
                if answer.status_code != 200:
                    self.failed.append(answer.text)
                    continue
                rows = answer.json()["results"]["bindings"]
                self._note({row["s"]["value"] for row in rows}, seen)

    def _too_soon(self, began: float) -> bool:
        """Says whether too little was seen yet, and may still come."""
        return len(self.lags) < LEAST and time.monotonic() - began < PATIENCE

    def _note(self, found: set[str], seen: set[str]) -> None:
        now = time.monotonic()
        for ledger in self.ledgers:
            known = zip(list(ledger.published), ledger.moments, strict=False)
            for record, moment in known:
                if record in found and record not in seen:
                    seen.add(record)
                    self.lags.append(now - moment)


def test_no_query_fails_while_snapshots_change(tmp_path: Path) -> None:
    """What was published is seen soon after, and never to disappear."""
    operator = Operator(tmp_path / "data", free_port(), settings=UNLIMITED)
    assert operator.run("init").returncode == 0
    assert operator.run("load", "schemes/place-level.csv").returncode == 0
    people = office.tokens(operator)
    with operator.serving(), office.working(operator, people, pairs=1) as ledgers:
        reader = Reader(operator.address, ledgers)
        thread = threading.Thread(target=reader.work)
        thread.start()
        thread.join()

    assert reader.failed == []
    assert ledgers[0].found == []
    cuts = quantiles(reader.lags, n=100)
    print(
        f"\n{reader.asked} queries, 0 failed; {len(reader.lags)} records seen after "
        f"p50 {cuts[49]:.2f} s, p99 {cuts[98]:.2f} s, most {max(reader.lags):.2f} s; "
        f"promised are {PROMISED:g} s"
    )
