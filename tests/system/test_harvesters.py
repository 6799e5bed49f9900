"""One server, and every harvester that comes to it: first for everything, then again.

Between the two visits a table is retired, a place gets another name, and there is
a new dump. Each client but the one for Atom was written by others.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from ckanapi import RemoteCKAN
from oaipmh_scythe import Scythe
from oaipmh_scythe.models import Record

from registry import review, submissions, wiring
from registry.iris import RecordId
from registry.record import Provenance
from registry.settings import Settings
from tests.ckan import Harvester
from tests.ldes import LdesClient, activities, carried_out
from tests.replaying import Copy, archive_before, of_atom
from tests.serving import Operator, free_port
from tests.versions import content

ATTEMPTS = 300
LISTS = (
    *("age", "agedef", "citizenship", "countries", "frequency", "obs-flag"),
    *("place-level", "sex", "unit"),
)
FILES = (
    *(f"schemes/{name}.csv" for name in LISTS),
    *("places/nuts.csv", "places/reporting-areas.csv"),
    *("tables/migr-imm8.json", "tables/tps00176.json"),
)
RETIRED = RecordId("table", "migr-imm8")
CHANGED = RecordId("place", "bg")
RECORDS = len(LISTS) + 37 + 3 + 2

DATASETS = {
    *("register.place", "register.scheme", "register.table", "registry"),
    *("table.migr-imm8", "table.tps00176"),
}
SERIES = "series.eurostat"
FACES = ("catalog.ttl", "catalog.rdf", "catalog.jsonld", "catalog.nt", "catalog?page=1")

FEEDS = ("records", "catalog")

Deeds = Sequence[tuple[str, str]]
"""What was done to what, in the order of the telling; IRIs without their start."""


@dataclass(frozen=True)
class Visit:
    """What every client came away with.

    Attributes:
        ldes: what `ldes-client` was told since its last visit, by feed.
        copies: what it has then, by feed.
        position: the number of the last activity that it was told of, by feed.
        atom: what the Atom documents add up to, by feed.
        oai: identifiers since the last visit and whether they are gone, by format.
        stamps: the latest datestamp, by format.
        ckanapi: the names of the packages.
        ckanext: the IRIs of the datasets, in the eyes of a CKAN portal.
        tags: the `ETag` of each face of the catalogue.
    """

    ldes: Mapping[str, Deeds]
    copies: Mapping[str, Copy]
    position: Mapping[str, int]
    atom: Mapping[str, Copy]
    oai: Mapping[str, Mapping[str, bool]]
    stamps: Mapping[str, str]
    ckanapi: set[str]
    ckanext: set[str]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Clients:
    """All the clients of one server."""

    base: str
    ldes: LdesClient
    ckan: Harvester

    def visit(self, before: Visit | None = None) -> Visit:
        """Lets each client harvest, as if it alone were there."""
        told = {feed: self._ldes(feed, before) for feed in FEEDS}
        oai = {
            prefix: self._oai(prefix, before.stamps[prefix] if before else None)
            for prefix in ("oai_dc", "dcat_ap")
        }
        with RemoteCKAN(self.base) as client:
            names = set(client.action.package_list())
        (gathered,) = self.ckan.gather(f"{self.base}catalog")
        with httpx.Client(base_url=self.base) as reader:
            tags = {face: reader.get(face).headers["ETag"] for face in FACES}
        return Visit(
            ldes={feed: deeds for feed, (deeds, _, _) in told.items()},
            copies={feed: copy for feed, (_, copy, _) in told.items()},
            position={feed: position for feed, (_, _, position) in told.items()},
            atom={feed: self._atom(feed) for feed in FEEDS},
            oai={
                prefix: {str(r.header.identifier): r.deleted for r in records}
                for prefix, records in oai.items()
            },
            stamps={
                prefix: max(str(r.header.datestamp) for r in records)
                for prefix, records in oai.items()
            },
            ckanapi=names,
            ckanext=set(gathered.datasets),
            tags=tags,
        )

    def _ldes(self, feed: str, before: Visit | None) -> tuple[Deeds, Copy, int]:
        position = before.position[feed] if before else 0
        copy = dict(before.copies[feed]) if before else {}
        # The shape of the catalogue's is on a server of the European Commission.
        options = ("--no-shape",) if feed == "catalog" else ()
        address = f"{self.base}feed/{feed}"
        if before:
            address += f"?after={position}"
        read = self.ldes.follow(address, *options)
        told = [each for each in activities(read) if each[0] > position]
        start = f"{self.base}id/"
        deeds = [(deed, about.removeprefix(start)) for _, deed, about, _ in told]
        return deeds, carried_out(read, copy, after=position), told[-1][0]

    def _oai(self, prefix: str, since: str | None) -> Sequence[Record]:
        with Scythe(f"{self.base}oai") as client:
            listed = client.list_records(metadata_prefix=prefix, from_=since)
            return [record for record in listed if isinstance(record, Record)]

    def _atom(self, feed: str) -> Copy:
        documents: list[bytes] = []
        address: str | None = f"{self.base}feed/{feed}.atom"
        with httpx.Client() as reader:
            while address:
                documents.insert(0, reader.get(address).content)
                address = archive_before(documents[0])
        return of_atom(documents)


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """A server of places and two tables, with a dump."""
    operator = Operator(tmp_path_factory.mktemp("harvested") / "data", free_port())
    for command in (("init",), ("load", *FILES), ("dump",)):
        assert operator.run(*command).returncode == 0
    with operator.serving():
        described(operator)
        yield operator


def described(operator: Operator) -> None:
    """Returns when the catalogue tells of all that was published."""
    with closing(opened(operator)) as registry:
        dump = registry.journal.dumps.latest()
    for _ in range(ATTEMPTS):
        health = httpx.get(f"{operator.base}health").json()
        at = health["catalogue"]
        if health["lag"] == at["lag"] == 0 and dump and at["dump"] == dump.number:
            return
        # Nothing tells that the server has finished but looking.
        time.sleep(0.1)
    raise AssertionError(health)


def opened(operator: Operator) -> wiring.Registry:
    """Opens the registry beside its server."""
    return wiring.open_registry(Settings(data=operator.data))


@pytest.fixture(scope="module")
def clients(
    operator: Operator, ldes_client: LdesClient, harvester: Harvester
) -> Clients:
    """The clients, none of which has been there before."""
    return Clients(operator.base, ldes_client, harvester)


@pytest.fixture(scope="module")
def first(clients: Clients) -> Visit:
    """Everybody comes for everything."""
    return clients.visit()


@pytest.fixture(scope="module")
def unchanged(operator: Operator, first: Visit) -> Mapping[str, tuple[int, int]]:
    """What who has the catalogue is answered: the status, and so many bytes."""
    answers = {}
    with httpx.Client(base_url=operator.base) as reader:
        for face, tag in first.tags.items():
            answer = reader.get(face, headers={"If-None-Match": tag})
            answers[face] = (answer.status_code, len(answer.content))
    return answers


@pytest.fixture(scope="module")
def second(
    operator: Operator, clients: Clients, first: Visit, unchanged: object
) -> Visit:
    """Everybody comes again, after something has happened."""
    del unchanged  # was asked for before
    with closing(opened(operator)) as registry:
        iris = registry.iris
        current = registry.journal.current(CHANGED)
        assert current is not None
        document: dict[str, Any] = json.loads(current.content.document)
        for member in ("@context", "id"):
            del document[member]
        document["name"]["en"] = "Republic of Bulgaria"
        made = content(CHANGED, document, iris)
        with registry.journal.write() as writer:
            entry = submissions.submit(
                writer, CHANGED, made, provenance=Provenance(), actor="a"
            )
            assert entry is not None
            review.accept(writer, entry, actor="b")
            review.retire(writer, RETIRED, actor="b", reason="withdrawn")
    assert operator.run("dump").returncode == 0
    described(operator)
    return clients.visit(first)


def test_everything_arrives_by_every_way(first: Visit, operator: Operator) -> None:
    """Whoever comes has as many records and datasets as any other."""
    described = DATASETS | {SERIES}
    iris = {f"{operator.base}id/catalog/{key}" for key in described}

    assert {deed for deed, _ in first.ldes["records"]} == {"Create"}
    assert len(first.ldes["records"]) == len(first.copies["records"]) == RECORDS
    assert first.atom["records"] == first.copies["records"]
    assert set(first.copies["catalog"]) == iris
    assert first.atom["catalog"] == first.copies["catalog"]
    assert len(first.oai["oai_dc"]) == RECORDS + len(described)
    assert len(first.oai["dcat_ap"]) == len(described)
    assert not any(first.oai["oai_dc"].values())
    assert first.ckanapi == {key.replace(".", "_") for key in DATASETS}
    assert first.ckanext == {f"{operator.base}id/catalog/{key}" for key in DATASETS}


def test_an_unchanged_catalogue_costs_nothing(
    unchanged: Mapping[str, tuple[int, int]],
) -> None:
    """Who has it is told so in every format, and is sent nothing."""
    assert unchanged == dict.fromkeys(FACES, (304, 0))


def test_event_streams_tell_what_changed_and_no_more(second: Visit) -> None:
    """Both streams tell of the deletion, and of nothing that is as it was."""
    assert second.ldes["records"] == [
        ("Update", str(CHANGED)),
        ("Delete", str(RETIRED)),
    ]
    ended, *others = second.ldes["catalog"]
    assert ended == ("Delete", "catalog/table.migr-imm8")
    assert set(others) == {
        ("Update", f"catalog/{key}")
        for key in ("registry", "register.place", "register.table", SERIES)
    }


def test_atom_adds_up_to_the_same(second: Visit, operator: Operator) -> None:
    """A reader of Atom has what a reader of the streams has, without the table."""
    assert second.atom == second.copies
    assert f"{operator.base}id/{RETIRED}" not in second.atom["records"]
    assert f"{operator.base}id/catalog/table.migr-imm8" not in second.atom["catalog"]
    assert len(second.atom["records"]) == RECORDS - 1
    assert len(second.atom["catalog"]) == len(DATASETS)


def test_oai_pmh_keeps_the_deletion(second: Visit) -> None:
    """Who asks from the last stamp on is told that the table and its dataset ended."""
    gone = {
        prefix: {name.split(":")[2] for name, deleted in listed.items() if deleted}
        for prefix, listed in second.oai.items()
    }
    assert gone == {
        "oai_dc": {"catalog/table.migr-imm8", "table/migr-imm8"},
        "dcat_ap": {"catalog/table.migr-imm8"},
    }
    present = {name.split(":")[2]: gone for name, gone in second.oai["oai_dc"].items()}
    assert present["place/bg"] is False
    assert present["catalog/register.place"] is False


def test_what_lists_the_present_has_it_no_more(second: Visit, first: Visit) -> None:
    """A portal finds that it has a dataset which the source does not list."""
    assert first.ckanapi - second.ckanapi == {"table_migr-imm8"}
    assert second.ckanapi < first.ckanapi
    (missing,) = first.ckanext - second.ckanext
    assert missing.endswith("/id/catalog/table.migr-imm8")
    assert second.ckanext < first.ckanext
    assert not set(first.tags.values()) & set(second.tags.values())
