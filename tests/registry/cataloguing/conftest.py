from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.catalogue.store import Store
from registry.journal.sql import SqlJournal
from tests.cataloguing import History, catalogue


@pytest.fixture
def history(journal: SqlJournal) -> History:
    """A registry in which nothing has happened."""
    return History(journal)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty catalogue."""
    made = catalogue(tmp_path / "catalogue.sqlite")
    yield made
    made.close()
