"""A registry whose graphs are on a SPARQL server: what readers and operators see."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from registry.store.dialects import Server
from registry.store.server import client
from tests import engines
from tests.serving import READY, UNLIMITED, Operator, free_port

LOADED = ("schemes/place-level.csv", "schemes/citizenship.csv", "places/nuts.csv")
COUNT = {"query": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"}
CSV = {"Accept": "text/csv"}


def operator_of(folder: Path, server: Server, base: str = "") -> Operator:
    """Returns an operator whose registry has its graphs on this server."""
    return Operator(
        folder,
        free_port(),
        base,
        settings={
            **UNLIMITED,
            "REGISTRY_ENGINE__URL": server.address,
            "REGISTRY_ENGINE__DIALECT": server.dialect,
            "REGISTRY_ENGINE__USER": server.user,
            "REGISTRY_ENGINE__PASSWORD": server.password,
        },
    )


def until(condition: Callable[[], bool]) -> None:
    """Waits until the condition holds."""
    ends = time.monotonic() + READY
    while not condition():
        assert time.monotonic() < ends, "it never came about"
        # Nothing tells what a server of ours sees but asking it.
        time.sleep(0.1)


def count(http: httpx.Client) -> str:
    """Returns how many triples the endpoint finds."""
    answer = http.get("sparql", params=COUNT, headers=CSV)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_server_goes_away_and_comes_back_empty(tmp_path: Path) -> None:
    """Records stay readable, queries say what is the matter, and all is made again."""
    port = free_port()
    with engines.oxigraph(tmp_path / "database", port) as server:
        operator = operator_of(tmp_path / "data", server)
        assert operator.run("init").returncode == 0
        assert operator.run("load", *LOADED).returncode == 0
        embedded = Operator(tmp_path / "data", free_port(), operator.base)
        assert embedded.run("rebuild").returncode == 0
        with embedded.serving(), httpx.Client(base_url=embedded.address) as http:
            expected = count(http)

    address = operator.address
    with httpx.Client(base_url=address) as http:
        # The server is away when the registry starts.
        process = operator.start("serve")
        try:
            until(lambda: _answers(http, "doc/place/bg422.ttl"))
            refused = http.get("sparql", params=COUNT, headers=CSV)
            assert (refused.status_code, http.get("health").status_code) == (503, 503)

            with engines.oxigraph(tmp_path / "database", port):
                operator.wait(process)
                assert count(http) == expected
                health = http.get("health").json()
                assert health["queries"]["engine"] == "oxigraph"
                assert (health["sandbox"], health["lag"]) == ("connected", 0)
                ran = operator.run("verify", "--engine")
                assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr

            gone = http.get("sparql", params={**COUNT, "x": "1"}, headers=CSV)
            if gone.status_code == 200:  # the same answer is given again
                assert gone.text == expected
            other = {"query": "SELECT * { ?s ?p ?o } LIMIT 1"}
            gone = http.get("sparql", params=other, headers=CSV)
            assert gone.status_code == 503
            assert gone.headers["content-type"].startswith("application/problem+json")
            assert gone.headers["retry-after"] == "5"
            assert "SPARQL" in gone.json()["detail"]
            assert http.get("health").json()["queries"]["away"] == "away"
            assert _answers(http, "doc/place/bg422.ttl")

            shutil.rmtree(tmp_path / "database")
            with engines.oxigraph(tmp_path / "database", port):
                until(lambda: _finds(http, expected))
                assert http.get("health").json()["queries"]["away"] is None
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _answers(http: httpx.Client, path: str) -> bool:
    try:
        return http.get(path).status_code == 200
    except httpx.TransportError:
        return False


def _finds(http: httpx.Client, expected: str) -> bool:
    # A text of its own, so that no earlier answer is given again.
    text = f"{COUNT['query']} # {time.monotonic()}"
    answer = http.get("sparql", params={"query": text}, headers=CSV)
    return answer.status_code == 200 and answer.text == expected


def test_rebuild_and_verify_mend_a_server(tmp_path: Path) -> None:
    """A graph that is gone and a triple that was added are found, and made right."""
    with engines.oxigraph(tmp_path / "database") as server:
        operator = operator_of(tmp_path / "data", server)
        assert operator.run("init").returncode == 0
        assert operator.run("load", *LOADED).returncode == 0
        assert operator.run("rebuild").returncode == 0
        assert operator.run("verify", "--engine").returncode == 0
        gone = f"{operator.base}graph/place/bg422"
        more = f"{operator.base}graph/place/bg423"

        update = (
            f"DROP GRAPH <{gone}>; INSERT DATA {{ GRAPH <{more}> {{ <x:a> <x:b> 1 }} }}"
        )
        with client(server, 30) as connection:
            connection.post(
                server.at("/update"),
                content=update,
                headers={"Content-Type": "application/sparql-update"},
            ).raise_for_status()
        ran = operator.run("verify", "--engine")
        assert ran.returncode == 1
        assert gone in ran.stdout
        assert more in ran.stdout

        assert operator.run("rebuild").returncode == 0
        assert operator.run("verify", "--engine").returncode == 0


DCT = "http://purl.org/dc/terms/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
ALIKE = (
    f'SELECT ?n {{ ?p <{SKOS}notation> "BG422" ; <{SKOS}prefLabel> ?n }} ORDER BY ?n',
    f"SELECT ?t (COUNT(?p) AS ?n) {{ ?p a ?t ; <{SKOS}prefLabel> ?l "
    f'FILTER(LANG(?l) = "bg") FILTER(STRSTARTS(STR(?p), "@")) }} GROUP BY ?t '
    "ORDER BY ?t",
    f'SELECT ?p ?n {{ ?p <{SKOS}prefLabel> ?n FILTER(CONTAINS(?n, "Хас")) }} '
    "ORDER BY ?p ?n",
    f"SELECT (COUNT(?d) AS ?n) {{ ?p <{DCT}modified> ?d }} ORDER BY ?n",
    f'ASK {{ ?p <{SKOS}prefLabel> "Хасково"@bg }}',
    f"CONSTRUCT {{ ?p <{SKOS}prefLabel> ?n }} WHERE {{ ?p <{SKOS}prefLabel> ?n ; "
    f'<{SKOS}notation> "BG422" }}',
)
"""Queries that Virtuoso answers as the embedded store does."""


ACCEPT = {
    "SELECT": "text/csv",
    "ASK": "application/sparql-results+json",
    "CONSTRUCT": "application/n-triples",
}


def alike(http: httpx.Client, base: str) -> list[list[str]]:
    """Returns the answers to them, the lines of each in order where that is open."""
    answers = []
    for text in ALIKE:
        answer = http.get(
            "sparql",
            params={"query": text.replace("@", base) if "STARTS" in text else text},
            headers={"Accept": ACCEPT[text.split()[0]]},
        )
        assert answer.status_code == 200, (text, answer.text)
        lines = answer.text.split("\n")
        answers.append(lines if "ORDER" in text else sorted(lines))
    return answers


def test_virtuoso_under_a_whole_registry(tmp_path: Path) -> None:
    """The endpoint gives the same answers as over the embedded store, and no drift."""
    with engines.virtuoso_server(tmp_path / "virtuoso") as server:
        operator = operator_of(tmp_path / "data", server)
        embedded = Operator(tmp_path / "data", free_port(), operator.base)
        assert operator.run("init").returncode == 0
        assert operator.run("load", *LOADED).returncode == 0
        with embedded.serving(), httpx.Client(base_url=embedded.address) as http:
            expected = alike(http, operator.base)
        with operator.serving(), httpx.Client(base_url=operator.address) as http:
            assert alike(http, operator.base) == expected
            ran = operator.run("verify", "--engine")
            assert ran.returncode == 0, ran.stdout + ran.stderr
            health = http.get("health").json()
            assert (health["queries"]["engine"], health["lag"]) == ("virtuoso", 0)
    assert len(expected[0]) > len(["n", ""])
