"""`oaipmh-scythe`, a client that nobody here wrote, harvests us by OAI-PMH."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import tostring

import pytest
from oaipmh_scythe import Scythe
from oaipmh_scythe.models import Header, Record
from rdflib import Graph

from api.application import application
from registry import review
from registry.iris import RecordId
from registry.lifecycle import Status
from registry.ports import Position, Standing
from registry.settings import Settings
from registry.wiring import Registry, open_registry
from tests.api.conftest import Sample, build
from tests.listening import listening
from tests.serving import Operator

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
START = "oai:registry.example:"
LATER = datetime(2026, 12, 31, tzinfo=UTC)
ATTEMPTS = 100


@pytest.fixture(scope="module")
def registry(served: Operator) -> Iterator[Registry]:
    """The registry that the server serves."""
    opened = open_registry(Settings(data=served.data))
    yield opened
    opened.close()


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Sample]:
    """A registry of this test's own."""
    made = build(tmp_path)
    yield made
    made.lists.close()
    made.catalogue.close()
    made.journal.close()


def harvest(
    client: Scythe, prefix: str, *, set_: str | None = None, from_: str | None = None
) -> list[Record]:
    """Returns every record of a list, following its tokens."""
    listed = client.list_records(metadata_prefix=prefix, set_=set_, from_=from_)
    return [record for record in listed if isinstance(record, Record)]


def test_identify(served: Operator) -> None:
    """The client understands what the repository says of itself."""
    with Scythe(f"{served.base}oai") as client:
        said = client.identify()
        formats = [each.metadataPrefix for each in client.list_metadata_formats()]  # type: ignore[union-attr]
        sets = [each.setSpec for each in client.list_sets()]  # type: ignore[union-attr]

    assert said.baseURL == f"{served.base}oai"
    assert said.deletedRecord == "persistent"  # type: ignore[attr-defined]
    assert formats == ["oai_dc", "dcat_ap"]
    assert "record:institution" in sets


def test_whole_harvest_of_records(served: Operator, registry: Registry) -> None:
    """Page after page there is every record that the journal has, each once."""
    with Scythe(f"{served.base}oai") as client:
        records = harvest(client, "oai_dc", set_="record")
        listed = list(client.list_identifiers(metadata_prefix="oai_dc", set_="record"))

    heads = {
        str(each.head.record): each.head.status for each in registry.journal.heads()
    }
    seen = {str(each.header.identifier).split(":", 2)[2]: each for each in records}
    assert len(records) == len(listed) == len(heads) > 1000
    assert seen.keys() == heads.keys()
    for name, record in seen.items():
        assert record.deleted is (heads[name] is Status.RETIRED)
        if not record.deleted:
            assert record.metadata["title"]
            assert record.metadata["identifier"][0] == f"{served.base}id/{name}"
    assert {type(each) for each in listed} == {Header}


def test_whole_harvest_of_datasets(served: Operator, registry: Registry) -> None:
    """DCAT-AP from zero on adds up to the very graph of the catalogue."""
    with Scythe(f"{served.base}oai") as client:
        for _ in range(ATTEMPTS):
            before = registry.catalogue.state()
            records = harvest(client, "dcat_ap") if before.number else []
            if records and registry.catalogue.state() == before:
                break
            # The server is still describing what was loaded, and nothing tells
            # when it has finished but looking.
            time.sleep(0.2)

    described = registry.catalogue.changed(0, 10_000)
    harvested, expected = Graph(), Graph()
    for record in records:
        if not record.deleted:
            rdf = next(record.xml.iter(RDF))
            harvested.parse(data=tostring(rdf), format="xml")
    for each in described:
        expected.parse(data=each.triples, format="nt")
    assert len(records) == len(described)
    assert len(harvested) > 100
    assert set(harvested) == set(expected)


def test_changes_and_deletions_arrive(sample: Sample) -> None:
    """Who comes back asks from the latest stamp on, and is told of every end."""
    with (
        listening(application(sample, close=lambda: None)) as address,
        Scythe(f"{address}oai") as client,
    ):
        first = harvest(client, "oai_dc")
        latest = max(str(each.header.datestamp) for each in first)
        with sample.journal.write() as writer:
            centre = RecordId("institution", "centre")
            review.retire(writer, centre, actor="a-2", reason="closed")
        gone = Standing("register.place", LATER, "", LATER, LATER)
        sample.catalogue.write([gone], Position(99, 0))

        second = harvest(client, "oai_dc", from_=latest)

    described = sample.catalogue.changed(0, 1000)
    assert len(first) == len(described) + len(list(sample.journal.heads()))
    assert [(each.header.identifier, each.deleted) for each in second] == [
        (f"{START}catalog/register.place", True),
        (f"{START}institution/closed", True),
        (f"{START}institution/centre", True),
    ]
