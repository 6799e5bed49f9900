import asyncio
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route
from starlette.types import Message, Receive, Scope, Send

from api.headers import PublicHeaders
from tests.api.client import Client
from tests.versions import BASE

PATHS = [
    "/",
    "/records",
    "/id/institution/centre",
    "/doc/institution/centre",
    "/doc/institution/centre.html",
    "/doc/institution/centre/history",
    "/doc/institution/closed",
    "/sparql",
    "/sparql?query=ASK%7B%7D",
    "/context/v1.jsonld",
    "/def/",
    "/shapes/",
    "/shapes/institution",
    "/problems/",
    "/problems/gone",
    "/limits",
    "/health",
    "/openapi.json",
    "/robots.txt",
    "/bg/",
    "/en/contacts",
    "/en/nothing",
]


@pytest.mark.parametrize("path", PATHS)
def test_head(client: Client, path: str) -> None:
    """HEAD gives the status and the headers of GET, without a body."""
    got, head = client.get(path), client.send("HEAD", path)

    assert (head.status_code, head.content) == (got.status_code, b"")
    assert all(answer.headers.pop("x-request-id") for answer in (got, head))
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.parametrize("path", PATHS)
def test_open_to_all_closed_to_scripts(client: Client, path: str) -> None:
    """Any origin may read without credentials; pages run nothing but our files."""
    headers = client.get(path, origin="https://elsewhere.example").headers

    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
    assert "Registry-Sequence" in headers["access-control-expose-headers"]
    policy = headers["content-security-policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers


@pytest.mark.parametrize("path", PATHS)
def test_pages_load_nothing_foreign(client: Client, path: str) -> None:
    """A page loads files of ours alone, and has no script or style within it."""
    page = client.get(path, accept="text/html, */*;q=0.1").text

    loaded = re.findall(r'<(?:script|img|link rel="(?:icon|stylesheet)")[^>]*>', page)
    for tag in loaded:
        assert f'"{BASE}assets/' in tag or "application/ld+json" in tag, tag
    assert "<style" not in page
    assert " style=" not in page
    assert not re.search(r"<[^>]+ on[a-z]+=", page)


def test_preflight(client: Client) -> None:
    """A browser may post a query from any origin."""
    answer = client.send(
        "OPTIONS",
        "/sparql",
        origin="https://elsewhere.example",
        access_control_request_method="POST",
        access_control_request_headers="content-type",
    )

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, POST"
    assert "Content-Type" in answer.headers["access-control-allow-headers"]


def test_plain_options(client: Client) -> None:
    """OPTIONS that is no preflight is a method like any other we do not have."""
    assert client.send("OPTIONS", "/sparql").status_code == 405


FILLED = {"kind": "institution", "name": "centre", "key": "centre", "extension": "ttl"}
EVERYWHERE = {
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-request-id",
}


def addresses(app: FastAPI) -> Iterator[str]:
    """Yields an address for every route, of something that is there or not."""
    for route in app.routes:
        inner = route.routes if isinstance(route, Mount) else [route]
        above = route.path if isinstance(route, Mount) else ""
        for one in inner:
            if isinstance(one, Route):
                pattern = above + one.path
                yield re.sub(
                    r"\{(\w+)(:\w+)?\}", lambda m: FILLED.get(m[1], "1"), pattern
                )


def test_every_answer_is_closed_to_scripts(app: FastAPI, client: Client) -> None:
    """Of every route, every method and every kind of answer, a refusal too."""
    seen: set[int] = set()
    for path in dict.fromkeys(addresses(app)):
        for answer in (
            client.get(path, accept="text/html"),
            client.get(path, accept="image/png"),
            client.send("POST", path, b"{", content_type="text/plain"),
            client.send("OPTIONS", path, access_control_request_method="POST"),
        ):
            seen.add(answer.status_code)
            assert answer.headers.keys() >= EVERYWHERE, path
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert "strict-transport-security" not in answer.headers
    tag = client.get("/limits").headers["etag"]
    known = client.get("/limits", if_none_match=tag)

    assert known.status_code == 304
    assert known.headers.keys() >= EVERYWHERE
    assert seen >= {200, 204, 303, 308, 400, 401, 404, 405, 406, 415}


def test_nobody_reads_what_is_personal(client: Client) -> None:
    """Pages of people are not for other sites, not even as a picture."""
    closed = client.get("/bg/account/login").headers

    assert "access-control-allow-origin" not in closed
    assert closed["cross-origin-resource-policy"] == "same-origin"
    assert (
        client.get("/limits").headers["cross-origin-resource-policy"] == "cross-origin"
    )


def test_https_stays_https() -> None:
    """A site over HTTPS tells browsers never to ask without."""
    sent: list[Message] = []

    async def nothing(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "path": "/", "method": "GET", "headers": []}
    asyncio.run(PublicHeaders(nothing, secure=True)(scope, receive, send))

    found = dict(sent[0]["headers"])
    assert found[b"strict-transport-security"] == b"max-age=31536000"
