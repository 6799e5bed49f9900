import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from registry.directory.tickets import SqlTickets
from registry.journal.sql import SqlJournal


def test_the_secret_is_not_kept(
    journal: SqlJournal, clock: Callable[[], datetime], tmp_path: Path
) -> None:
    """Whoever reads the database cannot use what was mailed."""
    secret = SqlTickets(journal.engine, clock).issue("p", {}, timedelta(hours=1))

    with sqlite3.connect(tmp_path / "journal.sqlite") as database:
        assert secret not in "\n".join(database.iterdump())
    database.close()


def test_what_has_expired_is_forgotten(
    journal: SqlJournal, clock: Callable[[], datetime], tmp_path: Path
) -> None:
    """Old tickets do not pile up."""
    tickets = SqlTickets(journal.engine, clock)
    tickets.issue("old", {}, timedelta(milliseconds=1))
    tickets.issue("new", {}, timedelta(hours=1))

    with sqlite3.connect(tmp_path / "journal.sqlite") as database:
        assert database.execute("SELECT purpose FROM ticket").fetchall() == [("new",)]
    database.close()
