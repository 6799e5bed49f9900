"""Fixtures that every part uses: a clock that ticks and an empty journal."""

import os
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from registry.journal.dialects import engine, journal_url, writing
from registry.journal.migrations import migrate
from registry.journal.sql import SqlJournal, create
from tests import sharing
from tests.besieging import TIGHT, Besieged
from tests.postgres import QUICK, Server, server
from tests.serving import Operator, free_port

BASE = "http://127.0.0.1:8000/"
DAWN = datetime(2026, 1, 1, tzinfo=UTC)


def ticking(start: datetime = DAWN) -> Callable[[], datetime]:
    """Returns a clock that is a second later each time it is asked."""
    now = start

    def clock() -> datetime:
        nonlocal now
        now += timedelta(seconds=1)
        return now

    return clock


LONG = (
    "tests/system/",
    "tests/benchmarks/",
    "tests/torture/",
    "tests/conformance/",
    "tests/registry/cli/",
)
"""Folders whose modules take longest."""


def pytest_xdist_auto_num_workers() -> int:
    """Returns how many processes run tests: half as many again as there are processors.

    Much of the time, each of them waits for the processes that its test has started.
    """
    processors = len(os.sched_getaffinity(0))
    return processors + processors // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts modules in order, each of which runs on one of several processes.

    Long modules come first, so that at the end no process waits for another's. All
    the datasets are loaded for the first of them that needs them; then come those
    that need none, so that the other processes have something to do meanwhile.
    """
    served = [item.path for item in items if "served" in _used(item)]
    first = next((i.path for i in items if _long(i) and i.path in served), None)
    items.sort(
        key=lambda i: (not _long(i), i.path != first, _long(i) and i.path in served)
    )


def _used(item: pytest.Item) -> Collection[str]:
    return getattr(item, "fixturenames", ())


def _long(item: pytest.Item) -> bool:
    return item.nodeid.startswith(LONG)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A clock that starts with 2026 and ticks a second each time it is asked."""
    return ticking()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL of this process."""
    with server(QUICK) as running:
        yield running


@pytest.fixture(scope="session")
def template(postgres: Server) -> str:
    """The name of a database with the tables of a journal, and nothing in them."""
    url = postgres.database()
    made = engine(journal_url(url))
    with writing(made) as connection:
        migrate(connection, ticking())
    made.dispose()
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    found: str = request.param
    return found


@pytest.fixture
def places(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], str | Path]]:
    """Makes places for new journals, in each kind of database."""
    if kind == "sqlite":
        numbers = count()
        yield lambda: tmp_path / f"journal-{next(numbers)}.sqlite"
        return
    running: Server = request.getfixturevalue("postgres")
    with running.databases(request.getfixturevalue("template")) as made:
        yield made


@pytest.fixture
def empty(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str | Path]:
    """An empty database of each kind, without any table."""
    if kind == "sqlite":
        yield tmp_path / "empty.sqlite"
        return
    running: Server = request.getfixturevalue("postgres")
    with running.databases() as made:
        yield made()


@pytest.fixture
def place(places: Callable[[], str | Path]) -> str | Path:
    """The place of a new journal, in each kind of database."""
    return places()


@pytest.fixture
def journal(tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[SqlJournal]:
    """An empty journal in a temporary folder."""
    made = create(tmp_path / "journal.sqlite", BASE, clock)
    yield made
    made.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """A server of all the datasets, for the whole run; nobody may change it."""
    with sharing.everything(tmp_path_factory) as operator:
        yield operator


@pytest.fixture(scope="session")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Besieged]:
    """A server with little data and tight limits, for whoever wants it down."""
    data = tmp_path_factory.mktemp("besieged") / "data"
    operator = Operator(data, free_port(), settings=TIGHT)
    assert operator.run("init").returncode == 0
    assert operator.run("load", "schemes/age.csv").returncode == 0
    with operator.serving() as process:
        yield Besieged(operator, process.pid)
