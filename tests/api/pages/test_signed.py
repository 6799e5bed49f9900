from starlette.requests import Request

from api.pages.signed import seen, signed
from registry.people import Person
from tests.api.conftest import Sample, site_of

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
    answer = signed(
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
    answer = seen("https://registry.example/en/desk")

    assert answer.status_code == 303
    assert answer.headers["location"] == "https://registry.example/en/desk"
    assert answer.headers["cache-control"] == "no-store"
