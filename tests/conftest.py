"""Fixtures that every part uses: a clock that ticks and an empty journal."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.journal.sql import SqlJournal, create
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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps together, on one of several processes, tests that share something.

    That is the server of all the datasets, or else what their module has set up.
    """
    for item in items:
        shared = "served" in getattr(item, "fixturenames", ())
        name = "served" if shared else str(item.path)
        item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A clock that starts with 2026 and ticks a second each time it is asked."""
    return ticking()


@pytest.fixture
def journal(tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[SqlJournal]:
    """An empty journal in a temporary folder."""
    made = create(tmp_path / "journal.sqlite", BASE, clock)
    yield made
    made.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """A server of all the datasets, for the whole run; nobody may change it."""
    operator = Operator(tmp_path_factory.mktemp("served") / "data", free_port())
    assert operator.run("init").returncode == 0
    assert operator.run("load").returncode == 0
    with operator.serving():
        yield operator
