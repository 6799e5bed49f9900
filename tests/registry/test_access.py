from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from registry.access import IDLE, LONGEST, TOKENS, Access
from registry.credentials import Scope
from registry.directory.accounts import SqlAccounts
from registry.directory.keys import SqlKeys
from registry.directory.organisations import SqlDirectory
from registry.errors import BadParameter, NotAllowed, StorageUnavailable
from registry.journal.sql import create
from registry.people import Person
from registry.ports import Keys

DAY = timedelta(days=1)


class Setting:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Door:
    """Access for one person, at a time that a test sets."""

    access: Access
    person: Person
    time: Setting
    accounts: SqlAccounts


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """Somebody who may come in."""
    time = Setting()
    journal = create(tmp_path / "journal.sqlite", "http://127.0.0.1:8000/", time)
    accounts = SqlAccounts(journal.engine, time)
    account = replace(accounts.enrol("m@one.example", "bg"), name="Мария")
    accounts.change(account)
    directory = SqlDirectory(journal.engine)
    person = directory.person(account.actor)
    assert person is not None
    yield Door(
        Access(SqlKeys(journal.engine, time), directory, time), person, time, accounts
    )
    journal.close()


def test_a_session_is_its_persons(door: Door) -> None:
    """Its secret lets in until the person leaves; another secret never does."""
    secret = door.access.enter(door.person.actor)

    assert door.access.visitor(secret) == door.person
    assert door.access.visitor(secret[::-1]) is None
    door.access.leave(secret)
    assert door.access.visitor(secret) is None


def test_a_session_that_nobody_uses_ends(door: Door) -> None:
    """Each use makes it last as long again."""
    secret = door.access.enter(door.person.actor)
    for _ in range(3):
        door.time.now += IDLE
        assert door.access.visitor(secret) == door.person

    door.time.now += IDLE + timedelta(seconds=1)

    assert door.access.visitor(secret) is None
    assert door.access.sessions(door.person) == []


def test_a_session_ends_however_much_it_is_used(door: Door) -> None:
    """After a week the person logs in again."""
    secret = door.access.enter(door.person.actor)
    began = door.time.now
    while door.time.now - began <= LONGEST - IDLE:
        door.time.now += IDLE
        assert door.access.visitor(secret) == door.person

    door.time.now = began + LONGEST + timedelta(seconds=1)

    assert door.access.visitor(secret) is None


def test_ended_sessions_are_forgotten_at_the_next_log_in(door: Door) -> None:
    """They do not pile up."""
    door.access.enter(door.person.actor)
    door.time.now += LONGEST + DAY

    door.access.enter(door.person.actor)

    assert len(door.access.keys.sessions(door.person.actor)) == 1


def test_a_token_lets_in_for_what_it_was_made_for(door: Door) -> None:
    """Reading is always part of it; anything else has to be asked for."""
    secret = door.access.issue(door.person, " скрипт ", [Scope.SUBMIT], 30)

    assert secret.startswith("intg_")
    assert door.access.bearer(secret, Scope.READ) == door.person
    assert door.access.bearer(secret, Scope.SUBMIT) == door.person
    with pytest.raises(NotAllowed):
        door.access.bearer(secret, Scope.REVIEW)
    token, *_ = door.access.tokens(door.person)
    assert (token.name, token.used) == ("скрипт", door.time.now)


def test_a_token_expires(door: Door) -> None:
    """It stays in the list, so that its person sees why it no longer works."""
    secret = door.access.issue(door.person, "one", [], 30)

    door.time.now += 30 * DAY

    assert door.access.bearer(secret, Scope.READ) is None
    assert len(door.access.tokens(door.person)) == 1


def test_a_revoked_token_lets_nobody_in(door: Door) -> None:
    """Somebody else's is not revoked, whatever id is named."""
    secret = door.access.issue(door.person, "one", [], 30)
    token, *_ = door.access.tokens(door.person)

    door.access.revoke(replace(door.person, actor="person/other"), token.id)
    assert door.access.bearer(secret, Scope.READ) == door.person
    door.access.revoke(door.person, token.id)
    assert door.access.bearer(secret, Scope.READ) is None


def test_no_token_of_ours_lets_nobody_in(door: Door) -> None:
    """A session's secret is no token, and neither is any other text."""
    session = door.access.enter(door.person.actor)

    for text in (session, "", "intg_", "intg_x", "\ud800"):
        assert door.access.bearer(text, Scope.READ) is None


@pytest.mark.parametrize(("name", "days"), [("", 30), ("n" * 101, 30), ("n", 31)])
def test_a_token_needs_a_name_and_an_end(door: Door, name: str, days: int) -> None:
    """One without is not made."""
    with pytest.raises(BadParameter):
        door.access.issue(door.person, name, [], days)


def test_nobody_has_very_many_tokens(door: Door) -> None:
    """Old ones are revoked before new ones are made."""
    for number in range(TOKENS):
        door.access.issue(door.person, str(number), [], 30)

    with pytest.raises(NotAllowed):
        door.access.issue(door.person, "one more", [], 30)


def test_the_erased_are_let_in_no_more(door: Door) -> None:
    """Neither by session nor by token."""
    session = door.access.enter(door.person.actor)
    token = door.access.issue(door.person, "one", [], 30)

    door.accounts.erase(door.person.actor)

    assert door.access.visitor(session) is None
    assert door.access.bearer(token, Scope.READ) is None


@pytest.mark.parametrize("jump", [-400 * DAY, -DAY, -timedelta(seconds=1)])
def test_a_clock_that_goes_back_locks_nobody_out(door: Door, jump: timedelta) -> None:
    """What was made in the future of that clock works, and can still be ended."""
    secret = door.access.enter(door.person.actor)
    token = door.access.issue(door.person, "program", [Scope.SUBMIT], 30)
    assert door.access.bearer(token, Scope.SUBMIT) == door.person

    door.time.now += jump

    assert door.access.visitor(secret) == door.person
    assert door.access.bearer(token, Scope.SUBMIT) == door.person
    door.access.leave(secret)
    assert door.access.visitor(secret) is None


def test_a_clock_that_goes_ahead_and_back_ends_nothing_for_good(door: Door) -> None:
    """While it is ahead, what has expired lets nobody in."""
    secret = door.access.enter(door.person.actor)
    token = door.access.issue(door.person, "program", [Scope.SUBMIT], 30)

    door.time.now += 31 * DAY
    ahead = (door.access.visitor(secret), door.access.bearer(token, Scope.SUBMIT))
    door.time.now -= 31 * DAY
    back = (door.access.visitor(secret), door.access.bearer(token, Scope.SUBMIT))

    assert ahead == (None, None)
    assert back == (door.person, door.person)


def test_a_full_disk_keeps_nobody_from_reading(door: Door) -> None:
    """That somebody came cannot be noted, but they are let in."""
    secret = door.access.enter(door.person.actor)
    token = door.access.issue(door.person, "program", [Scope.SUBMIT], 30)
    access = replace(door.access, keys=cast("Keys", FullKeys(door.access.keys)))
    door.time.now += timedelta(hours=1)

    assert access.visitor(secret) == door.person
    assert access.bearer(token, Scope.SUBMIT) == door.person


class FullKeys:
    """Keys that can be read, on a disk that takes nothing in."""

    def __init__(self, keys: Keys) -> None:
        self.session, self.token = keys.session, keys.token

    def touch_session(self, digest: str) -> None:
        """Fails."""
        raise StorageUnavailable(f"no room for {digest}", "няма място")

    use_token = touch_session
