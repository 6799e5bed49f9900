import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from registry.journal.sql import SqlJournal
from registry.mail import Message
from registry.mailing.outbox import SqlOutbox
from registry.mailing.sending import send_due
from tests.registry.mailing.conftest import PostOffice

SENDER = "registry@two.example"


@pytest.fixture
def outbox(journal: SqlJournal, clock: Callable[[], datetime]) -> SqlOutbox:
    """An outbox with two mails."""
    made = SqlOutbox(journal.engine, clock)
    for name in ("one", "two"):
        made.send(Message(f"{name}@one.example", name, "text\n", "en"))
    return made


def test_everything_that_is_due_goes_out_once(
    outbox: SqlOutbox, office: PostOffice
) -> None:
    """A second look finds nothing left to do."""
    assert send_due(outbox, office.transport, SENDER) == 2
    assert send_due(outbox, office.transport, SENDER) == 0
    assert len(office.mails) == 2


def test_nothing_is_lost_while_the_server_is_down(
    outbox: SqlOutbox,
    office: PostOffice,
    journal: SqlJournal,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What could not be sent goes out once its time has come, and nobody is named."""
    with caplog.at_level(logging.INFO):
        assert send_due(outbox, replace(office.transport, port=1), SENDER) == 0
    later = SqlOutbox(journal.engine, lambda: datetime(2026, 2, 1, tzinfo=UTC))

    assert send_due(later, office.transport, SENDER) == 2
    own = [r for r in caplog.records if r.name.startswith("registry.")]
    assert [record.getMessage() for record in own] == ["mail put off"] * 2
    assert "one.example" not in str([vars(record) for record in own])


def test_what_nobody_takes_is_given_up(outbox: SqlOutbox, office: PostOffice) -> None:
    """An address that is refused for good, or is none, does not stay for ever."""
    outbox.send(Message("no address", "three", "text\n", "en"))
    office.answer = "550 no such user"

    assert send_due(outbox, office.transport, SENDER) == 0
    office.answer = "250 OK"
    assert send_due(outbox, office.transport, SENDER) == 0
    assert outbox.take() is None
