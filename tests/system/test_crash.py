"""Kill -9 of every process while data are being loaded."""

import os
import random
import signal
import time
from pathlib import Path

import httpx
import pytest

from registry.settings import Settings
from registry.store.oxigraph import OxigraphWriter
from registry.wiring import writer
from tests.serving import READY, Operator, free_port

KILLS = int(os.environ.get("REGISTRY_TEST_KILLS", "0"))
"""How often the load of all the datasets is to be killed; if never, one of a few."""

FEW = (
    *("schemes/place-level.csv", "schemes/obs-flag.csv", "schemes/unit.csv"),
    *("schemes/citizenship.csv", "schemes/countries.csv", "schemes/frequency.csv"),
    *("schemes/age.csv", "schemes/agedef.csv", "schemes/sex.csv"),
    *("places/nuts.csv", "places/reporting-areas.csv", "places/municipalities.csv"),
    "tables/tps00176.json",
)
FILES, LATEST = ((), 1500) if KILLS else (FEW, 500)
"""What is loaded, and the last entry of the journal after which it is killed."""

MOMENTS = ("terms/dateSubmitted>", "terms/modified>")


def exported(operator: Operator) -> list[str]:
    """Returns every published quad but the moments, which differ each time."""
    ran = operator.run("export")
    assert ran.returncode == 0, ran.stderr
    return sorted(
        line
        for line in ran.stdout.split("\n")
        if not any(moment in line for moment in MOMENTS)
    )


def projected(operator: Operator, *, fresh: bool) -> list[str]:
    """Returns what the graph store holds, as it is or rebuilt."""
    if fresh:
        assert operator.run("rebuild").returncode == 0
    with writer(Settings(data=operator.data)) as opened:
        assert isinstance(opened.graphs, OxigraphWriter)
        return list(opened.graphs.dump())


def journal_of(client: httpx.Client) -> int:
    """Returns how many entries the server acknowledges."""
    entries: int = client.get("health").json()["journal"]
    return entries


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """Somebody whose load ran to its end."""
    operator = Operator(tmp_path_factory.mktemp("unharmed") / "data", free_port())
    for command in (("init",), ("load", *FILES)):
        ran = operator.run(*command)
        assert ran.returncode == 0, ran.stderr
    return operator


@pytest.mark.parametrize("seed", range(max(KILLS, 1)))
def test_killed_load_loses_nothing_and_ends_with_the_same_graph(
    tmp_path: Path, unharmed: Operator, seed: int
) -> None:
    """What was acknowledged is there, and loading again completes it."""
    operator = Operator(tmp_path / "data", free_port(), unharmed.base)
    assert operator.run("init").returncode == 0
    moment = random.Random(seed).randrange(20, LATEST)  # noqa: S311 - not a secret

    with operator.serving() as server, httpx.Client(base_url=operator.address) as http:
        loading = operator.start("load", *FILES)
        acknowledged = 0
        ends = time.monotonic() + READY
        while acknowledged < moment and time.monotonic() < ends:
            acknowledged = journal_of(http)
        for process in (loading, server):
            os.killpg(process.pid, signal.SIGKILL)
        loading.communicate()
        server.wait()

    assert acknowledged >= moment
    assert operator.run("verify").returncode == 0
    with operator.serving(), httpx.Client(base_url=operator.address) as http:
        assert journal_of(http) >= acknowledged
        reloaded = operator.run("load", *FILES)
        assert reloaded.returncode == 0, reloaded.stderr
    assert exported(operator) == exported(unharmed)
    with operator.serving():
        pass
    assert projected(operator, fresh=False) == projected(operator, fresh=True)
