from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from registry.gate import Gate
from registry.sandbox import Worker
from tests.desk import Office, gate_over


@pytest.fixture(scope="session")
def gate_of_office() -> Iterator[Gate]:
    """The gate over a real sandboxed worker, for the whole run."""
    with Worker("registry.admission:serve", memory=3 * 1024**3) as worker:
        yield gate_over(worker)


@pytest.fixture
def office(gate_of_office: Gate, tmp_path: Path) -> Iterator[Office]:
    """A registry with a desk, in which nothing is published."""
    with ExitStack() as stack:
        yield Office(tmp_path, gate_of_office, stack)
