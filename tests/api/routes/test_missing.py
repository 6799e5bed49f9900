from xml.etree import ElementTree

import pytest

from tests.api.client import Client
from tests.versions import BASE

ATOM = "{http://www.w3.org/2005/Atom}"


def test_what_is_missing_is_listed_by_record(client: Client) -> None:
    """Each gap says what to do, since when, and where to do it."""
    answer = client.get("/missing?gap=english", accept="application/json")

    assert answer.headers["content-type"] == "application/json"
    [member] = answer.json()["member"]
    assert member == {
        "record": f"{BASE}id/institution/centre",
        "kind": "institution",
        "name": {"bg": "Център „А & Б“", "en": "Centre <b>A & B</b>"},
        "gap": "english",
        "code": "description-en-missing",
        "message": {
            "bg": "Добавете описанието на английски.",
            "en": "Add the description in English.",
        },
        "since": "2026-03-01",
        "edit": f"{BASE}bg/desk/edit/institution/centre",
    }


def test_pages_follow_each_other(client: Client) -> None:
    """Each leads to the next, with the same filters."""
    path, codes, total = "/missing?kind=institution&limit=1", [], 0
    while path:
        answer = client.get(path).json()
        codes += [member["code"] for member in answer["member"]]
        total, path = answer["totalItems"], answer.get("next", "")
        assert "kind=institution" in (path or "kind=institution")
        path = path.removeprefix(BASE.rstrip("/"))

    assert len(codes) == total == len(set(codes))


@pytest.mark.parametrize(
    "query", ["colour=red", "gap=money", "after=nowhere", "limit=0", "place=none"]
)
def test_what_is_not_understood_is_refused(client: Client, query: str) -> None:
    """By a problem document."""
    assert client.get(f"/missing?{query}").status_code == 400


def test_who_prefers_a_page_is_sent_to_it(client: Client) -> None:
    """With the same question."""
    answer = client.get("/missing?gap=english&lang=en", accept="text/html")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}en/missing?gap=english"


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Centre <b>A & B</b>: Add the description in English."),
        ("bg", "Център „А & Б“: Добавете описанието на английски."),
    ],
)
def test_the_feed_tells_of_each_gap(client: Client, language: str, title: str) -> None:
    """Every entry has an id of its own and leads to the record's page."""
    answer = client.get(f"/missing.atom?gap=english&lang={language}")

    assert answer.headers["content-type"] == "application/atom+xml"
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - made here
    [entry] = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == title
    assert entry.findtext(f"{ATOM}updated") == "2026-03-01T00:00:00Z"
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == f"{BASE}{language}/institution/centre"
