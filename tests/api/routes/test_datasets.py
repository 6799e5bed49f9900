import json
import re
from collections.abc import Iterator

import pytest
from pyoxigraph import RdfFormat, parse

from registry import graphs
from registry.namespaces import SCHEMA
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
    ("language", "texts"),
    [
        ("bg", ["Имиграция", "Евростат", "За изтегляне", "имигранти", "2012-01-01"]),
        ("en", ["Immigration", "Eurostat", "Downloads", "immigrants", "2015-12-31"]),
    ],
)
def test_page_of_a_dataset(portal: Portal, language: str, texts: list[str]) -> None:
    """It says what the description says, in the language of the reader."""
    answer = portal.client.get(
        f"/doc/catalog/{TABLE}", accept="text/html", accept_language=language
    )

    assert answer.headers["content-language"] == language
    for text in texts:
        assert text in answer.text
    assert f'href="{BASE}dump/{TABLE}.csv"' in answer.text
    assert f"{40:064x}" in answer.text
    assert f'href="{BASE}id/catalog/series.eurostat?lang={language}"' in answer.text


@pytest.mark.parametrize("key", [TABLE, "series.eurostat", "registry"])
def test_search_engines_find_a_dataset_in_the_page(portal: Portal, key: str) -> None:
    """The head of a page has the description in the terms of schema.org."""
    page = portal.client.get(f"/doc/catalog/{key}.html?lang=en").text

    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    (structured,) = map(json.loads, found)
    assert structured["@id"] == IRIS.dataset(key)
    assert (structured["@context"], structured["@type"]) == (SCHEMA, "Dataset")
    assert page.index("</head>") > page.index("ld+json")


def test_pages_run_no_script(portal: Portal) -> None:
    """What stands in a script element is data, and the policy lets no script run."""
    answer = portal.client.get(f"/doc/catalog/{TABLE}.html")

    assert answer.text.count("<script") == 1
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
