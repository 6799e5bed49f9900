import pytest

from tests.api.conftest import Sample
from tests.api.routes.pages.reading import Page
from tests.api.visitor import Visitor, joins
from tests.people import PASSWORD
from tests.versions import BASE

WRONG = "не е тази"


def test_logging_in_leads_to_where_one_wanted_to_go(
    office: Sample, visitor: Visitor
) -> None:
    """A page for people sends a stranger to log in, and back."""
    joins(office, "a@one.example")
    asked = visitor.opens("/en/desk/people?organisation=keeper", 303)
    visitor.opens(asked.headers["location"].removeprefix(BASE.rstrip("/")))

    answer = visitor.sends(
        "/en/account/login",
        email="a@one.example",
        password=PASSWORD,
        next="/en/desk/people?organisation=keeper",
    )

    assert answer.headers["location"] == f"{BASE}en/desk/people?organisation=keeper"
    assert list(visitor.cookies) == ["session"]
    visitor.opens("/en/desk/people?organisation=keeper")


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/bg/", ""])
def test_logging_in_leads_to_no_other_site(
    office: Sample, visitor: Visitor, wanted: str
) -> None:
    """Whatever a link says; the desk is shown in its place."""
    joins(office, f"b{len(wanted)}@one.example")
    visitor.opens("/bg/account/login")

    answer = visitor.sends(
        "/bg/account/login",
        email=f"b{len(wanted)}@one.example",
        password=PASSWORD,
        next=wanted,
    )

    assert answer.headers["location"] == f"{BASE}bg/desk"


def test_somebody_logged_in_need_not_log_in(office: Sample, visitor: Visitor) -> None:
    """The page sends on at once."""
    joins(office, "c@one.example")
    visitor.logs_in("c@one.example")

    answer = visitor.opens("/bg/account/login?next=/bg/find", 303)

    assert answer.headers["location"] == f"{BASE}bg/find"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("d@one.example", "wrong"),
        ("nobody@one.example", PASSWORD),
        ("<script>@x", "x"),
        ("d@one.example", "п" * 10_000),
    ],
)
def test_what_is_wrong_is_not_told(
    office: Sample, visitor: Visitor, email: str, password: str
) -> None:
    """The same sentence for each; the address need not be typed again."""
    joins(office, "d@one.example")
    visitor.opens("/en/account/login")

    answer = visitor.sends("/en/account/login", 422, email=email, password=password)

    page = Page(answer.text)
    assert "The address or the password is not right." in page.text
    assert page.found("input", name="email")[0]["value"] == email
    assert "session" not in visitor.cookies


def test_the_session_is_a_new_one(office: Sample, visitor: Visitor) -> None:
    """A cookie from before, planted or stolen, is worth nothing afterwards."""
    joins(office, "e@one.example")
    visitor.logs_in("e@one.example")
    before = dict(visitor.cookies)
    visitor.opens("/bg/account")
    planted = Visitor(visitor.client, {"session": "x" * 43})
    planted.logs_in("e@one.example")

    assert planted.cookies["session"] not in ("x" * 43, before["session"])


def test_logging_out_ends_the_session(office: Sample, visitor: Visitor) -> None:
    """The page says so, and the cookie would open nothing any more."""
    joins(office, "f@one.example")
    visitor.logs_in("f@one.example")
    stolen = Visitor(visitor.client, dict(visitor.cookies))
    visitor.opens("/en/account")

    answer = visitor.sends("/en/account/logout")

    assert answer.headers["location"] == f"{BASE}en/account/login?said=out"
    assert visitor.cookies == {}
    assert "You are logged out." in visitor.opens("/en/account/login?said=out").text
    stolen.opens("/en/account", 303)


def test_nobody_is_logged_in_or_out_by_another_site(
    office: Sample, visitor: Visitor
) -> None:
    """A forged form is refused with a page that says so."""
    joins(office, "g@one.example")
    given = {"email": "g@one.example", "password": PASSWORD}
    visitor.opens("/en/account/login")

    visitor.sends("/en/account/login", 403, origin="https://evil.example", **given)
    visitor.sends("/en/account/login", 403, csrf="", **given)
    visitor.logs_in("g@one.example")
    visitor.opens("/en/account")
    visitor.sends("/en/account/logout", 403, origin="https://evil.example")
    refused = visitor.sends("/en/account/logout", 403, csrf="0" * 64)

    assert "The form was not accepted" in refused.text
    visitor.opens("/en/account")


def test_guessing_is_stopped(office: Sample, visitor: Visitor) -> None:
    """With the seconds to wait, in words and for programs."""
    joins(office, "h@one.example")
    visitor.opens("/en/account/login")
    for _ in range(5):
        visitor.sends("/en/account/login", 422, email="h@one.example", password=WRONG)

    answer = visitor.sends(
        "/en/account/login", 429, email="h@one.example", password=PASSWORD
    )

    assert 1 <= int(answer.headers["retry-after"]) <= 900
    assert "Too many requests" in answer.text


def test_the_header_says_who_is_there(office: Sample, visitor: Visitor) -> None:
    """Readers are offered to log in; pages of those who did are kept nowhere."""
    joins(office, "i@one.example")
    stranger = visitor.opens("/en/privacy")
    visitor.logs_in("i@one.example")

    known = visitor.opens("/en/privacy")

    assert "account/login" in stranger.text
    assert "no-store" not in stranger.headers["cache-control"]
    assert "account/login" not in known.text
    assert f"{BASE}en/account" in known.text
    assert known.headers["cache-control"] == "no-store"
