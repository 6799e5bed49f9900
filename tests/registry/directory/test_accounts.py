from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from registry.directory.accounts import SqlAccounts
from registry.journal.sql import SqlJournal
from registry.mail import Message
from registry.mailing.outbox import SqlOutbox
from tests.rows import written


def test_erasing_leaves_nothing_personal_in_the_database(
    journal: SqlJournal, clock: Callable[[], datetime], tmp_path: Path
) -> None:
    """Neither name nor address is left anywhere, mails that wait included."""
    accounts = SqlAccounts(journal.engine, clock)
    account = accounts.enrol("maria@one.example", "bg")
    accounts.change(replace(account, name="Мария Иванова"))
    SqlOutbox(journal.engine, clock).send(
        Message("maria@one.example", "s", "Здравейте, Мария Иванова", "bg")
    )

    accounts.erase(account.actor)

    dumped = written(journal.engine)
    journal.close()
    # The files of a server are its own business: see the operations guide.
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("*.sqlite*"))
    assert b"maria@one.example" not in kept
    assert "Мария".encode() not in kept
    assert "maria@one.example" not in dumped
    assert "Мария" not in dumped
    assert account.actor in dumped
