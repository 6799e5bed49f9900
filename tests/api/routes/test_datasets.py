from collections.abc import Iterator

import pytest
from pyoxigraph import RdfFormat, parse

from registry import graphs
from registry.views.dcat.profiles import PROFILES
from tests.api.catalogues import Portal, serving
from tests.api.conftest import Sample
from tests.cataloguing import QUARTERLY, YEARLY
from tests.versions import BASE, IRIS

TABLE = f"table.{YEARLY}"
TYPES = {
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
}
OLDER = PROFILES[1]


@pytest.fixture(scope="module")
def portal(
    sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A server of a small catalogue of real descriptions."""
    with serving(sample, tmp_path_factory.mktemp("portal")) as made:
        yield made


def triples(portal: Portal, key: str = TABLE) -> str:
    found = portal.store.dataset(key)
    assert found is not None
    return found.triples


@pytest.mark.parametrize("query", ["", "?lang=en", "?profile=dcat-ap-2.1.1&lang=bg"])
def test_dataset_leads_to_its_description(portal: Portal, query: str) -> None:
    """The thing is not the document; what was asked for goes along."""
    answer = portal.client.get(f"/id/catalog/{TABLE}{query}")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}doc/catalog/{TABLE}{query}"


@pytest.mark.parametrize("extension", TYPES)
def test_description_in_every_format(portal: Portal, extension: str) -> None:
    """By its address or by negotiation, it is what the catalogue holds."""
    fixed = portal.client.get(f"/doc/catalog/{TABLE}.{extension}")
    chosen = portal.client.get(f"/doc/catalog/{TABLE}", accept=TYPES[extension])

    assert fixed.content == chosen.content
    assert fixed.headers["content-type"].startswith(TYPES[extension])
    format_ = RdfFormat.from_media_type(TYPES[extension])
    found = graphs.canonical(q.triple for q in parse(fixed.content, format=format_))
    assert found == triples(portal)
    location = chosen.headers["content-location"]
    assert location == f"{BASE}doc/catalog/{TABLE}.{extension}"
    for link in (
        f'<{BASE}doc/catalog/{TABLE}>; rel="canonical"',
        f'<{IRIS.dataset(TABLE)}>; rel="describes"',
        f'<{IRIS.catalogue}>; rel="collection"',
        f'<{BASE}feed/catalog.atom>; rel="alternate"; type="application/atom+xml"',
    ):
        assert link in fixed.headers["link"]


def test_description_in_the_older_profile(portal: Portal) -> None:
    """It is told in other words, and says so."""
    answer = portal.client.get(f"/doc/catalog/{TABLE}.nt?profile={OLDER.key}")

    assert answer.text == OLDER.view(triples(portal))
    assert answer.headers["content-profile"] == f"<{OLDER.iri}>"


def test_series_has_no_description_in_the_older_profile(portal: Portal) -> None:
    """DCAT-AP 2.1.1 has no word for a series."""
    path = "/doc/catalog/series.eurostat.ttl"

    assert portal.client.get(path).status_code == 200
    assert portal.client.get(f"{path}?profile={OLDER.key}").status_code == 404


def test_description_is_kept_until_it_changes(portal: Portal) -> None:
    """Its tag is that of its content."""
    path = f"/doc/catalog/{TABLE}.ttl"
    first = portal.client.get(path)

    again = portal.client.get(path, if_none_match=first.headers["etag"])

    assert (again.status_code, again.content) == (304, b"")
    other = portal.client.get(f"/doc/catalog/{TABLE}.nt")
    assert other.headers["etag"] != first.headers["etag"]
    assert portal.client.send("HEAD", path).headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("place", ["id", "doc"])
def test_withdrawn_dataset_is_gone(portal: Portal, place: str) -> None:
    """Its tombstone says since when."""
    key = f"table.{QUARTERLY}"
    answer = portal.client.get(f"/{place}/catalog/{key}", accept_language="en")

    found = portal.store.dataset(key)
    assert found is not None
    assert answer.status_code == 410
    problem = answer.json()
    assert problem["dataset"] == IRIS.dataset(key)
    assert problem["deleted"] == f"{found.at:%Y-%m-%dT%H:%M:%S}Z"


@pytest.mark.parametrize(
    "path",
    [
        "/id/catalog/table.nobody",
        "/doc/catalog/table.nobody",
        "/doc/catalog/table.nobody.ttl",
        "/doc/catalog/x%00y",
    ],
)
def test_unknown_dataset_is_not_found(portal: Portal, path: str) -> None:
    """What was never in the catalogue has no address."""
    assert portal.client.get(path).status_code == 404


def test_misspelt_parameter_is_told(portal: Portal) -> None:
    """A wish that would be passed over in silence is refused."""
    assert portal.client.get(f"/doc/catalog/{TABLE}?profil=x").status_code == 400


@pytest.mark.parametrize(
    "path", [f"/doc/catalog/{TABLE}", f"/doc/catalog/{TABLE}.html"]
)
@pytest.mark.parametrize("language", ["bg", "en"])
def test_people_are_sent_to_the_page(portal: Portal, path: str, language: str) -> None:
    """The document for them is a page in their language."""
    answer = portal.client.get(path, accept="text/html", accept_language=language)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}{language}/catalogue/{TABLE}"
