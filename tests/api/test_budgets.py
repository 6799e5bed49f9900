import pytest
from starlette.requests import Request

from api.budgets import Budgets, client_of
from registry.errors import TooMany


def _request(host: str | None) -> Request:
    headers = [(b"x-forwarded-for", b"203.0.113.9"), (b"forwarded", b"for=203.0.113.9")]
    client = (host, 1234) if host is not None else None
    return Request({"type": "http", "headers": headers, "client": client})


def _refused(budgets: Budgets, client: str) -> TooMany:
    with pytest.raises(TooMany) as refusal:
        budgets.check(client)
    return refusal.value


def test_time_of_queries_is_limited() -> None:
    """Who has used up a minute's seconds waits until it is over; others do not."""
    budgets = Budgets(seconds=60, errors=0, parallel=0)
    for _ in range(3):
        budgets.check("a")
        budgets.spend("a", 25)
    error = _refused(budgets, "a")

    assert (error.extra["rule"], error.extra["limit"]) == ("client-seconds", 60)
    assert error.extra["retryAfter"] in range(1, 61)
    assert "60" in error.detail["bg"]
    budgets.check("b")


def test_many_small_queries_add_up() -> None:
    """Milliseconds are counted as well."""
    budgets = Budgets(seconds=1, errors=0, parallel=0)
    for _ in range(250):
        budgets.check("a")
        budgets.spend("a", 0.003)
    for _ in range(250):
        budgets.spend("a", 0.003)

    assert _refused(budgets, "a").extra["rule"] == "client-seconds"


def test_failures_are_limited() -> None:
    """Queries that fail use up a budget of their own."""
    budgets = Budgets(seconds=60, errors=2, parallel=0)
    budgets.fail("a")
    budgets.check("a")
    budgets.fail("a")

    assert _refused(budgets, "a").extra["rule"] == "client-errors"


def test_queries_at_one_time_are_limited() -> None:
    """A client cannot fill the line; a query that is over makes room."""
    budgets = Budgets(seconds=0, errors=0, parallel=1)
    with budgets.running("a"):
        with pytest.raises(TooMany) as refusal, budgets.running("a"):
            pass
        with budgets.running("b"):
            pass
    with budgets.running("a"):
        pass

    assert refusal.value.extra == {
        "rule": "client-parallel",
        "limit": 1,
        "retryAfter": 1,
    }


def test_nothing_is_limited_if_so_set() -> None:
    """A budget of nothing is none."""
    budgets = Budgets(seconds=0, errors=0, parallel=0)
    for _ in range(100):
        budgets.spend("a", 100)
        budgets.fail("a")

    budgets.check("a")
    with budgets.running("a"), budgets.running("a"):
        pass


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_client_is_who_is_connected(host: str | None, client: str) -> None:
    """A network of IPv6 is one client, and what a request claims does not count."""
    assert client_of(_request(host)) == client
