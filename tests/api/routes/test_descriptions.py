import pytest
import rdflib
from rdflib.compare import to_isomorphic

from api.routes.descriptions import merged
from registry import graphs
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


def test_ontology_page(client: Client, sample: Sample) -> None:
    """Every term of the ontology is on its page in both languages."""
    page = client.get("/def/", accept="text/html").text

    for triple in graphs.triples(sample.vocabulary.ontology):
        subject = str(triple.subject).strip("<>")
        if "#" in subject and triple.predicate.value.endswith("#label"):
            assert f'id="{subject.rpartition("#")[2]}"' in page
    assert page.count('<dt lang="bg">') == page.count('<dt lang="en">') > 20


def test_rules_page(client: Client, sample: Sample) -> None:
    """The page of a kind lists the code, the tier and the sentence of each rule."""
    assert sample.shapes.kinds
    for kind in sample.shapes.kinds:
        page = client.get(f"/shapes/{kind}?lang=en", accept="text/html").text
        for constraint in sample.shapes.constraints(kind):
            assert f"<code>{constraint.code}</code>" in page
            assert f"<td>{constraint.severity}</td>" in page
        assert (
            f'href="{BASE}shapes/{kind}?lang=en"'
            in client.get("/shapes/?lang=en", accept="text/html").text
        )


def test_limits(client: Client, sample: Sample) -> None:
    """Every limit of the engine is published, with its unit, in both languages."""
    limits = client.get("/limits").json()

    engine = sample.settings.engine
    assert limits["query.deadline"] == {
        "value": engine.deadline,
        "unit": "second",
        "description": {
            "bg": "Най-дългото време за изпълнение на една заявка.",
            "en": "Longest time that a query may run.",
        },
    }
    assert limits["query.rows"]["value"] == engine.rows
    assert all(set(limit["description"]) == {"bg", "en"} for limit in limits.values())
    page = client.get("/limits?lang=bg", accept="text/html").text
    assert "Най-дългото време за изпълнение на една заявка." in page


def test_health(client: Client, sample: Sample) -> None:
    """Health says how far queries lag behind the journal, in entries."""
    answer = client.get("/health", accept="text/plain")

    tip = sample.journal.tip()[0]
    assert answer.json() == {
        "live": True,
        "ready": True,
        "journal": tip,
        "published": tip,
        "lag": 0,
        "queries": {"workers": 1, "alive": 1, "waiting": 0, "sandbox": "none"},
        "catalogue": {"sequence": tip, "lag": 0, "dump": 0},
    }
    assert answer.headers["cache-control"] == "no-store"
