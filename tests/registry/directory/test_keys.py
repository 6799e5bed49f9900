from collections.abc import Callable
from datetime import datetime

from registry.credentials import digest_of, new_secret
from registry.directory.accounts import SqlAccounts
from registry.directory.keys import SqlKeys
from registry.journal.sql import SqlJournal


def test_several_sessions_are_ended_together(
    journal: SqlJournal, clock: Callable[[], datetime]
) -> None:
    """Those of other people go on."""
    accounts, keys = SqlAccounts(journal.engine, clock), SqlKeys(journal.engine, clock)
    one, two = (accounts.enrol(f"{n}@one.example", "bg").actor for n in "ab")
    for actor in (one, one, two):
        keys.open_session(actor, digest_of(new_secret()))

    keys.close_sessions(one)

    assert len(keys.sessions(one)) == 0
    assert len(keys.sessions(two)) == 1
