"""CKAN's harvester of DCAT, which nobody here wrote, reads the whole catalogue.

It is ckanext-dcat with its profile `euro_dcat_ap_3`, in the steps that a portal
takes before it writes to its database.
"""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.catalogue import SIZE
from api.main import create_app
from registry import wiring
from registry.ports import Position, Standing
from registry.settings import Settings, SiteSettings
from tests.api.catalogues import described
from tests.ckan import Dataset, Gathered, Harvester
from tests.listening import listening
from tests.serving import Operator, free_port
from tests.versions import BASE

ATTEMPTS = 600
ADDRESSES = ("catalog", "catalog.rdf", "catalog.jsonld")
AUTHORITY = "http://publications.europa.eu/resource/authority/"
IANA = "http://www.iana.org/assignments/media-types/"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")

KNOWN_OF_ALL = {
    "access_rights": {f"{AUTHORITY}access-right/PUBLIC"},
    "contact_name": {'Regional Municipalities Association "Maritza"'},
    "contact_url": {"https://maritza.info"},
    "publisher_name": {'Regional Municipalities Association "Maritza"'},
    "publisher_type": {"http://purl.org/adms/publishertype/NonProfitOrganisation"},
    "spatial_uri": {f"{AUTHORITY}country/BGR"},
}


TPS00176: Dataset = {
    "title": "Immigration (main table; base table migr_imm1ctz)",
    "notes": (
        "People who settled in the country in the year, all citizenships together. "
        "The Bulgarian title is a translation by this registry."
    ),
    "tags": [
        *("Bulgaria", "age", "citizenship", "definition of age", "immigrants"),
        *("integration", "migration", "sex", "statistics"),
        *("България", "възраст", "гражданство", "имигранти", "интеграция"),
        *("миграция", "определение на възрастта", "пол", "статистика"),
    ],
    "version": "1",
    "version_notes": "Version 1, with 90 observations.",
    "frequency": f"{AUTHORITY}frequency/ANNUAL",
    "provenance": (
        "Source of the figures: Eurostat. The record of the table says where each "
        "edition was taken from."
    ),
    "dcat_type": f"{AUTHORITY}dataset-type/STATISTICAL",
    "language": [f"{AUTHORITY}language/BUL", f"{AUTHORITY}language/ENG"],
    "theme": [f"{AUTHORITY}data-theme/SOCI"],
    "documentation": [
        "https://ec.europa.eu/eurostat/databrowser/view/tps00176/default/table"
    ],
    "creator_name": "Eurostat",
    "creator_url": "https://ec.europa.eu/eurostat",
    "creator_type": "http://purl.org/adms/publishertype/SupraNationalAuthority",
    "temporal_resolution": "P1Y",
    "temporal_start": "2011-01-01",
    "temporal_end": "2022-12-31",
}


@pytest.fixture(scope="module")
def keys(served: Operator) -> set[str]:
    """The keys of the datasets, once the server has described its first dump."""
    with closing(wiring.open_registry(Settings(data=served.data))) as registry:
        for _ in range(ATTEMPTS):
            dump = registry.journal.dumps.latest()
            if dump and registry.catalogue.position().dump == dump.number:
                break
            # Nothing tells that the server has finished but looking.
            time.sleep(0.2)
        listed = registry.catalogue.datasets(limit=10_000)
    # A series has no data of its own, and is no dataset.
    return {each.key for each in listed if not each.key.startswith("series.")}


@pytest.fixture(scope="module")
def gathered(
    harvester: Harvester, served: Operator, keys: set[str]
) -> Mapping[str, Gathered]:
    """What a portal in English has understood, by where it has read."""
    del keys
    found = harvester.gather(*(served.base + address for address in ADDRESSES))
    return dict(zip(ADDRESSES, found, strict=True))


@pytest.fixture(scope="module")
def datasets(gathered: Mapping[str, Gathered]) -> Mapping[str, Dataset]:
    """The datasets by the IRIs that the portal keeps."""
    return gathered["catalog"].datasets


def test_every_dataset_arrives_under_its_iri(
    datasets: Mapping[str, Dataset], served: Operator, keys: set[str]
) -> None:
    """The portal knows each by our IRI, which is its identifier too."""
    assert set(datasets) == {f"{served.base}id/catalog/{key}" for key in keys}
    assert len(datasets) > 60
    for iri, dataset in datasets.items():
        assert dataset["uri"] == dataset["identifier"] == iri


@pytest.mark.parametrize("address", ADDRESSES[1:])
def test_every_format_is_understood_alike(
    gathered: Mapping[str, Gathered], datasets: Mapping[str, Dataset], address: str
) -> None:
    """Not a field differs between Turtle, RDF/XML and JSON-LD."""
    other = gathered[address].datasets

    assert {iri: _comparable(dataset) for iri, dataset in other.items()} == {
        iri: _comparable(dataset) for iri, dataset in datasets.items()
    }


def _comparable(dataset: Dataset) -> Dataset:
    # Of a place's two names the harvester takes the one that it happens on last.
    return {**dataset, "spatial_text": ""}


def test_what_is_said_of_each(datasets: Mapping[str, Dataset]) -> None:
    """Nothing that a portal shows, sorts or filters by is missing anywhere."""
    for name, values in KNOWN_OF_ALL.items():
        assert {dataset[name] for dataset in datasets.values()} == values
    for dataset in datasets.values():
        assert dataset["title"]
        assert dataset["notes"]
        assert dataset["spatial_text"] in ("Bulgaria", "България")
        assert {"Bulgaria", "България"} < set(dataset["tags"])
        assert dataset["theme"]
        assert all(t.startswith(f"{AUTHORITY}data-theme/") for t in dataset["theme"])
        assert dataset["language"] == [
            f"{AUTHORITY}language/{name}" for name in ("BUL", "ENG")
        ]
        assert MOMENT.fullmatch(dataset["issued"])
        assert MOMENT.fullmatch(dataset["modified"])


def test_periods_of_tables(datasets: Mapping[str, Dataset]) -> None:
    """A table has the first and last day of its figures, a register its first."""
    without = [
        iri.rpartition("/")[2]
        for iri, dataset in datasets.items()
        if "temporal_start" not in dataset
    ]
    assert without == ["table.foreign-residents-by-municipality"]  # still to be filled
    for iri, dataset in datasets.items():
        if "temporal_end" in dataset:
            assert "/table." in iri
            assert dataset["temporal_start"] < dataset["temporal_end"]


def test_one_table(datasets: Mapping[str, Dataset], served: Operator) -> None:
    """All that a portal keeps of a table, but for its resources and moments."""
    iri = f"{served.base}id/catalog/table.tps00176"
    dataset = dict(datasets[iri])
    for name in ("resources", "issued", "modified", "spatial_text"):
        del dataset[name]

    table = f"{served.base}id/table/tps00176"
    assert dataset == {
        "guid": iri,
        "uri": iri,
        "identifier": iri,
        "alternate_identifier": [f"{iri}#identifier"],
        "url": f"{served.base}doc/table/tps00176",
        **TPS00176,
        "license_id": "",  # CKAN keeps a list of its own; resources have theirs
        "publisher_uri": f"{served.base}id/institution/rma-maritza",
        "publisher_url": "https://maritza.info",
        "contact_uri": f"{served.base}catalog#contact",
        "creator_uri": f"{served.base}catalog#eurostat",
        **{name: next(iter(values)) for name, values in KNOWN_OF_ALL.items()},
        "conforms_to": [f"{table}#structure"],
        "related_resource": [table],
    }


def test_resources(datasets: Mapping[str, Dataset], served: Operator) -> None:
    """Each has an address, terms of use and names; files have their digest and size."""
    manifest = httpx.get(f"{served.base}dump/manifest.json").json()
    files = {file["name"]: file for file in manifest["files"]}
    found: dict[str, Any] = {}
    for iri, dataset in datasets.items():
        assert dataset["resources"]
        for resource in dataset["resources"]:
            assert resource["uri"].startswith(f"{iri}#")
            assert resource["url"].startswith(served.base)
            assert resource["format"].startswith(f"{AUTHORITY}file-type/")
            assert resource["rights"]
            assert resource["name"]
            assert resource["description"].startswith(dataset["title"])
            assert resource.get("mimetype", IANA).startswith(IANA)
            if "hash" in resource:
                algorithm = resource["hash_algorithm"].rpartition("_")[2]
                assert algorithm == "sha256"
                name = resource["url"].removeprefix(f"{served.base}dump/")
                found[name] = (resource["hash"], resource["size"])

    assert found == {
        name: (file["sha256"], file["size"]) for name, file in files.items()
    }


def test_a_bulgarian_portal_reads_bulgarian(
    harvester: Harvester, served: Operator, keys: set[str]
) -> None:
    """What has two languages is taken in that of the portal."""
    (found,) = harvester.gather(f"{served.base}catalog?page=1", language="bg")

    dataset = found.datasets[f"{served.base}id/catalog/register.institution"]
    assert len(found.datasets) == len(keys)
    assert dataset["title"] == (
        "Институции и организации, полезни за имигрантите в България"
    )
    assert dataset["publisher_name"] == "Регионално сдружение на общините „Марица“"
    assert dataset["resources"][1]["name"] == "JSON-LD, по един запис на ред"


@contextmanager
def paged(folder: Path, count: int) -> Iterator[str]:
    """Serves a catalogue of so many datasets, and yields the base of its IRIs."""
    port = free_port()
    settings = Settings(
        data=folder, site=SiteSettings(base=f"http://127.0.0.1:{port}/")
    )
    base = wiring.create(settings)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    keys = [f"table.{number:05}" for number in range(count)]
    with closing(wiring.open_registry(settings)) as registry:
        changes = [
            Standing(key, at, described(key).replace(BASE, base), at, at)
            for key in keys
        ]
        registry.catalogue.write(changes, Position(0, 0))
    with listening(create_app(settings), port):
        yield base


def test_pages_are_followed_to_the_end(harvester: Harvester, tmp_path: Path) -> None:
    """Page by page there is what the whole has, each dataset once."""
    count = 2 * SIZE + 1
    with paged(tmp_path, count) as base:
        pages, whole = harvester.gather(f"{base}catalog?page=1", f"{base}catalog.rdf")

    assert pages.pages == [
        f"{base}catalog?page=1",
        f"{base}catalog.ttl?page=2",
        f"{base}catalog.ttl?page=3",
    ]
    assert len(pages.datasets) == count
    assert pages.datasets == whole.datasets
