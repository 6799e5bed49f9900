from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from httpx import Response

from api.application import application
from registry.confirming import Link
from registry.directory.accounts import SqlAccounts
from registry.iris import RecordId
from registry.lifecycle import Event, Role
from registry.people import KEEPER
from tests.api.client import Client
from tests.api.conftest import Sample, build
from tests.api.routes.pages.reading import Page, page
from tests.versions import BASE

CENTRE = RecordId("institution", "centre")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sample]:
    """A registry that a test may change."""
    made = build(tmp_path)
    yield made
    made.missing.close()
    made.lists.close()
    made.journal.close()


@pytest.fixture
def visitor(own: Sample) -> Iterator[Client]:
    """Whoever reads the mail of the organisation."""
    with Client(application(own, close=lambda: None)) as made:
        yield made


@pytest.fixture
def link(own: Sample) -> str:
    """The secret of a link that was mailed."""
    return own.confirming.issue(Link(CENTRE), timedelta(days=30))


def verified(own: Sample) -> int:
    """Returns how often the record was confirmed."""
    history = own.journal.history(CENTRE)
    return sum(entry.event is Event.VERIFIED for entry in history)


def send(visitor: Client, path: str, cookie: str = "", **fields: str) -> Response:
    """Sends a form as a browser does."""
    return visitor.send(
        "POST",
        path,
        urlencode(fields).encode(),
        content_type=FORM,
        origin=BASE.rstrip("/"),
        **({"cookie": cookie} if cookie else {}),
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "+359 38 000000"), ("bg", "Потвърждавам, че това още е вярно")],
)
def test_opening_a_link_changes_nothing(
    own: Sample, visitor: Client, link: str, language: str, said: str
) -> None:
    """It shows what the record says, however often a program opens it."""
    for _ in range(3):
        answer = visitor.get(f"/{language}/confirm/{link}", accept="text/html")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert said in Page(answer.text).text
    assert verified(own) == 0


@pytest.mark.parametrize("language", ["bg", "en"])
def test_the_button_confirms_once(
    own: Sample, visitor: Client, link: str, language: str
) -> None:
    """A second time the page says that the link was used."""
    path = f"/{language}/confirm/{link}"

    first, second = (send(visitor, path, answer="right") for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 410)
    assert verified(own) == 1
    assert visitor.get(path, accept="text/html").status_code == 410


def test_what_is_wrong_is_taken_and_nothing_typed_is_lost(
    own: Sample, visitor: Client, link: str
) -> None:
    """A text that is refused comes back, and the link stays good."""
    path, long = f"/en/confirm/{link}", "я" * 12_000

    refused = send(visitor, path, answer="wrong", text=long)
    taken = send(visitor, path, answer="wrong", text="<b>New</b> phone")

    assert refused.status_code == 422
    assert f"\n{long}</textarea>" in refused.text
    assert "has been received" in taken.text
    [report] = own.change_reports.open()
    assert (report.record, report.text) == (CENTRE, "<b>New</b> phone")
    assert verified(own) == 0


def test_a_link_that_was_never_given_out_leads_nowhere(visitor: Client) -> None:
    """In words, and without telling whether it ever was one."""
    found = page(visitor, "/bg/confirm/guessed", status=410)

    assert "Тази връзка вече не е валидна" in found.text


def logged_in(own: Sample, role: Role | None) -> str:
    """Returns the cookie of somebody with a role at the keeper's."""
    accounts = SqlAccounts(own.journal.engine, own.clock)
    account = replace(accounts.enrol("m@one.example", "en"), name="Maria")
    accounts.change(account)
    if role:
        own.directory.join(account.actor, KEEPER, role)
    return f"session={own.access.enter(account.actor)}"


def test_who_may_confirms_with_a_button(own: Sample, visitor: Client) -> None:
    """It stands on the page of the record, and leads back to it."""
    cookie = logged_in(own, Role.CONTRIBUTOR)
    found = Page(visitor.get(f"/en/{CENTRE}", accept="text/html", cookie=cookie).text)
    [field] = found.found("input", name="csrf")
    path = f"/en/desk/confirm/{CENTRE}"

    answer = send(visitor, path, cookie, csrf=str(field["value"]))

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}en/{CENTRE}"
    assert verified(own) == 1
    assert send(visitor, path, cookie, csrf="forged").status_code == 403
    assert verified(own) == 1


def test_others_have_no_button(own: Sample, visitor: Client) -> None:
    """Neither who is not logged in, nor who has no role."""
    cookie = logged_in(own, None)
    pages = [
        visitor.get(f"/en/{CENTRE}", accept="text/html").text,
        visitor.get(f"/en/{CENTRE}", accept="text/html", cookie=cookie).text,
    ]

    assert not any("desk/confirm" in found for found in pages)
    answer = send(visitor, f"/en/desk/confirm/{CENTRE}")
    assert answer.status_code in {401, 403}
    assert verified(own) == 0
