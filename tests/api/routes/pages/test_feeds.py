import re

import pytest

from tests.api.client import Client
from tests.versions import BASE

_ADDRESS = re.compile(rf"<code>{re.escape(BASE)}([^<]*)</code>")


@pytest.mark.parametrize(
    ("language", "title"),
    [("bg", "Събиране и промени"), ("en", "Harvesting and changes")],
)
def test_page_of_feeds(client: Client, language: str, title: str) -> None:
    """People find every feed in both faces, and all that can be harvested."""
    answer = client.get(f"/{language}/feeds")

    assert answer.headers["content-language"] == language
    assert f"<h1>{title}</h1>" in answer.text
    for name in ("records", "catalog"):
        assert (
            f'href="{BASE}feed/{name}.atom?lang={language}">'
            in answer.text.partition("</head>")[0]
        )
    assert set(_ADDRESS.findall(answer.text)) == {
        "",
        ".well-known/void",
        "catalog.rdf",
        "feed/catalog",
        "feed/catalog.atom?lang=" + language,
        "feed/catalog?after=1234",
        "feed/catalog?since=2026-01-31",
        "feed/records",
        "feed/records.atom?lang=" + language,
        "feed/records?after=1234",
        "feed/records?since=2026-01-31",
        "oai",
        "sitemap.xml",
    }


def test_what_is_to_be_registered_answers(client: Client) -> None:
    """Every address of the page is there; positions of the future are told as such."""
    page = client.get("/en/feeds").text

    for path in set(_ADDRESS.findall(page)) - {"oai", "sitemap.xml"}:
        if "after=1234" not in path and "since=" not in path:
            assert client.get(f"/{path}").status_code == 200, path
    assert client.get("/oai?verb=Identify").status_code == 200
    assert client.get("/api/3/action/package_list").status_code == 200
