"""`ckanapi`, a client that nobody here wrote, reads our datasets as CKAN's."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from ckanapi import NotFound, RemoteCKAN, ValidationError
from ckanapi.errors import CKANAPIError

from registry.settings import Settings
from registry.wiring import Registry, open_registry
from tests.serving import Operator

ATTEMPTS = 300
PAGE = 7


@pytest.fixture(scope="module")
def registry(served: Operator) -> Iterator[Registry]:
    """The registry that the server serves, once it has described what was loaded."""
    opened = open_registry(Settings(data=served.data))
    for _ in range(ATTEMPTS):
        if opened.catalogue.position().sequence == opened.journal.tip()[0]:
            break
        # Nothing tells that the server has finished but looking.
        time.sleep(0.2)
    yield opened
    opened.close()


@pytest.fixture(params=[True, False], ids=["get", "post"])
def client(
    request: pytest.FixtureRequest, registry: Registry, served: Operator
) -> Iterator[Any]:
    """The client, by either method."""
    del registry
    with RemoteCKAN(served.base, get_only=request.param) as made:
        yield made


def harvest(client: Any, **asked: str) -> dict[str, Any]:
    """Returns every package by its name, page by page, as CKAN's harvester does."""
    found: dict[str, Any] = {}
    start = 0
    while True:
        page = client.action.package_search(
            rows=PAGE, start=start, sort="id asc", **asked
        )
        if not page["results"]:
            return found
        found |= {each["name"]: each for each in page["results"]}
        start += PAGE


def test_whole_harvest(client: Any, registry: Registry) -> None:
    """Every dataset of the catalogue is there, each once and as it is shown alone."""
    for _ in range(ATTEMPTS):
        before = registry.catalogue.state()
        packages = harvest(client)
        names = client.action.package_list()
        shown = client.action.package_show(id="register_institution")
        if registry.catalogue.state() == before:
            break  # otherwise the server has just published its first dump

    datasets = [
        each.key
        for each in registry.catalogue.datasets(limit=10_000)
        if not each.key.startswith("series.")
    ]
    assert names == sorted(packages) == sorted(k.replace(".", "_") for k in datasets)
    assert len({each["id"] for each in packages.values()}) == len(names) > 5
    assert shown == packages["register_institution"]
    assert shown["url"] == f"{registry.iris.base}records?kind=institution"


def test_changes_since(client: Any) -> None:
    """Who comes back asks for what changed since, and for nothing else."""
    stamps = sorted(each["metadata_modified"] for each in harvest(client).values())
    latest = stamps[-1]

    newest = harvest(client, fq=f"metadata_modified:[{latest}Z TO *]")
    later = harvest(client, fq="metadata_modified:[2999-01-01T00:00:00Z TO *]")

    assert len(newest) >= stamps.count(latest) > 0
    assert later == {}


def test_refusals(client: Any) -> None:
    """The client understands what is wrong with a call."""
    with pytest.raises(NotFound):
        client.action.package_show(id="nothing")
    with pytest.raises(ValidationError):
        client.action.package_show()
    with pytest.raises(CKANAPIError):
        client.action.package_delete(id="register_institution")


def test_site(client: Any, served: Operator) -> None:
    """The site tells the client its version and language."""
    status = client.action.status_show()

    assert (status["ckan_version"], status["locale_default"]) == ("2.10.0", "bg")
    assert status["site_url"] == served.base.rstrip("/")
    assert client.action.site_read() is True
