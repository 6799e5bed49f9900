import logging
from collections.abc import AsyncIterator
from typing import ClassVar

import pytest
from httpx import Response
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from api.application import application
from api.problem_texts import HELP
from api.problems import STATUS, HttpError, kinds, status_of
from registry.errors import NotFound, tree
from registry.language import LANGUAGES
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.api.queries import BROKEN
from tests.versions import BASE

MEMBERS = ["type", "title", "status", "detail", "instance"]


def test_every_error_has_a_status() -> None:
    """Each class of the tree stands in the table itself, none beside it."""
    assert {e for e in tree() if e.__module__ == "registry.errors"} == set(STATUS)


def test_nearest_class_decides() -> None:
    """An error of a class that is not in the table has the status of its parent."""

    class Lost(NotFound):
        slug: ClassVar[str] = "lost"

    assert status_of(Lost("a", "б")) == 404


def test_every_kind_has_a_page(client: Client) -> None:
    """The type of every problem is an address that explains it in both languages."""
    slugs = {e.slug for e in STATUS} | {e.slug for e in HttpError.__subclasses__()}
    assert set(kinds()) == slugs == set(HELP)

    for slug, kind in kinds().items():
        for language in LANGUAGES:
            page = client.get(f"/{language}/problems/{slug}")
            assert page.status_code == 200
            assert f"<h1>{kind.title[language]}</h1>" in page.text
        assert client.get(f"/problems/{slug}").json() == {
            "type": f"{BASE}problems/{slug}",
            "status": kind.status,
            "title": dict(kind.title),
            "help": dict(kind.help),
        }


REFUSED = [
    ("GET", "/id/institution/nobody", 404),
    ("GET", "/doc/institution/nobody", 404),
    ("GET", "/doc/institution/nobody/history", 404),
    ("GET", "/doc/institution/closed", 410),
    ("GET", "/doc/institution/centre?version=x", 400),
    ("GET", "/records?kind=x", 400),
    ("GET", "/sparql?query=x&query=y", 400),
    ("GET", "/shapes/nothing", 404),
    ("GET", "/problems/nothing", 404),
    ("GET", "/feed/records?page=0", 400),
    ("GET", "/feed/catalog?page=1000", 404),
    ("POST", "/feed", 405),
    ("POST", "/feed/records", 405),
    ("POST", "/feed/records.atom", 405),
    ("GET", "/no/such/page", 404),
    ("GET", "/context/v2.jsonld", 404),
    ("DELETE", "/", 405),
    ("POST", "/id/institution/centre", 405),
    ("POST", "/doc/institution/centre", 405),
    ("POST", "/doc/institution/centre/history", 405),
    ("POST", "/records", 405),
    ("PUT", "/sparql", 405),
    ("POST", "/def/", 405),
    ("POST", "/shapes/", 405),
    ("POST", "/shapes/institution", 405),
    ("POST", "/problems/", 405),
    ("POST", "/problems/gone", 405),
    ("POST", "/limits", 405),
    ("POST", "/health", 405),
    ("POST", "/robots.txt", 405),
    ("POST", "/assets/site.js", 405),
    ("POST", "/context/v1.jsonld", 405),
    ("POST", "/openapi.json", 405),
]


def _page(client: Client, method: str, path: str) -> Response:
    """Returns what a browser gets, after one redirect at most."""
    answer = client.send(method, path, accept="text/html,*/*;q=0.8")
    if answer.status_code != 303:
        return answer
    location: str = answer.headers["location"]
    assert location.startswith(BASE)
    return client.get(location.removeprefix(BASE[:-1]), accept="text/html")


@pytest.mark.parametrize(("method", "path", "status"), REFUSED)
def test_same_shape(client: Client, method: str, path: str, status: int) -> None:
    """Whatever refuses, the body has the same shape, in the reader's language."""
    english = client.send(method, path, accept_language="en")
    bulgarian = client.send(method, path)
    page = _page(client, method, path)

    assert english.status_code == bulgarian.status_code == page.status_code == status
    assert english.headers["content-type"] == "application/problem+json"
    problem = english.json()
    assert list(problem)[:5] == MEMBERS
    assert problem["status"] == status
    assert problem["instance"] == path.partition("?")[0]
    assert problem["title"] != bulgarian.json()["title"]
    assert [a.headers["content-language"] for a in (english, bulgarian)] == ["en", "bg"]
    assert english.headers["cache-control"] == "no-store"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert bulgarian.json()["title"] in page.text


@pytest.mark.parametrize(
    "path",
    ["/doc/institution/centre", "/records", "/", "/def/", "/limits"],
)
def test_not_acceptable(client: Client, path: str) -> None:
    """A reader whom nothing suits is told what is on offer."""
    answer = client.get(path, accept="image/png")

    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert "text/html" in answer.json()["offered"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/sparql", "GET, HEAD, POST"),
        ("/records", "GET, HEAD"),
        ("/doc/institution/centre", "GET, HEAD"),
        ("/openapi.json", "GET, HEAD"),
    ],
)
def test_allow(client: Client, path: str, allowed: str) -> None:
    """A refused method is answered with all that are possible."""
    assert client.send("DELETE", path).headers["allow"] == allowed


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_failure(client: Client, caplog: pytest.LogCaptureFixture, method: str) -> None:
    """A defect says nothing of the inside, but the number that the log has.

    So it does beside the routes of the framework, by `GET`, and in them.
    """
    query = f"query=ASK+%7B%7D+%23{BROKEN.strip('#')}"
    form = "application/x-www-form-urlencoded"
    with caplog.at_level(logging.ERROR):
        if method == "GET":
            answer = client.get(f"/sparql?{query}")
        else:
            answer = client.send("POST", "/sparql", query.encode(), content_type=form)

    problem = answer.json()
    assert answer.status_code == 500
    assert problem["type"] == f"{BASE}problems/internal"
    assert "secret" not in answer.text
    logged = [r for r in caplog.records if r.getMessage() == "request failed"]
    assert [record.__dict__["reference"] for record in logged] == [problem["reference"]]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_status_is_not_overwritten(client: Client) -> None:
    """What an error adds never takes the place of what every problem has."""
    assert client.get("/doc/institution/closed").json()["status"] == 410


@pytest.mark.parametrize(
    "path",
    [
        "/%ff%fe",
        "/doc/institution/%00",
        "/doc/institution/" + "a" * 5000,
        "/doc/%D0%B0/%D0%B1",
        "/records?%00=%00",
        "/doc/institution/centre?lang=%00",
        "/id/institution/centre%0d%0aSet-Cookie:%20a=b",
        "/<script>alert(1)</script>",
    ],
)
def test_hostile_addresses(client: Client, path: str) -> None:
    """An address full of tricks is refused, and its page holds nothing of them."""
    page = _page(client, "GET", path)

    assert page.status_code in {200, 400, 404}
    assert "<script>" not in page.text
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"accept": '"' * 5000, "accept_language": "," * 5000},
        {"accept": "*/*;q=" + "9" * 5000, "accept_language": "-" * 5000},
        {"if_none_match": 'W/"' * 5000},
        {"accept_language": "\xff"},
        {"content_length": "0", "content_type": "x" * 5000},
    ],
)
def test_hostile_headers(client: Client, headers: dict[str, str]) -> None:
    """Headers full of nonsense get an answer or a refusal, never a failure."""
    answer = client.get("/doc/institution/centre", **headers)

    assert answer.status_code in {200, 406}


def test_framework_refusals(sample: Sample) -> None:
    """What the framework refuses by itself comes out in the same form."""
    app = application(sample, close=lambda: None)

    @app.get("/typed/{number}")
    async def typed(number: int) -> int:
        raise HTTPException(418, f"tea for {number}")

    with Client(app) as client:
        answers = [client.get("/typed/x"), client.get("/typed/7")]

    for answer in answers:
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status_code, answer.json()["type"]) == (
            400,
            f"{BASE}problems/bad-parameter",
        )
        assert "tea" not in answer.text


def test_failure_in_mid_answer(sample: Sample) -> None:
    """A failure after the first byte breaks the answer off instead of ending it."""
    app = application(sample, close=lambda: None)

    async def parts() -> AsyncIterator[bytes]:
        yield b"first"
        raise RuntimeError("secret of the inside")

    @app.get("/parts", response_class=StreamingResponse)
    async def streamed() -> StreamingResponse:
        return StreamingResponse(parts())

    with Client(app) as client, pytest.raises(RuntimeError):
        client.get("/parts")
