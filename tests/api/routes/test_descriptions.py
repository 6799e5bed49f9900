import pytest
import rdflib
from rdflib.compare import to_isomorphic

from api.routes.descriptions import merged
from tests.api.client import Client
from tests.api.conftest import ROOT, Sample
from tests.versions import BASE


def test_context(client: Client) -> None:
    """The context is the file of the repository, and never changes."""
    answer = client.get("/context/v1.jsonld")

    assert answer.content == (ROOT / "ontology" / "context-v1.jsonld").read_bytes()
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/def/", "/shapes/", "/shapes/institution"])
def test_graphs(client: Client, path: str) -> None:
    """Ontology and shapes are the same graph in every format."""
    turtle = client.get(path, accept="text/turtle").text
    n_triples = client.get(path, accept="application/n-triples").text
    rdf_xml = client.get(path, accept="application/rdf+xml").text
    expanded = client.get(path, accept="application/ld+json").json()

    expected = to_isomorphic(rdflib.Graph().parse(data=n_triples, format="nt"))
    for data, parser in ((turtle, "turtle"), (rdf_xml, "xml")):
        found = rdflib.Graph().parse(data=data, format=parser)
        assert to_isomorphic(found) == expected
    assert len(expanded) == len(set(expected.subjects()))


def test_blank_paths(client: Client) -> None:
    """Only the paths of shapes are blank nodes, and files do not share them."""
    one = "_:b <http://p.example/> <http://one.example/> .\n"
    two = "_:b <http://p.example/> <http://two.example/> .\n"

    union = rdflib.Graph().parse(data=merged({"1": one, "2": two}), format="nt")

    assert len(set(union.subjects())) == 2
    assert "_:" not in client.get("/def/", accept="application/n-triples").text


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/def/", "vocabulary"),
        ("/shapes/", "vocabulary/shapes"),
        ("/shapes/institution", "vocabulary/shapes/institution"),
        ("/problems/", "problems"),
        ("/problems/gone", "problems/gone"),
        ("/limits", "limits"),
    ],
)
def test_people_are_sent_to_pages(client: Client, path: str, page: str) -> None:
    """Each description has a page, which there is in the language of the reader."""
    answer = client.get(path, accept="text/html", accept_language="en")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}en/{page}"
    assert answer.headers["vary"] == "Accept, Accept-Language"
    assert client.get(f"/en/{page}").status_code == 200


def test_shared_rules_have_no_page(client: Client) -> None:
    """What several kinds share is Turtle for everybody."""
    answer = client.get("/shapes/thing", accept="text/html")

    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"


def test_format_by_parameter(client: Client) -> None:
    """A page can link to the data of what it shows."""
    turtle = client.get("/def/?as=ttl", accept="text/html")
    refused = client.get("/limits?as=ttl", accept="text/html")

    assert turtle.text == client.get("/def/", accept="text/turtle").text
    assert client.get("/limits?as=json", accept="text/html").json()
    assert refused.status_code == 400


def test_limits(client: Client, sample: Sample) -> None:
    """Every limit of the engine is published, with its unit, in both languages."""
    limits = client.get("/limits").json()

    engine = sample.settings.engine
    assert limits["query.deadline"] == {
        "value": engine.deadline,
        "unit": "second",
        "description": {
            "bg": "Най-дългото време от получаването на една заявка до отговора ѝ.",
            "en": "Longest time from the arrival of a query to its answer.",
        },
    }
    assert limits["query.rows"]["value"] == engine.rows
    assert all(set(limit["description"]) == {"bg", "en"} for limit in limits.values())
