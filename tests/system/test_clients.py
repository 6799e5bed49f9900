"""Clients that nobody here wrote, each asking as it does by itself."""

import json
import os
import subprocess
from shutil import which
from urllib.request import Request, urlopen

import pytest
from pyld import jsonld
from rdflib import Graph

from registry import graphs
from tests.serving import Operator

SAR = "id/institution/sar"


@pytest.mark.skipif(
    which("curl") is None and os.environ.get("CI") != "true",
    reason="there is no curl here",
)
def test_curl_gets_json_ld_of_the_same_triples_as_turtle(served: Operator) -> None:
    """What curl follows to is a document that expands to its Turtle."""

    def curl(accept: str) -> bytes:
        return subprocess.run(
            ["curl", "-fsSL", "-H", f"Accept: {accept}", served.base + SAR],
            check=True,
            capture_output=True,
        ).stdout

    def from_server(url: str, options: object) -> dict[str, object]:  # noqa: ARG001 - PyLD's loader
        with urlopen(Request(url, headers={"Accept": "*/*"})) as answer:  # noqa: S310 - loopback
            context = json.load(answer)
        return {"contextUrl": None, "documentUrl": url, "document": context}

    quads = jsonld.to_rdf(
        json.loads(curl("application/ld+json")),
        {"format": "application/n-quads", "documentLoader": from_server},
    )

    expected = Graph().parse(data=curl("text/turtle"), format="turtle")
    assert set(Graph().parse(data=quads, format="nt")) == set(expected)
    assert (
        graphs.canonical(graphs.triples(quads))
        == curl("application/n-triples").decode()
    )


def test_browser_gets_a_page_in_its_language(served: Operator) -> None:
    """A browser's own headers give HTML, marked with its language."""
    request = Request(  # noqa: S310 - loopback
        served.base + SAR,
        headers={
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "bg-BG,bg;q=0.9,en;q=0.8",
        },
    )

    with urlopen(request) as answer:  # noqa: S310 - loopback
        page = answer.read().decode()

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Language"] == "bg"
    assert "<title>Държавна агенция за бежанците" in page


# rdflib's own JSON-LD reader uses what rdflib deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", ["institution/sar", "place/bg422", "scheme/language"])
def test_rdf_library_follows_the_identifier(served: Operator, name: str) -> None:
    """The identifier of a thing is all that rdflib needs to read it."""
    graph = Graph().parse(f"{served.base}id/{name}")

    assert any(str(s) == f"{served.base}id/{name}" for s in graph.subjects())
