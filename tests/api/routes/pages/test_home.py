import json
import re

from tests.api.client import Client
from tests.versions import BASE


def test_what_people_come_for(client: Client) -> None:
    """Search comes first, then the way to courses, help, figures and publications."""
    page = client.get("/en/").text

    search = page.index(f'<form action="{BASE}en/find" method="get">')
    ways = [
        page.index(f'href="{BASE}en/{way}"', search)
        for way in (
            "find?kind=course&amp;language=bg",
            "find?kind=institution",
            "statistics",
            "publications",
            "practices",
            "catalogue",
            "sparql",
        )
    ]
    assert ways == sorted(ways)
    assert "1 institution or organisation, by place and by what it does" in page


def test_in_bulgarian(client: Client) -> None:
    """The same page speaks Bulgarian under its Bulgarian address."""
    answer = client.get("/bg/", accept_language="en")

    assert answer.headers["content-language"] == "bg"
    assert "<h1>Курсове, помощ и данни за имигрантите в България</h1>" in answer.text


def test_search_engines_learn_of_the_search(client: Client) -> None:
    """The page says in JSON-LD where the site is searched."""
    page = client.get("/en/").text
    block = re.search(r'<script type="application/ld\+json">(.*)</script>', page)

    assert block is not None
    site = json.loads(block[1])
    assert site["@type"] == "WebSite"
    assert site["potentialAction"]["target"] == f"{BASE}en/find?q={{q}}"


def test_each_page_leads_to_those_about_the_registry(client: Client) -> None:
    """What every page links to below is there."""
    footer = client.get("/en/").text.partition("<footer")[2]

    for name in ("about", "project", "contacts", "accessibility", "privacy"):
        assert f'href="{BASE}en/{name}"' in footer
        assert client.get(f"/en/{name}").status_code == 200
