from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.journal.sql import create
from registry.mail import Message
from registry.mailing.outbox import (
    FIRST_WAIT,
    LEASE,
    MOST_ATTEMPTS,
    SqlOutbox,
)

LETTER = Message("m@one.example", "Здравейте", "Ред 1\nРед 2\n", "bg")


class Setting:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Setting:
    """The time of the outbox."""
    return Setting()


@pytest.fixture
def outbox(place: str | Path, time: Setting) -> Iterator[SqlOutbox]:
    """An empty outbox."""
    journal = create(place, "http://127.0.0.1:8000/", time)
    yield SqlOutbox(journal.engine, time)
    journal.close()


def test_a_mail_is_taken_by_one(outbox: SqlOutbox, time: Setting) -> None:
    """While somebody sends it nobody else gets it; if that fails, somebody does."""
    outbox.send(LETTER)

    first = outbox.take()
    assert first is not None
    assert first.message == LETTER
    assert outbox.take() is None
    time.now += LEASE
    second = outbox.take()

    assert second is not None
    assert (second.id, second.attempts) == (first.id, 2)


def test_what_was_sent_is_forgotten(outbox: SqlOutbox, time: Setting) -> None:
    """No mail is kept once it is on its way."""
    outbox.send(LETTER)
    taken = outbox.take()
    assert taken is not None

    outbox.done(taken)

    time.now += timedelta(days=1)
    assert outbox.take() is None


def test_waits_grow_until_it_is_given_up(outbox: SqlOutbox, time: Setting) -> None:
    """A mail is tried for some days, ever more seldom."""
    outbox.send(LETTER)
    began, waits = time.now, []
    while taken := outbox.take():
        before = time.now
        if not outbox.again(taken):
            break
        while outbox.take() is None:
            time.now += FIRST_WAIT
        waits.append(time.now - before)
        time.now += LEASE

    assert waits[:3] == [FIRST_WAIT, FIRST_WAIT * 4, FIRST_WAIT * 16]
    assert timedelta(days=1) < time.now - began < timedelta(days=4)
    assert taken is not None
    assert taken.attempts >= MOST_ATTEMPTS
    time.now += timedelta(days=30)
    assert outbox.take() is None
