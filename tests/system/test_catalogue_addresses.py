"""A portal's link checker: every address that the catalogue names answers."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from registry.namespaces import DCAT
from registry.settings import Settings
from registry.wiring import open_registry
from tests.dcat import statements
from tests.serving import Operator

ATTEMPTS = 600
CHECKERS = 4

CHECKED = {
    f"{DCAT}{name}"
    for name in (
        "accessURL",
        "downloadURL",
        "endpointDescription",
        "endpointURL",
        "landingPage",
    )
}


@pytest.fixture(scope="module")
def portal(served: Operator) -> Iterator[httpx.Client]:
    """A client of the server, once that has described its first dump."""
    registry = open_registry(Settings(data=served.data))
    for _ in range(ATTEMPTS):
        dump = registry.journal.dumps.latest()
        if dump and registry.catalogue.position().dump == dump.number:
            break
        # Nothing tells that the server has finished but looking.
        time.sleep(0.2)
    registry.close()
    with httpx.Client(base_url=served.address, timeout=60) as client:
        yield client


def test_every_address_of_the_catalogue_answers(portal: httpx.Client) -> None:
    """Without logging in, and without sending what would be read."""
    found = statements(portal.get("catalog.nt").text)
    addresses = {value for _, predicate, value in found if predicate in CHECKED}

    def status(address: str) -> tuple[int, int]:
        answer = portal.head(address)
        return answer.status_code, len(answer.content)

    with ThreadPoolExecutor(CHECKERS) as checkers:
        answers = dict(zip(addresses, checkers.map(status, addresses), strict=True))

    assert len(addresses) > 300
    assert {a: answer for a, answer in answers.items() if answer != (200, 0)} == {}
