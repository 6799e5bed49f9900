import pytest

from registry.directory.attempts import MovingAttempts
from registry.errors import TooMany


def test_so_many_attempts_and_no_more() -> None:
    """The next is told how long to wait, and counts for no other key either."""
    attempts = MovingAttempts(3, 60)
    for _ in range(3):
        attempts.count("a")

    with pytest.raises(TooMany) as refusal:
        attempts.count("b", "a")

    wait = refusal.value.extra["retryAfter"]
    assert isinstance(wait, int)
    assert 1 <= wait <= 60
    for _ in range(3):
        attempts.count("b")


def test_attempts_are_forgiven() -> None:
    """Whoever got in starts again from none."""
    attempts = MovingAttempts(1, 60)
    attempts.count("a")

    attempts.forgive("a")

    attempts.count("a")
