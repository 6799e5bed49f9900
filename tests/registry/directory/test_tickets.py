from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from registry.directory.tickets import SqlTickets
from registry.journal.sql import SqlJournal
from registry.journal.tables import TICKET
from tests.rows import written


def test_the_secret_is_not_kept(
    journal: SqlJournal, clock: Callable[[], datetime]
) -> None:
    """Whoever reads the database cannot use what was mailed."""
    secret = SqlTickets(journal.engine, clock).issue("p", {"to": "x"}, timedelta(1))

    kept = written(journal.engine)

    assert '{"to": "x"}' in kept
    assert secret not in kept


def test_what_has_expired_is_forgotten(
    journal: SqlJournal, clock: Callable[[], datetime]
) -> None:
    """Old tickets do not pile up."""
    tickets = SqlTickets(journal.engine, clock)
    tickets.issue("old", {}, timedelta(milliseconds=1))

    tickets.issue("new", {}, timedelta(hours=1))

    with journal.engine.connect() as connection:
        assert connection.scalars(select(TICKET.c.purpose)).all() == ["new"]
