import pytest

from registry.namespaces import DCAT, RDFS
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.versions import BASE


def test_home(client: Client) -> None:
    """Programs find every register from the entry point, with its count."""
    entry = client.get("/").json()

    counts = {member["id"]: member["totalItems"] for member in entry["member"]}
    assert counts[f"{BASE}records?kind=institution"] == 1
    assert counts[f"{BASE}records?kind=scheme"] == 2


def test_every_way_to_the_data_begins_here(client: Client, sample: Sample) -> None:
    """The catalogue, services, files, feeds and descriptions are linked, and answer."""
    document = client.get("/").json()

    (entry,) = sample.vocabulary.context.expand(document)

    (catalogue,) = entry[f"{DCAT}catalog"]
    ways = {service["@id"] for service in entry[f"{DCAT}service"]}
    further = {each["@id"] for each in entry[f"{RDFS}seeAlso"]}
    assert catalogue["@id"] == f"{BASE}catalog"
    assert ways == {
        f"{BASE}catalog#{key}"
        for key in ("sparql", "records", "tables", "feeds", "oai-pmh")
    }
    assert further >= {f"{BASE}dump/", f"{BASE}feed", f"{BASE}openapi.json"}
    endpoints = {
        service[f"{DCAT}{end}"][0]["@id"]
        for service in entry[f"{DCAT}service"]
        for end in ("endpointURL", "endpointDescription")
    }
    for address in {catalogue["@id"]} | further | endpoints - {f"{BASE}oai"}:
        assert client.get(f"/{address.removeprefix(BASE)}").status_code == 200, address


@pytest.mark.parametrize(
    ("query", "header", "home"),
    [
        ("", "", "bg/"),
        ("", "en-GB,en;q=0.9,bg;q=0.5", "en/"),
        ("", "de,fr;q=0.5", "bg/"),
        ("?lang=en", "bg", "en/"),
        ("?lang=klingon", "en", "en/"),
    ],
)
def test_people_are_sent_to_their_language(
    client: Client, query: str, header: str, home: str
) -> None:
    """A browser goes on to the website, in the language of its reader."""
    answer = client.get(f"/{query}", accept="text/html", accept_language=header)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}{home}"
    assert answer.headers["vary"] == "Accept, Accept-Language"
