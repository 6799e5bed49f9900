import re

import pytest

from registry.lifecycle import Role
from registry.organisations import OPERATOR
from registry.people import KEEPER
from tests.api.conftest import Sample
from tests.api.routes.pages.reading import Page
from tests.api.visitor import Visitor, joins, mailed
from tests.people import PASSWORD
from tests.versions import BASE

NEW = "съвсем друга дълга парола"
SHORT = "къса"


def _path(body: str) -> str:
    found = re.search(rf"^{re.escape(BASE)}(\S+)$", body, re.MULTILINE)
    assert found
    return f"/{found[1]}"


def _invited(office: Sample, email: str) -> str:
    office.accounts.invite(
        OPERATOR, email, organisation=KEEPER, role=Role.REVIEWER, language="en"
    )
    return _path(mailed(office, email))


def test_an_invitation_is_accepted(office: Sample, visitor: Visitor) -> None:
    """Whoever is new says who they are, chooses a password, and is logged in."""
    path = _invited(office, "a@one.example")
    page = Page(visitor.opens(path).text)

    answer = visitor.sends(path, name="Мария", password=PASSWORD)

    assert "Keepers of the registry" in page.text
    assert "reviewer" in page.text
    assert answer.headers["location"] == f"{BASE}en/desk"
    assert "Мария" in visitor.opens("/en/account").text


def test_an_invitation_works_once(office: Sample, visitor: Visitor) -> None:
    """Afterwards its page says so, and sending the form again does nothing."""
    path = _invited(office, "b@one.example")
    visitor.opens(path)
    visitor.sends(path, name="Мария", password=PASSWORD)
    visitor.opens("/en/account")

    refused = visitor.sends(path, 410, name="Друга", password=NEW)

    assert "This link is no longer valid" in refused.text
    visitor.opens(path, 410)
    visitor.opens("/bg/account/invitation/made-up", 410)


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [
        ("", PASSWORD, "name"),
        ("Мария", "short", "password"),
        ("Мария", "п" * 10_000, "password"),
    ],
)
def test_an_invitation_that_is_filled_in_badly(
    office: Sample, visitor: Visitor, name: str, password: str, field: str
) -> None:
    """The page says what is wrong, at its field, and keeps what was typed."""
    path = _invited(office, "c@one.example")
    visitor.opens(path)

    page = Page(visitor.sends(path, 422, name=name, password=password).text)

    assert page.found("a", href=f"#{field}")
    assert page.found("input", name="name")[0]["value"] == name
    assert page.found("input", name="password")[0].get("value") is None


def test_whoever_has_an_account_accepts_by_a_button(
    office: Sample, visitor: Visitor
) -> None:
    """And logs in as before."""
    joins(office, "d@one.example")
    path = _invited(office, "d@one.example")
    page = Page(visitor.opens(path).text)

    answer = visitor.sends(path)

    assert not page.found("input", name="password")
    assert answer.headers["location"] == f"{BASE}en/account/login?said=accepted"
    visitor.logs_in("d@one.example")


def test_a_forgotten_password(office: Sample, visitor: Visitor) -> None:
    """By mail, once; whoever was logged in is so no more."""
    joins(office, "e@one.example")
    visitor.logs_in("e@one.example")
    other = Visitor(visitor.client)
    other.opens("/bg/account/reset")
    other.sends("/bg/account/reset", 200, email="e@one.example")
    path = _path(mailed(office, "e@one.example"))
    other.opens(path)

    answer = other.sends(path, password=NEW)

    assert answer.headers["location"] == f"{BASE}bg/account/login?said=reset"
    visitor.opens("/bg/account", 303)
    other.opens(path, 410)
    other.logs_in("e@one.example", NEW)
    other.opens("/bg/account")


def test_a_bad_new_password_can_be_mended(office: Sample, visitor: Visitor) -> None:
    """The link is not used up by it."""
    joins(office, "f@one.example")
    visitor.opens("/bg/account/reset")
    visitor.sends("/bg/account/reset", 200, email="f@one.example")
    path = _path(mailed(office, "f@one.example"))
    visitor.opens(path)

    visitor.sends(path, 422, password=SHORT)

    visitor.sends(path, 303, password=NEW)


def test_the_answer_does_not_tell_who_has_an_account(
    office: Sample, visitor: Visitor
) -> None:
    """It is the same for everybody; only those who have one get a mail."""
    joins(office, "g@one.example")
    mailed(office, "")
    answers = []
    for email in ("g@one.example", "nobody@one.example"):
        visitor.opens("/en/account/reset")
        answers.append(visitor.sends("/en/account/reset", 200, email=email).text)

    assert answers[0] == answers[1]
    assert mailed(office, "nobody@one.example") == ""


def test_nobody_is_flooded_with_mails(visitor: Visitor) -> None:
    """After a few requests for an address come no more for a while."""
    visitor.opens("/en/account/reset")
    for _ in range(3):
        visitor.sends("/en/account/reset", 200, email="h@one.example")

    visitor.sends("/en/account/reset", 429, email="H@one.example")
