from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from tests.api.client import Client
from tests.api.dumped import Dumped, dumped
from tests.versions import BASE

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dumped]:
    """A registry with a dump."""
    with dumped(tmp_path_factory.mktemp("crawled")) as made:
        made.make()
        yield made


def located(client: Client, path: str) -> list[str]:
    """Returns what a sitemap lists."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/xml"
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - of our own making
    return [str(loc.text) for loc in root.iter(f"{SITEMAP}loc")]


def test_crawlers_are_kept_from_what_costs_much(client: Client) -> None:
    """Queries and slices are closed to them, all else is open."""
    answer = client.get("/robots.txt")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "User-agent: *",
        "Disallow: /sparql",
        "Disallow: /tables/*?",
        "Disallow: /*/sparql?",
        "Disallow: /*/table/*?",
        "Allow: /",
        f"Sitemap: {BASE}sitemap.xml",
    ]


def test_every_page_of_the_sitemap_is_there(registry: Dumped) -> None:
    """It answers with a page, in the language that its address says."""
    client = registry.client
    pages = [
        page
        for file in located(client, "/sitemap.xml")
        for page in located(client, file.removeprefix(BASE.rstrip("/")))
    ]

    assert f"{BASE}en/institution/centre" in pages
    assert f"{BASE}bg/" in pages
    assert not [page for page in pages if "institution/closed" in page]
    for page in pages:
        answer = client.get(page.removeprefix(BASE.rstrip("/")), accept="text/html")
        assert answer.status_code == 200, page
        language = page.removeprefix(BASE).partition("/")[0]
        assert answer.headers["content-language"] == language, page


@pytest.mark.parametrize("name", ["nothing-1", "..%2Fvoid", "%2E%2E", "A"])
def test_there_are_no_other_sitemaps(registry: Dumped, name: str) -> None:
    """Nor any way to another file."""
    assert registry.client.get(f"/sitemap-{name}.xml").status_code == 404


def test_before_the_first_dump_there_is_no_sitemap(client: Client) -> None:
    """It is made with the dumps."""
    assert client.get("/sitemap.xml").status_code == 404
