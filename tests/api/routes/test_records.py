from typing import Any

import pytest
import rdflib
from rdflib.compare import to_isomorphic

from registry import graphs
from registry.iris import RecordId
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.versions import BASE, CONTEXT

DOC = "/doc/institution/centre"
CENTRE = RecordId("institution", "centre")


def test_thing(client: Client) -> None:
    """A thing sends its reader to the document, keeping what was asked for."""
    answer = client.get("/id/institution/centre?asOf=2026-03-01&view=record&lang=en")

    assert answer.status_code == 303
    assert answer.headers["location"] == (
        f"{BASE}doc/institution/centre?asOf=2026-03-01&view=record&lang=en"
    )
    assert answer.headers["vary"] == "Accept, Accept-Language"


def test_location_ignores_host(client: Client) -> None:
    """No address in an answer comes from the Host header."""
    refused = client.get("/id/institution/centre", host="evil.example")
    answer = client.get("/id/institution/centre", host="127.0.0.1")

    assert refused.status_code == 421
    assert answer.headers["location"] == f"{BASE}doc/institution/centre"


def test_json_ld(client: Client, sample: Sample) -> None:
    """JSON-LD is sent as the journal keeps it, with all its headers."""
    answer = client.get(DOC, accept="application/ld+json")

    version = sample.journal.current(CENTRE)
    assert version is not None
    assert answer.status_code == 200
    assert answer.text == version.content.document
    document = f"{BASE}doc/institution/centre"
    headers = {
        name: answer.headers[name]
        for name in (
            "content-type",
            "content-location",
            "vary",
            "cache-control",
            "etag",
            "last-modified",
        )
    }
    assert headers == {
        "content-type": "application/ld+json",
        "content-location": f"{document}.jsonld",
        "vary": "Accept, Accept-Language",
        "cache-control": "public, no-cache",
        "etag": f'"{version.content.digest[:32]}-jsonld"',
        "last-modified": "Sun, 01 Mar 2026 12:14:00 GMT",
    }
    assert answer.headers["link"].split(", ") == [
        f'<{document}>; rel="canonical"',
        f'<{BASE}id/institution/centre>; rel="describes"',
        f'<{document}>; rel="latest-version"',
        f'<{document}/history>; rel="version-history"',
        f'<{document}.ttl>; rel="alternate"; type="text/turtle"',
        f'<{document}.nt>; rel="alternate"; type="application/n-triples"',
        f'<{document}.rdf>; rel="alternate"; type="application/rdf+xml"',
        f'<{document}.html>; rel="alternate"; type="text/html"',
        f'<{document}.json>; rel="alternate"; type="application/json"',
        f'<{document}?version=1>; rel="predecessor-version"',
    ]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/ld+json"),  # curl
        (
            "application/rdf+xml, text/turtle;q=0.9, application/n-triples;q=0.8",
            "application/rdf+xml",
        ),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/json", "application/json"),
    ],
)
def test_three_clients(client: Client, accept: str, media_type: str) -> None:
    """A tool, an RDF library and a script each get what they prefer."""
    assert client.get(DOC, accept=accept).headers["content-type"] == media_type


@pytest.mark.parametrize(
    ("path", "page"),
    [
        (DOC, "institution/centre"),
        (f"{DOC}.html", "institution/centre"),
        (f"{DOC}?version=1", "institution/centre?version=1"),
        (f"{DOC}?asOf=2026-03-01&lang=en", "institution/centre?asOf=2026-03-01"),
        (f"{DOC}/history", "institution/centre/history"),
        ("/doc/institution/closed", "institution/closed"),
        ("/id/institution/closed", "institution/closed"),
    ],
)
def test_a_browser_is_sent_to_the_page(client: Client, path: str, page: str) -> None:
    """A reader of pages gets that of the record in their language, as it was asked."""
    answer = client.get(
        path,
        accept="text/html,application/xml;q=0.9,*/*;q=0.8",
        accept_language="en-GB, bg;q=0.5",
        host="127.0.0.1",
    )

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{BASE}en/{page}",
    )
    assert answer.headers["vary"] == "Accept, Accept-Language"


def test_a_browser_learns_at_once_that_there_is_nothing(client: Client) -> None:
    """What was never published has no page to be sent to."""
    answer = client.get("/doc/institution/nobody", accept="text/html")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("extension", "parser"),
    [("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml")],
)
@pytest.mark.parametrize("query", ["", "?view=record", "?version=1"])
def test_same_triples(client: Client, extension: str, parser: str, query: str) -> None:
    """Every format of a document holds the triples of its JSON-LD."""
    answer = client.get(f"{DOC}.{extension}{query}")
    document = client.get(f"{DOC}.jsonld{query}").json()

    triples = graphs.read_document(document, CONTEXT, f"{BASE}id/institution/centre")
    expected = rdflib.Graph().parse(data=triples, format="nt")
    found = rdflib.Graph().parse(data=answer.text, format=parser)
    assert len(found) > 5
    assert to_isomorphic(found) == to_isomorphic(expected)
    assert not [s for s in found.subjects() if isinstance(s, rdflib.BNode)]
    assert "content-location" not in answer.headers


def test_plain_json(client: Client) -> None:
    """Plain JSON has the bytes of JSON-LD and a link to the context."""
    answer = client.get(DOC, accept="application/json")

    assert answer.content == client.get(f"{DOC}.jsonld").content
    assert answer.headers["link"].endswith(
        f'<{BASE}context/v1.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; '
        'type="application/ld+json"'
    )


def test_expanded(client: Client) -> None:
    """The expanded form is given to those who ask for its profile."""
    profile = 'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"'

    answer = client.get(DOC, accept=profile)

    assert answer.json() == CONTEXT.expand(client.get(f"{DOC}.jsonld").json())
    assert answer.headers["content-type"] == (
        'application/ld+json; profile="http://www.w3.org/ns/json-ld#expanded"'
    )
    assert "content-location" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        f"{DOC}.jsonld",
        f"{DOC}.ttl?view=record",
        f"{DOC}/history",
        "/records",
        "/",
        "/def/",
        "/context/v1.jsonld",
        "/sparql",
    ],
)
def test_not_modified(client: Client, path: str) -> None:
    """A reader who has the representation gets its headers without a body."""
    first = client.get(path)

    again = client.get(path, if_none_match=f'"other", W/{first.headers["etag"]}')

    assert (again.status_code, again.content) == (304, b"")
    kept = {"etag", "cache-control", "content-location", "vary", "link"}
    assert {k: v for k, v in again.headers.items() if k in kept} == {
        k: v for k, v in first.headers.items() if k in kept
    }


def test_last_modified(client: Client) -> None:
    """Only what the date of the version tells the whole truth about carries it."""
    carried = [
        path
        for path in (f"{DOC}.ttl", f"{DOC}.ttl?view=record")
        if "last-modified" in client.get(path).headers
    ]

    assert carried == [f"{DOC}.ttl"]


def test_etags_differ(client: Client) -> None:
    """No two representations of a record share a tag."""
    paths = [
        *(f"{DOC}.{e}" for e in ("jsonld", "json", "ttl", "nt", "rdf")),
        f"{DOC}.ttl?version=1",
        f"{DOC}.ttl?view=record",
    ]

    tags = {client.get(path).headers["etag"] for path in paths}

    assert len(tags) == len(paths)


def test_versions(client: Client) -> None:
    """A version never changes, and names the one before and the one after."""
    answer = client.get(f"{DOC}.jsonld?version=1")

    assert answer.json()["homepage"] == ["https://centre.example/"]
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    links = answer.headers["link"]
    assert "predecessor-version" not in links
    assert f'<{BASE}doc/institution/centre?version=2>; rel="successor-version"' in links


@pytest.mark.parametrize(
    ("moment", "homepage"),
    [
        ("2026-03-01T12:08:00Z", "https://centre.example/"),
        ("2026-03-01T14:08:00+02:00", "https://centre.example/"),  # plus as a space
        ("2026-03-01T14:08:00%2B02:00", "https://centre.example/"),
        ("2026-03-01", "https://new.example/"),  # a date means its end
    ],
)
def test_as_of(client: Client, moment: str, homepage: str) -> None:
    """A record is shown as it was published at a moment."""
    assert client.get(f"{DOC}?asOf={moment}").json()["homepage"] == [homepage]


def test_before_publication(client: Client) -> None:
    """Before it was published there was no record."""
    assert client.get(f"{DOC}?asOf=2020-01-01").status_code == 404


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("version=0", "version"),
        ("version=-1", "version"),
        ("version=x", "version"),
        ("version=٣", "version"),
        ("version=99999999999", "version"),
        ("asOf=yesterday", "asOf"),
        ("asOf=2026-13-01", "asOf"),
        ("asOf=2026-03-01T12:00:00", "asOf"),  # no zone
        ("asOf=0001-01-01T00:00:00%2B14:00", "asOf"),  # before the calendar begins
        ("asOf=2026-W10-1", "asOf"),
        ("asOf=2026-03-01&version=1", "asOf"),
        ("view=all", "view"),
    ],
)
@pytest.mark.parametrize("path", ["/id/institution/centre", DOC])
def test_bad_state(client: Client, path: str, query: str, parameter: str) -> None:
    """A state that cannot be understood is refused by naming the parameter."""
    answer = client.get(f"{path}?{query}")

    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter


@pytest.mark.parametrize(
    "path",
    [
        "/id/institution/nobody",
        "/doc/institution/nobody",
        "/doc/institution/nobody.ttl",
        "/doc/nothing/centre",
        "/doc/institution/CENTRE",
        "/doc/institution/%2e%2e",
        "/doc/institution/centre.exe",
        "/doc/institution/centre?version=9",
        "/doc/institution/nobody/history",
        "/id/institution/",
    ],
)
def test_unknown(client: Client, path: str) -> None:
    """What was never published is not found."""
    answer = client.get(path)

    assert (answer.status_code, answer.json()["title"]) == (
        404,
        "На този адрес няма нищо",
    )


@pytest.mark.parametrize("path", ["/id/institution/closed", "/doc/institution/closed"])
def test_retired(client: Client, path: str) -> None:
    """A retired record is gone; its tombstone says where its end can be read."""
    answer = client.get(path, accept_language="en")

    assert answer.status_code == 410
    tombstone: dict[str, Any] = answer.json()
    last = tombstone["lastVersion"]
    assert last == f"{BASE}doc/institution/closed?version=1"
    assert tombstone["retired"] == "2026-03-01T12:16:00+00:00"
    assert client.get(last).status_code == 200


def test_superseded(client: Client) -> None:
    """A superseded record is still shown, and names its successor."""
    answer = client.get("/doc/institution/old")
    item = client.get("/doc/institution/old?view=record").json()

    assert answer.status_code == 200
    successor = f'<{BASE}doc/institution/centre>; rel="successor-version"'
    assert successor in answer.headers["link"]
    assert item["status"] == "http://purl.org/linked-data/registry#statusSuperseded"
    assert item["successor"] == f"{BASE}id/institution/centre"


def test_history(client: Client) -> None:
    """The history lists what was published, by whom in opaque form."""
    answer = client.get(f"{DOC}/history")

    entries = answer.json()["entries"]
    assert [(e["event"], e["version"], e["actor"]) for e in entries] == [
        ("accepted", 1, "a-2"),
        ("accepted", 2, "a-2"),
    ]
    assert entries[1]["document"] == f"{BASE}doc/institution/centre?version=2"
