from datetime import date, timedelta

from starlette.requests import Request

from api.throttle import Throttle

TODAY = date(2026, 3, 1)


def of(host: str) -> Request:
    """Returns a request from an address."""
    return Request({"type": "http", "headers": [], "client": (host, 1)})


def test_each_address_has_its_own_count() -> None:
    """One who sends too much does not stop the others."""
    throttle = Throttle("2/hour")

    assert [throttle.hit(of("192.0.2.1"), TODAY) for _ in range(3)] == [
        True,
        True,
        False,
    ]
    assert throttle.hit(of("192.0.2.2"), TODAY)


def test_the_salt_lives_for_a_day() -> None:
    """What was counted yesterday cannot be told from anybody else's today."""
    throttle = Throttle("1/hour")
    throttle.hit(of("192.0.2.1"), TODAY)

    assert throttle.hit(of("192.0.2.1"), TODAY + timedelta(days=1))
