"""What is kept beside the journal is tried in each kind of database."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from registry.journal.sql import SqlJournal, create
from tests.conftest import BASE


@pytest.fixture
def journal(place: str | Path, clock: Callable[[], datetime]) -> Iterator[SqlJournal]:
    """An empty journal in each kind of database."""
    made = create(place, BASE, clock)
    yield made
    made.close()
