from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api.application import application
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.versions import BASE, CONTEXT


def test_list(client: Client) -> None:
    """A list is a Hydra collection of current records, with codes as IRIs."""
    answer = client.get("/records?kind=institution")

    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.json() == {
        "@context": f"{BASE}context/v1.jsonld",
        "id": f"{BASE}records?kind=institution",
        "type": "Collection",
        "totalItems": 1,
        "member": [
            {
                "id": f"{BASE}id/institution/centre",
                "name": {"bg": "Център „А & Б“", "en": "Centre <b>A & B</b>"},
                "state": f"{BASE}id/scheme/operating-state#active",
                "location": f"{BASE}id/place/bg",
            }
        ],
        "view": {
            "id": f"{BASE}records?kind=institution&limit=50",
            "type": "PartialCollectionView",
            "first": f"{BASE}records?kind=institution&limit=50",
        },
    }
    assert CONTEXT.losses(answer.json()) == []


def test_pages(client: Client) -> None:
    """Following `next` meets every record once, and the last page has none."""
    path, seen = "/records?limit=1", []
    while path:
        answer = client.get(path)
        page = answer.json()
        seen += [member["id"] for member in page["member"]]
        path = page["view"].get("next", "").removeprefix(BASE.rstrip("/"))
        assert ('rel="next"' in answer.headers.get("link", "")) is bool(path)

    assert seen == [
        f"{BASE}id/institution/centre",
        f"{BASE}id/place/bg",
        f"{BASE}id/scheme/operating-state",
        f"{BASE}id/scheme/service-kind",
    ]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=център", 1),
        ("q=nowhere", 0),
        ("service=legal-aid", 1),
        ("state=active", 1),
        ("place=bg&kind=institution", 1),
        ("q=&kind=&lang=en", 4),  # the empty fields of the form
    ],
)
def test_filters(client: Client, query: str, count: int) -> None:
    """Each filter that is given has to hold."""
    assert client.get(f"/records?{query}").json()["totalItems"] == count


@pytest.mark.parametrize(
    ("query", "parameter", "allowed"),
    [
        ("color=red", "color", True),
        ("kind=nothing", "kind", True),
        ("kind=place&kind=course", "kind", False),
        ("service=nothing", "service", True),
        ("state=nothing", "state", True),
        ("freshness=mouldy", "freshness", True),
        ("place=nowhere", "place", False),
        ("place=../..", "place", False),
        ("limit=0", "limit", False),
        ("limit=201", "limit", False),
        ("limit=x", "limit", False),
        ("limit=٣", "limit", False),
        ("q=" + "x" * 201, "q", False),
        ("lang=fr", "lang", True),
    ],
)
def test_refusals(client: Client, query: str, parameter: str, allowed: bool) -> None:
    """A parameter or value that does not exist is refused by naming what does."""
    answer = client.get(f"/records?{query}")

    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)
    assert ("allowed" in answer.json()) is allowed


def test_bad_cursor(client: Client) -> None:
    """A cursor that is not ours is refused."""
    assert client.get("/records?after=%00%ff").status_code == 400


def test_page(client: Client) -> None:
    """Who prefers a page is sent to the find page, with the same question."""
    answer = client.get(
        "/records?q=%D1%86%D0%B5%D0%BD%D1%82%D1%8A%D1%80&limit=1&lang=en",
        accept="text/html",
    )

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{BASE}en/find?q=%D1%86%D0%B5%D0%BD%D1%82%D1%8A%D1%80&limit=1",
    )


def test_freshness(sample: Sample) -> None:
    """How fresh a record is follows from the day on which a reader asks."""
    late = replace(sample, clock=lambda: datetime(2027, 4, 1, tzinfo=UTC))

    with Client(application(late, close=lambda: None)) as client:
        stale = client.get("/records?freshness=stale").json()
        fresh = client.get("/records?freshness=fresh").json()

    assert [one["id"] for one in stale["member"]] == [f"{BASE}id/institution/centre"]
    assert fresh["totalItems"] == 0
