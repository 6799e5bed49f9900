import httpx
import pytest

from registry.errors import EngineUnavailable
from registry.store.dialects import Server
from registry.store.server import check, client, failures_named, parameters


@pytest.mark.parametrize(
    ("dialect", "user", "header"),
    [
        ("oxigraph", "", None),
        ("fuseki", "registry", "Basic cmVnaXN0cnk6c2VjcmV0"),
        ("qlever", "", "Bearer secret"),
    ],
)
def test_writer_names_itself_as_the_server_wants(
    dialect: str, user: str, header: str | None
) -> None:
    """By a password or a token; to one that wants neither, not at all."""
    server = Server("http://127.0.0.1:1", dialect, user, "secret")
    with client(server, 1) as connection:
        request = connection.build_request("GET", server.address)
        flow = (connection.auth or httpx.Auth()).sync_auth_flow(request)
        assert next(flow).headers.get("Authorization") == header


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "denied"),
        (403, "denied"),
        (503, "away"),
        (400, "refused"),
        (500, "refused"),
    ],
)
def test_change_that_was_not_made_is_told(status: int, reason: str) -> None:
    """Whatever a server says to a change but yes, is that it cannot be had."""
    with pytest.raises(EngineUnavailable) as caught:
        check(httpx.Response(status, content=b"no"))

    assert caught.value.extra["reason"] == reason


def test_what_is_gone_already_may_be_removed() -> None:
    """A graph that is not there need not be removed."""
    check(httpx.Response(404), missing=True)
    with pytest.raises(EngineUnavailable):
        check(httpx.Response(404))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.ConnectError(""), "away"),
        (httpx.ReadTimeout(""), "away"),
        (httpx.RemoteProtocolError(""), "cut"),
        (httpx.ReadError(""), "cut"),
    ],
)
def test_what_happens_on_the_way_is_told(error: Exception, reason: str) -> None:
    """A server that cannot be reached is away; one that breaks off, cuts."""
    with pytest.raises(EngineUnavailable) as caught, failures_named():
        raise error

    assert caught.value.extra["reason"] == reason


def test_graphs_are_named_in_their_order() -> None:
    """Default graphs and named ones go by the names of the protocol."""
    assert parameters(("x:a", "x:b"), ("x:c",)) == [
        ("default-graph-uri", "x:a"),
        ("default-graph-uri", "x:b"),
        ("named-graph-uri", "x:c"),
    ]
