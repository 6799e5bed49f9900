from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from registry.credentials import Identity, new_secret
from registry.identity.openid import OpenIdProvider
from tests.oidc import CLIENT, SECRET, Provider, provider
from tests.serving import free_port

BACK = "http://registry.example/bg/account/oidc/callback"


@pytest.fixture(scope="module")
def other() -> Iterator[Provider]:
    """A real provider, written by somebody else."""
    with provider(free_port(), [BACK]) as running:
        yield running


@pytest.fixture
def client(other: Provider) -> OpenIdProvider:
    """The registry, as that provider knows it."""
    return OpenIdProvider(other.issuer, CLIENT, SECRET)


def _code(
    client: OpenIdProvider, other: Provider, who: str, sent: dict[str, str]
) -> str:
    address = client.departure(BACK, state="the state", **sent)
    assert address is not None
    back = parse_qs(urlsplit(other.confirms(address, who)).query)
    assert back["state"] == ["the state"]
    return back["code"][0]


def _sent() -> dict[str, str]:
    return {"nonce": new_secret(), "verifier": new_secret()}


def test_a_provider_says_who_somebody_is(
    client: OpenIdProvider, other: Provider
) -> None:
    """By its own id, and by an address that it has verified."""
    sent = _sent()
    code = _code(client, other, "Ann@one.example", sent)

    identity = client.identity(code, BACK, **sent)

    subject = f"{other.issuer} Ann@one.example"
    assert identity == Identity(subject, "ann@one.example")
    assert client.identity(code, BACK, **sent) is None


def test_an_address_that_nobody_verified_is_none(
    client: OpenIdProvider, other: Provider
) -> None:
    """Anybody could have typed it there."""
    sent = _sent()
    code = _code(client, other, "unverified:ann@one.example", sent)

    identity = client.identity(code, BACK, **sent)

    assert identity is not None
    assert identity.email is None


@pytest.mark.parametrize("wrong", ["nonce", "verifier"])
def test_a_code_that_was_sent_for_somebody_else(
    client: OpenIdProvider, other: Provider, wrong: str
) -> None:
    """Without what we sent them with, nobody is confirmed."""
    sent = _sent()
    code = _code(client, other, "ann@one.example", sent)

    assert client.identity(code, BACK, **{**sent, wrong: new_secret()}) is None


def test_the_log_says_nothing_of_the_person(
    client: OpenIdProvider, other: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    """Why nobody is confirmed, but not what the provider said."""
    sent = _sent()
    code = _code(client, other, "ann@one.example", sent)

    assert client.identity(code, BACK, **{**sent, "nonce": new_secret()}) is None

    (line,) = [line for line in caplog.records if line.levelname == "WARNING"]
    assert line.getMessage() == "identity not confirmed"
    assert line.__dict__["reason"].isidentifier()


def test_a_provider_that_does_not_know_us(other: Provider) -> None:
    """With a wrong secret nothing is confirmed."""
    stranger = OpenIdProvider(other.issuer, CLIENT, "another secret")
    sent = _sent()
    code = _code(stranger, other, "ann@one.example", sent)

    assert stranger.identity(code, BACK, **sent) is None


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:1", "file:///etc", "{}/x", "{}/"])
def test_a_provider_that_is_not_there(other: Provider, issuer: str) -> None:
    """Nobody is sent to what is away, or says that it is somebody else."""
    client = OpenIdProvider(issuer.format(other.issuer), CLIENT, SECRET)

    assert client.departure(BACK, state="s", **_sent()) is None
    assert client.identity("code", BACK, **_sent()) is None
