import re

import pytest

from registry.credentials import Scope
from tests.api.conftest import Sample
from tests.api.routes.pages.reading import Page
from tests.api.visitor import Visitor, joins
from tests.people import PASSWORD
from tests.versions import BASE

NEW = "съвсем друга дълга парола"


def test_the_account_is_its_persons(visitor: Visitor) -> None:
    """A stranger is sent to log in, and so is a made-up session."""
    visitor.opens("/bg/account", 303)

    Visitor(visitor.client, {"session": "x" * 43}).opens("/bg/account", 303)


def test_name_and_language_are_changed(office: Sample, visitor: Visitor) -> None:
    """A bad name is refused at its field."""
    actor = joins(office, "a@one.example")
    visitor.logs_in("a@one.example")
    visitor.opens("/en/account")

    refused = visitor.sends("/en/account", 422, do="details", name=" ", language="en")
    visitor.sends("/en/account", do="details", name="Maria", language="en")

    assert Page(refused.text).found("a", href="#name")
    person = office.directory.person(actor)
    assert person is not None
    assert (person.name, person.language) == ("Maria", "en")


def test_a_password_is_changed(office: Sample, visitor: Visitor) -> None:
    """This device stays logged in, with a new session; all others are not."""
    joins(office, "b@one.example")
    other = Visitor(visitor.client)
    for browser in (visitor, other):
        browser.logs_in("b@one.example")
    visitor.opens("/en/account")
    before = visitor.cookies["session"]

    wrong = visitor.sends("/en/account", 422, do="password", present="x", password=NEW)
    visitor.sends("/en/account", do="password", present=PASSWORD, password=NEW)

    assert Page(wrong.text).found("a", href="#present")
    assert visitor.cookies["session"] != before
    visitor.opens("/en/account")
    other.opens("/en/account", 303)
    Visitor(visitor.client, {"session": before}).opens("/en/account", 303)


def test_a_token_is_shown_once(office: Sample, visitor: Visitor) -> None:
    """It works for what was chosen, until it is revoked."""
    joins(office, "c@one.example")
    visitor.logs_in("c@one.example")
    visitor.opens("/en/account")

    asked = {"do": "token", "token": "script", "days": "30", "scope-submit": "1"}
    made = visitor.sends("/en/account", 200, **asked)

    secret = re.findall(r"intg_[\w-]{43}", made.text)[0]
    assert secret not in visitor.opens("/en/account").text
    person = office.access.bearer(secret, Scope.SUBMIT)
    assert person is not None
    token, *_ = office.access.tokens(person)
    assert token.scopes == {Scope.READ, Scope.SUBMIT}
    visitor.sends("/en/account", do="revoke", id=token.id)
    assert office.access.bearer(secret, Scope.READ) is None


@pytest.mark.parametrize(
    ("token", "days", "field"), [("", "30", "token"), ("x", "36500", "days")]
)
def test_a_token_that_will_not_do(
    office: Sample, visitor: Visitor, token: str, days: str, field: str
) -> None:
    """The page says why, and makes none."""
    joins(office, f"d{field}@one.example")
    visitor.logs_in(f"d{field}@one.example")
    visitor.opens("/en/account")

    refused = visitor.sends("/en/account", 422, do="token", token=token, days=days)

    assert Page(refused.text).found("a", href=f"#{field}")
    assert "intg_" not in refused.text


def test_nobody_revokes_the_token_of_another(office: Sample, visitor: Visitor) -> None:
    """An id that is somebody else's does nothing."""
    actor = joins(office, "e@one.example")
    person = office.directory.person(actor)
    assert person is not None
    secret = office.access.issue(person, "mine", [], 30)
    token, *_ = office.access.tokens(person)
    joins(office, "f@one.example")
    visitor.logs_in("f@one.example")
    visitor.opens("/en/account")

    visitor.sends("/en/account", do="revoke", id=token.id)

    assert office.access.bearer(secret, Scope.READ) == person


def test_logging_out_everywhere(office: Sample, visitor: Visitor) -> None:
    """Every device is logged out, this one too."""
    joins(office, "g@one.example")
    other = Visitor(visitor.client)
    for browser in (visitor, other):
        browser.logs_in("g@one.example")
    assert visitor.opens("/en/account").text.count("this device") == 1

    answer = visitor.sends("/en/account", do="everywhere")

    assert answer.headers["location"] == f"{BASE}en/account/login?said=everywhere"
    assert visitor.cookies == {}
    other.opens("/en/account", 303)


def test_a_form_that_says_nothing_is_refused(office: Sample, visitor: Visitor) -> None:
    """So is one that is sent after logging out."""
    joins(office, "h@one.example")
    visitor.logs_in("h@one.example")
    visitor.opens("/en/account")

    visitor.sends("/en/account", 400, do="nonsense")
    visitor.sends("/en/account", 400)
    visitor.sends("/en/account", 422, do="revoke")
    stale = Visitor(visitor.client, dict(visitor.cookies), visitor.csrf)
    visitor.sends("/en/account/logout")
    stale.sends("/en/account", 401, do="details", name="X", language="en")


def test_names_are_text(office: Sample, visitor: Visitor) -> None:
    """Whatever somebody calls themselves or a token is shown, not run."""
    joins(office, "i@one.example")
    visitor.logs_in("i@one.example")
    visitor.opens("/en/account")
    markup = "<script>alert(1)</script>"
    visitor.sends("/en/account", do="details", name=markup, language="bg")
    visitor.opens("/en/account")

    made = visitor.sends("/en/account", 200, do="token", token=markup, days="30")

    assert markup not in made.text
    assert "&lt;script&gt;alert(1)" in made.text
