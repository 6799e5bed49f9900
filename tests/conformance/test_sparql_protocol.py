"""The query operation of the SPARQL 1.1 Protocol, over HTTP.

**Source:** SPARQL 1.1 Protocol, sections 2.1, 2.2 and 4; RFC 9110, section 12.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
import pytest
from SPARQLWrapper import CSV, JSON, POST, POSTDIRECTLY, TURTLE, XML, SPARQLWrapper

from tests.besieging import Besieged

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
PROBLEM = "application/problem+json"

RESULTS_JSON = "application/sparql-results+json"
RESULTS_XML = "application/sparql-results+xml"
CSV_TYPE = "text/csv; charset=utf-8"
TSV_TYPE = "text/tab-separated-values; charset=utf-8"
TURTLE_TYPE = "text/turtle; charset=utf-8"

ASK = "ASK {}"
SELECT = "SELECT ?x { VALUES ?x { 1 } }"
CONSTRUCT = "CONSTRUCT { <x:s> <x:p> 'ж' } {}"
DESCRIBE = "DESCRIBE <x:s>"
LETTERS = 'SELECT ?x { VALUES ?x { "Пловдив ≠ Plovdiv 😀" } }'

GET, POST_ = "GET", "POST"


@dataclass(frozen=True)
class Case:
    """A request, and what has to come of it."""

    name: str
    method: str = GET
    query: Sequence[tuple[str, str]] = ()
    form: Sequence[tuple[str, str]] | None = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    media_type: str | None = None
    has: bytes = b""

    def content(self) -> bytes | None:
        return urlencode(self.form).encode() if self.form is not None else self.body


def ask(text: str) -> Sequence[tuple[str, str]]:
    return [("query", text)]


def accepting(
    query: str, accept: str, media_type: str | None, status: int = 200
) -> Case:
    """A case of negotiation."""
    return Case(
        f"{query.split()[0]} as {accept or 'nothing'}",
        query=ask(query),
        headers={"Accept": accept},
        status=status,
        media_type=media_type or PROBLEM,
    )


def posted(
    name: str, body: bytes, media_type: str, status: int = 200, has: bytes = b""
) -> Case:
    """A case of a body sent as it is."""
    headers = {"Content-Type": media_type}
    return Case(name, POST_, body=body, headers=headers, status=status, has=has)


WAYS = (
    Case("query by GET", query=ask(ASK), media_type=RESULTS_JSON, has=b"true"),
    Case("query by form", POST_, form=ask(ASK), headers={"Content-Type": FORM}),
    posted("query by POST directly", ASK.encode(), QUERY, has=b"true"),
    posted("media types in any case", ASK.encode(), QUERY.upper()),
    posted("charset UTF-8", LETTERS.encode(), f"{QUERY}; charset=UTF-8", has=b"\xf0"),
    posted("charset in quotes", ASK.encode(), f'{QUERY}; charset="utf-8"'),
    posted("charset Latin-1", ASK.encode(), f"{QUERY}; charset=iso-8859-1", status=415),
    posted("bytes that are not UTF-8", b"ASK { <x:\xff> ?p ?o }", QUERY, status=400),
    posted("no media type that we know", ASK.encode(), "text/plain", status=415),
    posted("JSON", b'{"query": "ASK {}"}', "application/json", status=415),
    Case("letters by GET", query=ask(LETTERS), has="Пловдив ≠".encode()),
    Case(
        "letters by form",
        POST_,
        form=ask(LETTERS),
        headers={"Content-Type": FORM},
        has="Пловдив ≠".encode(),
    ),
    Case(
        "plus and percent signs are decoded once",
        query=ask('SELECT ("a+b%20c" AS ?x) {}'),
        headers={"Accept": "text/csv"},
        has=b"a+b%20c",
    ),
    Case("GET with a body that means nothing", body=b"x", query=ask(ASK)),
    Case("parameters nobody knows", query=[("timeout", "5"), *ask(ASK)]),
)

REFUSED = (
    Case("two queries by GET", query=[*ask(ASK), *ask(ASK)], status=400),
    Case(
        "two queries by form",
        POST_,
        form=[*ask(ASK), *ask(ASK)],
        headers={"Content-Type": FORM},
        status=400,
    ),
    Case(
        "form without a query",
        POST_,
        form=[("default-graph-uri", "x:g")],
        headers={"Content-Type": FORM},
        status=400,
    ),
    Case("empty query", query=ask(""), status=400),
    Case("not SPARQL", query=ask("SELEKT * {}"), status=400),
    Case("syntax error", query=ask("SELECT * { ?s ?p }"), status=400, has=b'"line"'),
    Case("update by query", query=ask("CLEAR ALL"), status=400),
    Case("update by GET", query=[("update", "CLEAR ALL")], status=400),
    Case(
        "update by form",
        POST_,
        form=[("update", "INSERT DATA {}")],
        headers={"Content-Type": FORM},
        status=400,
    ),
    posted("update directly", b"CLEAR ALL", UPDATE, status=400),
    Case("SERVICE", query=ask("ASK { SERVICE <http://h/> {} }"), status=400),
    Case(
        "compressed body",
        POST_,
        body=b"\x1f\x8b",
        headers={"Content-Type": QUERY, "Content-Encoding": "gzip"},
        status=415,
    ),
    posted("body too long", b"#" * 40_000, QUERY, status=413),
    *(
        Case(f"method {method}", method, status=405)
        for method in ("PUT", "DELETE", "PATCH", "QUERY", "TRACE")
    ),
)

GRAPH = "x:nothing"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
NAMED = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"

DATASETS = (
    Case(
        "default graph",
        query=[*ask(COUNT), ("default-graph-uri", GRAPH)],
        headers={"Accept": "text/csv"},
        has=b"n\r\n0\r\n",
    ),
    Case(
        "named graph",
        query=[*ask(NAMED), ("named-graph-uri", GRAPH)],
        headers={"Accept": "text/csv"},
        has=b"n\r\n0\r\n",
    ),
    Case(
        "several graphs",
        query=[*ask(ASK), *[("default-graph-uri", f"x:{n}") for n in range(5)]],
    ),
    Case(
        "graphs by form",
        POST_,
        form=[*ask(COUNT), ("default-graph-uri", GRAPH)],
        headers={"Content-Type": FORM, "Accept": "text/csv"},
        has=b"n\r\n0\r\n",
    ),
    Case(
        "graphs beside a query sent directly",
        POST_,
        query=[("default-graph-uri", GRAPH)],
        body=COUNT.encode(),
        headers={"Content-Type": QUERY, "Accept": "text/csv"},
        has=b"n\r\n0\r\n",
    ),
    Case(
        "the protocol wins over FROM",
        query=[
            *ask("SELECT (COUNT(*) AS ?n) FROM <x:other> { ?s ?p ?o }"),
            ("default-graph-uri", GRAPH),
        ],
        headers={"Accept": "text/csv"},
        has=b"n\r\n0\r\n",
    ),
    Case(
        "a graph that is no IRI",
        query=[*ask(ASK), ("default-graph-uri", "no iri")],
        status=400,
    ),
    Case(
        "too many graphs",
        query=[*ask(ASK), *[("named-graph-uri", f"x:{n}") for n in range(101)]],
        status=400,
    ),
)

NEGOTIATED = (
    accepting(SELECT, "*/*", RESULTS_JSON),
    accepting(SELECT, "", RESULTS_JSON),
    accepting(SELECT, RESULTS_XML, RESULTS_XML),
    accepting(SELECT, "text/csv", CSV_TYPE),
    accepting(SELECT, "text/tab-separated-values", TSV_TYPE),
    accepting(SELECT, f"text/csv;q=0.1, {RESULTS_XML};q=0.9", RESULTS_XML),
    accepting(SELECT, f"{RESULTS_JSON};q=0, */*;q=0.1", RESULTS_XML),
    accepting(SELECT, "text/*;q=0.9, application/*;q=0.1", CSV_TYPE),
    accepting(SELECT, "text/turtle", None, 406),
    accepting(SELECT, "image/png", None, 406),
    accepting(ASK, "text/csv", None, 406),
    accepting(ASK, RESULTS_XML, RESULTS_XML),
    accepting(CONSTRUCT, "*/*", TURTLE_TYPE),
    accepting(CONSTRUCT, "application/n-triples", "application/n-triples"),
    accepting(CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
    accepting(CONSTRUCT, "application/ld+json", "application/ld+json"),
    accepting(CONSTRUCT, "text/csv", None, 406),
    accepting(DESCRIBE, "text/turtle", TURTLE_TYPE),
)

CASES = (*WAYS, *REFUSED, *DATASETS, *NEGOTIATED)


@pytest.fixture(scope="module")
def http(besieged: Besieged) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=besieged.address) as client:
        client.headers.clear()
        yield client


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_requests(http: httpx.Client, case: Case) -> None:
    """Each request gets the status, the media type and the content that it must."""
    answer = http.request(
        case.method,
        "sparql",
        params=list(case.query),
        content=case.content(),
        headers=dict(case.headers),
    )

    assert answer.status_code == case.status, answer.text
    if case.status >= 400:
        assert answer.headers["content-type"] == PROBLEM
        assert answer.json()["status"] == case.status
    elif case.media_type:
        assert answer.headers["content-type"] == case.media_type
    assert case.has in answer.content
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_head_is_get_without_the_body(http: httpx.Client) -> None:
    """HEAD has the status and the headers of GET, and nothing behind them."""
    got = http.get("sparql", params={"query": SELECT})
    head = http.head("sparql", params={"query": SELECT})

    unlike = ("date", "x-request-id")
    assert head.content == b""
    assert {k: v for k, v in head.headers.items() if k not in unlike} == {
        k: v for k, v in got.headers.items() if k not in unlike
    }


def test_methods_are_told(http: httpx.Client) -> None:
    """A method that there is not is answered with those that there are."""
    answer = http.put("sparql")

    assert answer.status_code == 405
    assert {"GET", "HEAD", "POST"} <= set(answer.headers["allow"].split(", "))


def test_scripts_of_every_origin_may_ask(http: httpx.Client) -> None:
    """A preflight and the answer are open to every origin, without credentials."""
    origin = {"Origin": "https://elsewhere.example"}
    asked = {**origin, "Access-Control-Request-Method": "POST"}
    preflight = http.options("sparql", headers=asked)
    answer = http.get("sparql", params={"query": ASK}, headers=origin)

    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


def test_service_describes_itself(http: httpx.Client) -> None:
    """Without a query the address answers with its service description."""
    answer = http.get("sparql", headers={"Accept": "application/n-triples"})

    assert b"sparql-service-description#endpoint" in answer.content


@pytest.mark.parametrize("method", ["GET", POST])
@pytest.mark.parametrize("way", ["urlencoded", POSTDIRECTLY])
def test_sparqlwrapper(besieged: Besieged, method: str, way: str) -> None:
    """The client that most Python programs use gets each form of answer."""
    wrapper = SPARQLWrapper(f"{besieged.address}sparql")
    wrapper.setMethod(method)
    wrapper.setRequestMethod(way)

    def asked(query: str, form: str) -> object:
        wrapper.setQuery(query)
        wrapper.setReturnFormat(form)
        return wrapper.query().convert()

    rows = asked(LETTERS, JSON)
    assert isinstance(rows, dict)
    binding = {"type": "literal", "value": "Пловдив ≠ Plovdiv 😀"}
    assert rows["results"]["bindings"] == [{"x": binding}]
    assert asked(SELECT, CSV) == b"x\r\n1\r\n"
    assert "<boolean>true</boolean>" in asked(ASK, XML).toxml()  # type: ignore[attr-defined]
    graph = asked(CONSTRUCT, TURTLE)
    assert isinstance(graph, bytes)
    assert "ж" in graph.decode()
