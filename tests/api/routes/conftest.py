from collections.abc import Iterator

import pytest

from api.application import application
from tests.api import figures
from tests.api.client import Client
from tests.api.conftest import Sample


@pytest.fixture(scope="session")
def with_tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """A registry that has real tables."""
    made = figures.registry_of(tmp_path_factory.mktemp("with-tables"))
    yield made
    made.lists.close()
    made.journal.close()


@pytest.fixture(scope="session")
def tables_client(with_tables: Sample) -> Iterator[Client]:
    """A client of that registry."""
    with Client(application(with_tables, close=lambda: None)) as made:
        yield made
