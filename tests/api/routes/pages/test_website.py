import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from api.pages.site import SitePages
from api.routes.pages.website import Website
from tests.api.client import Client
from tests.versions import BASE


async def _slow(request: Request, language: str) -> Response:
    return PlainTextResponse(f"{language} {request.path_params['key']}")


def _plain(request: Request, language: str) -> Response:
    return PlainTextResponse(f"{language} {request.url.path}")


def test_pages_are_there_in_every_language() -> None:
    """A page is added once, and answers under the tag of each language."""
    pages, app = SitePages.load(BASE), FastAPI()
    website = Website(pages)
    website.add("/slow/{key}", _slow)
    website.add("/plain", _plain)
    website.mount(app)

    with Client(app) as client:
        for tag in pages.languages:
            assert client.get(f"/{tag}/slow/x").text == f"{tag} x"
            assert client.get(f"/{tag}/plain").text == f"{tag} /{tag}/plain"
        assert client.get("/de/plain").status_code == 404


def test_home_without_its_slash(client: Client) -> None:
    """The address of a language without a slash leads to its first page."""
    answer = client.get("/en")

    assert (answer.status_code, answer.headers["location"]) == (308, f"{BASE}en/")


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/bg/nothing", "bg"),
        ("/en/nothing", "en"),
        ("/en/about/", "en"),
        ("/en/<b>", "en"),
        ("/de/", "bg"),
        ("/de/about", "bg"),
        ("/nothing?lang=en", "en"),
    ],
)
def test_no_such_page(client: Client, path: str, language: str) -> None:
    """A missing page is told in the language of its address, in the usual frame."""
    answer = client.get(path, accept="text/html", accept_language="bg")

    assert answer.status_code == 404
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}"' in answer.text
    assert '<meta name="robots" content="noindex">' in answer.text
    assert f'action="{BASE}{language}/find"' in answer.text
    assert "<b>" not in answer.text


def test_methods_of_pages(client: Client) -> None:
    """A page that is posted to says what can be done instead."""
    answer = client.send("POST", "/en/about", accept="text/html")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert "POST is not possible here" in answer.text
