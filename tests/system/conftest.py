"""Clients that nobody here wrote, each installed once for the whole run."""

import pytest

from tests import ckan
from tests.ckan import Harvester
from tests.ldes import LdesClient


@pytest.fixture(scope="session")
def ldes_client() -> LdesClient:
    """The client of npm for event streams."""
    return LdesClient()


@pytest.fixture(scope="session")
def harvester() -> Harvester:
    """CKAN's harvester of DCAT."""
    return ckan.harvester()
