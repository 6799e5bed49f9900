"""What every keeper of people, organisations, keys and tickets must do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.credentials import Account, Scope, Session, Token, digest_of
from registry.directory.accounts import SqlAccounts
from registry.directory.keys import SqlKeys
from registry.directory.organisations import SqlDirectory
from registry.directory.tickets import SqlTickets
from registry.errors import NotFound
from registry.iris import RecordId
from registry.journal.sql import create
from registry.lifecycle import Role
from registry.people import KEEPER, Organisation, Person
from registry.ports import AccountBook, Directory, Keys, Tickets

DAWN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
SCHOOL = Organisation(
    "school",
    {"bg": "Школа", "en": "School"},
    RecordId("training-centre", "school"),
    "office@school.example",
)


class Setting:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = DAWN

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Parts:
    """Keepers that share a database, and their time."""

    directory: Directory
    accounts: AccountBook
    keys: Keys
    tickets: Tickets
    time: Setting

    def enrolled(self, name: str = "Мария", email: str = "m@one.example") -> Account:
        """Returns the account of somebody who has accepted an invitation."""
        account = replace(self.accounts.enrol(email, "bg"), name=name)
        self.accounts.change(account)
        return account


@pytest.fixture
def parts(place: str | Path) -> Iterator[Parts]:
    """Keepers of nobody yet."""
    time = Setting()
    journal = create(place, "http://127.0.0.1:8000/", time)
    database = journal.engine
    yield Parts(
        SqlDirectory(database),
        SqlAccounts(database, time),
        SqlKeys(database, time),
        SqlTickets(database, time),
        time,
    )
    journal.close()


def test_at_first_there_is_the_keeper_alone(parts: Parts) -> None:
    """Whoever keeps the registry is an organisation, and keeps every record."""
    assert [each.id for each in parts.directory.organisations()] == [KEEPER]
    assert parts.directory.members(KEEPER) == []
    assert parts.directory.steward(RecordId("course", "one")) == KEEPER


def test_an_organisation_is_as_it_was_founded(parts: Parts) -> None:
    """It has its names, its entry and its contact; founding it again changes it."""
    parts.directory.found(SCHOOL)
    changed = replace(SCHOOL, name={"bg": "Ново"}, record=None, contact=None)

    assert parts.directory.organisation("school") == SCHOOL
    parts.directory.found(changed)
    assert parts.directory.organisations()[1:] == [changed]
    assert parts.directory.organisation("nobody") is None


def test_a_record_is_kept_by_whoever_it_was_given_to_last(parts: Parts) -> None:
    """Each record has one steward."""
    one, two = RecordId("course", "one"), RecordId("course", "two")
    parts.directory.found(SCHOOL)
    for record in (two, one):
        parts.directory.assign(record, "school")
    assert parts.directory.kept("school") == [one, two]

    parts.directory.assign(one, KEEPER)

    assert parts.directory.steward(one) == KEEPER
    assert parts.directory.steward(two) == "school"
    assert parts.directory.kept("school") == [two]


def test_nothing_is_given_to_nobody(parts: Parts) -> None:
    """A record, or a role, needs an organisation and a person."""
    actor = parts.enrolled().actor

    with pytest.raises(NotFound):
        parts.directory.assign(RecordId("course", "one"), "nobody")
    with pytest.raises(NotFound):
        parts.directory.join(actor, "nobody", Role.CONTRIBUTOR)
    with pytest.raises(NotFound):
        parts.directory.join("person/nobody", KEEPER, Role.CONTRIBUTOR)


def test_a_person_has_a_role_in_each_organisation(parts: Parts) -> None:
    """A new role takes the place of the old one; leaving takes it away."""
    account = parts.enrolled()
    parts.directory.found(SCHOOL)
    for organisation, role in (
        (KEEPER, Role.REVIEWER),
        ("school", Role.CONTRIBUTOR),
        ("school", Role.ADMINISTRATOR),
    ):
        parts.directory.join(account.actor, organisation, role)
    roles = {KEEPER: Role.REVIEWER, "school": Role.ADMINISTRATOR}
    person = Person(account.actor, "Мария", "m@one.example", "bg", roles)

    assert parts.directory.person(account.actor) == person
    assert parts.directory.members("school") == [person]
    parts.directory.leave(account.actor, "school")
    assert parts.directory.members("school") == []


def test_members_come_by_name(parts: Parts) -> None:
    """A list of people is in the order of their names."""
    for name, email in (("Яна", "y@one.example"), ("Асен", "a@one.example")):
        actor = parts.enrolled(name, email).actor
        parts.directory.join(actor, KEEPER, Role.CONTRIBUTOR)

    assert [each.name for each in parts.directory.members(KEEPER)] == ["Асен", "Яна"]


def test_an_address_has_one_account(parts: Parts) -> None:
    """Enrolling again is nothing new, and what changed stays changed."""
    made = parts.accounts.enrol("m@one.example", "bg")
    changed = Account(made.actor, made.email, "М", "en", "hash", "subject")
    parts.accounts.change(changed)

    assert made == Account(made.actor, "m@one.example")
    assert parts.accounts.enrol("m@one.example", "bg") == changed
    assert parts.accounts.find(made.actor) == changed
    assert parts.accounts.by_email("m@one.example") == changed
    assert parts.accounts.by_subject("subject") == changed
    assert parts.accounts.by_email("n@one.example") is None


def test_an_erased_person_leaves_the_id_alone(parts: Parts) -> None:
    """No account, role, session or token is left, and the address is free again."""
    actor = parts.enrolled().actor
    parts.directory.join(actor, KEEPER, Role.REVIEWER)
    parts.keys.open_session(actor, "d")
    parts.keys.add_token(
        Token("t", actor, "n", frozenset({Scope.READ}), DAWN, DAWN + HOUR), "e"
    )

    parts.accounts.erase(actor)

    assert parts.accounts.find(actor) is None
    assert parts.directory.person(actor) is None
    assert parts.directory.members(KEEPER) == []
    assert parts.keys.session("d") is None
    assert parts.keys.token("e") is None
    assert parts.accounts.enrol("m@one.example", "bg").actor != actor


def test_erasing_nobody_is_refused(parts: Parts) -> None:
    """An id that was never given cannot be erased."""
    with pytest.raises(NotFound):
        parts.accounts.erase("person/nobody")


def test_a_session_is_known_until_it_is_closed(parts: Parts) -> None:
    """It tells when it began and when it was last used."""
    actor = parts.enrolled().actor
    parts.keys.open_session(actor, "one")
    parts.time.now += HOUR
    parts.keys.open_session(actor, "two")
    parts.keys.touch_session("one")
    one = Session("one", actor, DAWN, DAWN + HOUR)
    two = Session("two", actor, DAWN + HOUR, DAWN + HOUR)

    assert parts.keys.session("one") == one
    assert parts.keys.sessions(actor) == [two, one]
    parts.keys.close_session("one")
    assert parts.keys.session("one") is None
    parts.keys.close_sessions(actor)
    assert parts.keys.sessions(actor) == []


def test_a_token_is_known_until_it_is_revoked(parts: Parts) -> None:
    """Only its own person can revoke it."""
    actor = parts.enrolled().actor
    scopes = frozenset({Scope.READ, Scope.SUBMIT})
    token = Token("t", actor, "скрипт", scopes, DAWN, DAWN + HOUR)
    parts.keys.add_token(token, "digest")
    parts.keys.use_token("t")
    used = replace(token, used=DAWN)

    parts.keys.revoke_token("person/other", "t")
    assert parts.keys.token("digest") == used
    assert parts.keys.tokens(actor) == [used]
    parts.keys.revoke_token(actor, "t")
    assert parts.keys.token("digest") is None


def test_a_ticket_works_once(parts: Parts) -> None:
    """Looking does not use it up; a replay gets nothing."""
    secret = parts.tickets.issue("reset", {"actor": "a"}, HOUR)

    assert parts.tickets.look(secret, "reset") == {"actor": "a"}
    assert parts.tickets.use(secret, "reset") == {"actor": "a"}
    assert parts.tickets.look(secret, "reset") is None
    assert parts.tickets.use(secret, "reset") is None


def test_a_ticket_works_for_its_purpose_and_in_its_time(parts: Parts) -> None:
    """It opens no other door, and none once it has expired."""
    secret = parts.tickets.issue("reset", {}, HOUR)

    assert parts.tickets.use(secret, "confirm") is None
    assert parts.tickets.use(digest_of(secret), "reset") is None
    parts.time.now += HOUR
    assert parts.tickets.look(secret, "reset") is None
    assert parts.tickets.use(secret, "reset") is None


def test_of_many_who_use_a_ticket_one_gets_it(parts: Parts) -> None:
    """Two clicks at the same moment are still one use."""
    secret = parts.tickets.issue("reset", {"actor": "a"}, HOUR)

    with ThreadPoolExecutor(8) as pool:
        uses = list(pool.map(lambda _: parts.tickets.use(secret, "reset"), range(16)))

    assert [use for use in uses if use is not None] == [{"actor": "a"}]
