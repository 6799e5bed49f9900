import pytest
from starlette.requests import Request

from api.pages.personal import errors_of, go, own_path, require, respond
from registry.errors import BadParameter
from registry.people import Person
from tests.api.conftest import Sample, site_of

LANGUAGES = ("bg", "en")
PERSON = Person("a", "Ann <b>", "a@x.example")


def _request() -> Request:
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/en/desk/reports/1",
            "query_string": b"",
            "headers": [],
            "registry.cookies": {},
        }
    )


def test_a_page_for_one_person(sample: Sample) -> None:
    """A page of somebody's own is kept nowhere, and in no index of a search engine."""
    answer = respond(
        site_of(sample),
        _request(),
        "audit",
        "en",
        person=PERSON,
        status=403,
        lines=[],
        organisations=[],
        chosen="",
        files=[],
        next=None,
    )

    assert answer.status_code == 403
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-language"] == "en"
    assert b'content="noindex"' in bytes(answer.body)


def test_after_a_form() -> None:
    """What a form led to is asked for anew, so that reloading sends nothing."""
    answer = go("https://registry.example/en/desk")

    assert answer.status_code == 303
    assert answer.headers["location"] == "https://registry.example/en/desk"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "wanted", ["/bg/desk", "/en/desk/people?organisation=x", "/bg/place/%D0%B0"]
)
def test_pages_of_ours_are_gone_on_to(wanted: str) -> None:
    """With what was asked of them."""
    assert own_path(wanted, LANGUAGES) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "https://evil.example/bg/",
        "//evil.example/bg/",
        "/\\evil.example/bg",
        "/bg\\..\\x",
        "javascript:alert(1)",
        "bg/desk",
        "/sparql",
        "/bg/desk\r\nSet-Cookie: a=b",
        "/bg/мания",
    ],
)
def test_nothing_else_is_gone_on_to(wanted: str) -> None:
    """Neither another site, nor an address for programs, nor a header."""
    assert own_path(wanted, LANGUAGES) is None


def test_a_refusal_leads_to_its_field() -> None:
    """In the language of the page, or the first of ours."""
    error = BadParameter("wrong", "грешно", extra={"field": "name"})

    assert errors_of(error, "en") == [("wrong", "name")]
    assert errors_of(error, "uk") == [("грешно", "name")]
    assert errors_of(BadParameter("a", "б"), "bg") == [("б", None)]


def test_a_missing_field_is_refused() -> None:
    """By its name."""
    assert require("x", "name") == "x"
    with pytest.raises(BadParameter, match="name"):
        require(None, "name")
