from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from api.application import application
from registry.credentials import Identity
from registry.settings import OidcSettings, Settings, SiteSettings
from tests.api.client import Client
from tests.api.conftest import Sample, build
from tests.api.visitor import Visitor, joins
from tests.versions import BASE


class Oracle:
    """A provider that believes whatever code it is shown.

    The code is the subject and, if it is verified, the address.
    """

    def departure(
        self, redirect: str, *, state: str, nonce: str, verifier: str
    ) -> str | None:
        """Sends everybody to one place, with what it was told."""
        assert nonce != verifier
        assert redirect.startswith(BASE)
        return f"https://provider.example/?state={state}"

    def identity(
        self, code: str, redirect: str, *, nonce: str, verifier: str
    ) -> Identity | None:
        """Says what the code says."""
        assert nonce != verifier
        assert redirect.startswith(BASE)
        subject, _, email = code.partition(" ")
        return Identity(subject, email or None) if subject else None


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """A registry that is linked to a provider."""
    made = build(tmp_path_factory.mktemp("linked"))
    settings = Settings(
        data=made.settings.data,
        site=SiteSettings(base=BASE),
        oidc=OidcSettings(issuer="https://provider.example", name="Доставчик"),
    )
    yield replace(made, settings=settings, provider=Oracle())
    made.lists.close()
    made.catalogue.close()
    made.journal.close()


@pytest.fixture(scope="module")
def linked_client(linked: Sample) -> Iterator[Client]:
    """What calls the application over it."""
    with Client(application(linked, close=lambda: None)) as made:
        yield made


@pytest.fixture
def comer(linked_client: Client) -> Visitor:
    """Somebody's browser."""
    return Visitor(linked_client)


def _leaves(comer: Visitor, query: str = "") -> str:
    """Goes to the provider; returns the state to bring back."""
    away = comer.opens(f"/en/account/oidc{query}", 303).headers["location"]
    return parse_qs(urlsplit(away).query)["state"][0]


def _comes(comer: Visitor, state: str, code: str) -> str:
    """Comes back from there; returns where the answer leads."""
    path = f"/en/account/oidc/callback?state={state}&code={code}"
    where: str = comer.opens(path, 303).headers["location"]
    return where


REFUSED = f"{BASE}en/account/login?said=elsewhere"


def test_somebody_with_an_account_comes_in(linked: Sample, comer: Visitor) -> None:
    """By the verified address, and to the page that they wanted."""
    joins(linked, "a@one.example")
    assert "Log in with Доставчик" in comer.opens("/en/account/login").text

    where = _comes(comer, _leaves(comer, "?next=/en/desk/people"), "s1 a@one.example")

    assert where == f"{BASE}en/desk/people"
    assert "a@one.example" in comer.opens("/en/account").text


def test_afterwards_the_providers_id_counts(linked: Sample, comer: Visitor) -> None:
    """It goes on to be the same person, and no other identity becomes that."""
    joins(linked, "b@one.example")
    other = Visitor(comer.client)

    assert _comes(comer, _leaves(comer), "s2 b@one.example") == f"{BASE}en/desk"
    assert _comes(other, _leaves(other), "s2") == f"{BASE}en/desk"
    assert _comes(other, _leaves(other), "s3 b@one.example") == REFUSED


@pytest.mark.parametrize("code", ["s4 nobody@one.example", "s4", ""])
def test_nobody_comes_in_who_was_not_invited(comer: Visitor, code: str) -> None:
    """Nor anybody whom the provider does not confirm."""
    assert _comes(comer, _leaves(comer), code) == REFUSED
    assert "did not confirm who you are" in comer.opens(REFUSED[len(BASE) - 1 :]).text
    comer.opens("/en/account", 303)


def test_an_invitation_has_to_be_accepted_first(linked: Sample, comer: Visitor) -> None:
    """An address that was merely invited opens nothing."""
    linked.accounts.book.enrol("c@one.example", "bg")

    assert _comes(comer, _leaves(comer), "s5 c@one.example") == REFUSED


def test_the_way_back_is_open_once_and_in_one_browser(
    linked: Sample, comer: Visitor
) -> None:
    """A link with somebody else's code logs nobody in to their account."""
    joins(linked, "d@one.example")
    state = _leaves(comer)
    victim = Visitor(comer.client)
    victim.opens("/en/account/login")

    assert _comes(victim, state, "s6 d@one.example") == REFUSED
    assert _comes(comer, state, "s6 d@one.example") == REFUSED
    assert _comes(comer, "made-up", "s6 d@one.example") == REFUSED


def test_without_a_provider_there_is_no_way(visitor: Visitor) -> None:
    """The page does not offer it, and its address says what to do."""
    assert "account/oidc" not in visitor.opens("/en/account/login").text
    visitor.opens("/en/account/oidc", 404)
    visitor.opens("/en/account/oidc/callback?state=x&code=y", 404)
