import re

import pytest

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
