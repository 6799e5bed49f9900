import asyncio
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import rdflib
from fastapi import FastAPI

from tests.api.client import Client
from tests.api.conftest import Sample
from tests.api.queries import SLOW, TIMEOUT
from tests.versions import BASE

NAMES = (
    "SELECT ?name WHERE { <id/institution/centre> "
    "<http://www.w3.org/2004/02/skos/core#prefLabel> ?name "
    'FILTER(LANG(?name) = "en") }'
)
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT WHERE { <id/place/bg> ?p ?o }"
FORM = "application/x-www-form-urlencoded"


def _get(client: Client, query: str, more: str = "", **headers: str) -> Any:
    return client.get(f"/sparql?query={quote(query)}{more}", **headers)


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        (NAMES, "*/*", "application/sparql-results+json"),
        (NAMES, "application/json", "application/json"),
        (NAMES, "application/sparql-results+xml", "application/sparql-results+xml"),
        (NAMES, "application/xml", "application/xml"),
        (NAMES, "text/csv", "text/csv; charset=utf-8"),
        (
            NAMES,
            "text/tab-separated-values",
            "text/tab-separated-values; charset=utf-8",
        ),
        (ASK, "*/*", "application/sparql-results+json"),
        (ASK, "text/csv, application/xml;q=0.5", "application/xml"),
        (CONSTRUCT, "*/*", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "application/json", "application/json"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "application/xml", "application/xml"),
    ],
)
def test_formats(client: Client, query: str, accept: str, media_type: str) -> None:
    """The form of the query decides the list that the reader chooses from."""
    answer = _get(client, query, accept=accept)

    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)


def test_answer(client: Client, sample: Sample) -> None:
    """An answer says which journal position it reflects."""
    answer = _get(client, NAMES)

    assert answer.json() == {
        "head": {"vars": ["name"]},
        "results": {
            "bindings": [
                {
                    "name": {
                        "type": "literal",
                        "value": "Centre <b>A & B</b>",
                        "xml:lang": "en",
                    }
                }
            ]
        },
    }
    assert answer.headers["registry-sequence"] == str(sample.journal.tip()[0])
    assert answer.headers["vary"] == "Accept, Accept-Language"


def test_three_ways_to_ask(client: Client) -> None:
    """GET, a posted form and a posted query give the same answer."""
    form = urlencode({"query": NAMES}).encode()

    answers = [
        _get(client, NAMES),
        client.send("POST", "/sparql", form, content_type=FORM),
        client.send("POST", "/sparql", form, content_type=f'{FORM}; charset="UTF-8"'),
        client.send(
            "POST", "/sparql", NAMES.encode(), content_type="application/sparql-query"
        ),
    ]

    assert [a.status_code for a in answers] == [200] * 4
    assert len({a.content for a in answers}) == 1


def test_graphs_named(client: Client) -> None:
    """The dataset that the protocol names is the one that is asked."""
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s a ?t }"
    graph = f"{BASE}graph/place/bg"
    encoded = urlencode({"default-graph-uri": graph})

    by_get = _get(client, query, f"&{encoded}", accept="text/csv")
    by_post = client.send(
        "POST",
        f"/sparql?{encoded}",
        query.encode(),
        content_type="application/sparql-query",
        accept="text/csv",
    )

    assert by_get.text == by_post.text == "n\r\n3\r\n"


def test_format_by_parameter(client: Client) -> None:
    """The parameter `as` wins over the header, and names what there is."""
    assert _get(client, NAMES, "&as=csv", accept="text/html").text.startswith("name")
    assert _get(client, NAMES, "&as=html", accept="text/csv").status_code == 303
    refusal = _get(client, ASK, "&as=csv")

    assert refusal.status_code == 400
    assert refusal.json()["allowed"] == [
        "json",
        "xml",
        "plain-json",
        "plain-xml",
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status", "slug"),
    [
        ("GET", "?query=a&query=b", None, "", 400, "bad-parameter"),
        ("GET", "?query=%ff", None, "", 400, "bad-parameter"),
        ("GET", "?query=" + "x=y&" * 300, None, "", 400, "bad-parameter"),
        (
            "GET",
            f"?query={quote(ASK)}&default-graph-uri=no",
            None,
            "",
            400,
            "bad-parameter",
        ),
        ("GET", "?update=CLEAR+ALL", None, "", 400, "query-refused"),
        ("GET", "?query=CLEAR+ALL", None, "", 400, "query-refused"),
        ("GET", "?query=", None, "", 400, "query-refused"),
        (
            "GET",
            f"?query={quote('SELECT * { ?s ?p }')}",
            None,
            "",
            400,
            "query-malformed",
        ),
        (
            "GET",
            f"?query={quote('SELECT * { SERVICE <http://x/> {} }')}",
            None,
            "",
            400,
            "query-refused",
        ),
        ("POST", "", b"", FORM, 400, "bad-parameter"),
        ("POST", "", b"query=a&query=b", FORM, 400, "bad-parameter"),
        ("POST", "", b"query=%ff", FORM, 400, "bad-parameter"),
        ("POST", "", b"update=CLEAR+ALL", FORM, 400, "query-refused"),
        ("POST", "", b"query=a&update=b", FORM, 400, "query-refused"),
        (
            "POST",
            "?query=a",
            b"ASK {}",
            "application/sparql-query",
            400,
            "bad-parameter",
        ),
        ("POST", "", b"\xff", "application/sparql-query", 400, "bad-parameter"),
        ("POST", "", b"CLEAR ALL", "application/sparql-update", 400, "query-refused"),
        ("POST", "", b"x", "text/plain", 415, "unsupported-media-type"),
        ("POST", "", b"x", "", 415, "unsupported-media-type"),
        (
            "POST",
            "",
            b"x",
            "application/sparql-query;charset=latin-1",
            415,
            "unsupported-media-type",
        ),
        (
            "POST",
            "",
            b"x" * 40_000,
            "application/sparql-query",
            413,
            "content-too-large",
        ),
        ("POST", "", b"query=" + b"x" * 200_000, FORM, 413, "content-too-large"),
        ("PUT", "", b"", FORM, 405, "method-not-allowed"),
    ],
)
def test_refusals(
    client: Client,
    method: str,
    path: str,
    body: bytes | None,
    content_type: str,
    status: int,
    slug: str,
) -> None:
    """Whatever is not one query in a known form is refused with a reason."""
    headers = {"content_type": content_type} if content_type else {}

    answer = client.send(method, f"/sparql{path}", body, **headers)

    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["type"]) == (
        status,
        f"{BASE}problems/{slug}",
    )


def test_compressed(client: Client) -> None:
    """A compressed body is not unpacked."""
    answer = client.send(
        "POST",
        "/sparql",
        b"x",
        content_type="application/sparql-query",
        content_encoding="gzip",
    )

    assert answer.status_code == 415


def test_timeout(client: Client) -> None:
    """A query past its deadline is a problem that names the limit, not a 200."""
    answer = _get(client, f"{NAMES} {TIMEOUT}", accept_language="en")

    assert answer.status_code == 503
    assert answer.json()["limit"] == 10
    assert answer.json()["background"] == f"{BASE}sparql/jobs"
    assert "retry-after" not in answer.headers


def test_description(client: Client) -> None:
    """Without a query the service describes itself, by its public address."""
    graph = rdflib.Graph().parse(data=client.get("/sparql").text, format="turtle")

    service = rdflib.URIRef(f"{BASE}sparql#service")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    assert list(graph.objects(service, sd.endpoint)) == [rdflib.URIRef(f"{BASE}sparql")]
    assert len(list(graph.objects(service, sd.resultFormat))) == 8
    comments = graph.objects(service, rdflib.DCTERMS.description)
    texts = [text for text in comments if isinstance(text, rdflib.Literal)]
    assert {text.language for text in texts if "30" in text} == {"bg", "en"}
    expanded = client.get("/sparql", accept="application/ld+json").json()
    assert f"{BASE}sparql#service" in {node["@id"] for node in expanded}


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/sparql", "sparql"),
        ("/sparql?example=legal-aid&lang=en", "sparql?example=legal-aid"),
        ("/sparql?query=nonsense&as=html", "sparql?query=nonsense"),
        (
            "/sparql?query=a+b&default-graph-uri=http://g.example/",
            "sparql?query=a+b&default-graph-uri=http%3A%2F%2Fg.example%2F",
        ),
    ],
)
def test_people_are_sent_to_the_page(client: Client, path: str, page: str) -> None:
    """A reader of pages gets the page of the same question, before it is judged."""
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    answer = client.get(path, accept=accept, accept_language="en")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}en/{page}"
    assert answer.headers["vary"] == "Accept, Accept-Language"


def test_forms_of_people_are_sent_to_the_page(client: Client) -> None:
    """A browser that posts a form is told to post it to the page."""
    form = urlencode({"query": ASK}).encode()

    answer = client.send("POST", "/sparql", form, content_type=FORM, accept="text/html")

    assert answer.status_code == 307
    assert answer.headers["location"] == f"{BASE}bg/sparql"


def test_background_by_preference(client: Client) -> None:
    """`Prefer: respond-async` answers at once with the address of a job."""
    answer = _get(client, NAMES, prefer="wait=5, Respond-Async;x=y", accept="text/csv")
    other = _get(client, NAMES, prefer="return=minimal")

    assert answer.status_code == 202
    assert answer.headers["preference-applied"] == "respond-async"
    assert answer.headers["location"].startswith(f"{BASE}sparql/jobs/")
    assert answer.json()["contentType"] == "text/csv; charset=utf-8"
    assert other.status_code == 200


def test_reader_leaves(sample: Sample, app: FastAPI) -> None:
    """A query is cancelled when its reader closes the connection."""

    async def leave() -> tuple[bool, list[Any]]:
        sample.queries.running = asyncio.Event()
        sample.queries.cancelled = asyncio.Event()
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            await asyncio.wait_for(sample.queries.running.wait(), 5)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": "/sparql",
            "raw_path": b"/sparql",
            "root_path": "",
            "query_string": urlencode({"query": f"{ASK} {SLOW}"}).encode(),
            "headers": [(b"host", b"registry.example")],
            "scheme": "http",
            "server": ("registry.example", 80),
        }
        await asyncio.wait_for(app(scope, receive, send), 5)
        return sample.queries.cancelled.is_set(), sent

    cancelled, _ = asyncio.run(leave())

    assert cancelled
