from dataclasses import replace

import pytest

from registry.accounts import INVITED, LONGEST, RESETTING
from registry.directory.passwords import Argon2
from registry.errors import BadParameter, Expired, NotAllowed, NotFound, TooMany
from registry.journal.sql import SqlJournal
from registry.lifecycle import Role
from registry.organisations import OPERATOR
from registry.people import KEEPER, Organisation, Person
from tests.people import ADDRESS, PASSWORD, Desk, desk

MAIL = "maria@one.example"
NEW = "съвсем друга дълга парола"


@pytest.fixture
def here(journal: SqlJournal) -> Desk:
    """A desk where nobody works yet."""
    return desk(journal)


def test_an_invitation_makes_an_account(here: Desk) -> None:
    """It is mailed, says to what it invites, and is accepted with name and password."""
    here.accounts.invite(
        OPERATOR,
        " Maria@One.Example ",
        organisation=KEEPER,
        role=Role.REVIEWER,
        language="en",
    )
    secret = here.post.secret()
    invited = here.accounts.invitation(secret)

    account = here.accounts.accept(
        secret, name=" Мария  Иванова ", password=PASSWORD, language="bg"
    )

    assert (invited.new, invited.role, invited.organisation.id) == (
        True,
        Role.REVIEWER,
        KEEPER,
    )
    assert here.post.mails[0].to == MAIL
    person = here.person(account)
    assert (person.name, person.email, person.language) == ("Мария Иванова", MAIL, "bg")
    assert person.roles == {KEEPER: Role.REVIEWER}
    logged_in = here.accounts.log_in("MARIA@one.example", PASSWORD, ADDRESS)
    assert logged_in == account


def test_an_invitation_works_once_and_for_a_week(here: Desk) -> None:
    """A replay, and a link that is too old, are refused alike."""
    used = here.accounts.invite(
        OPERATOR, MAIL, organisation=KEEPER, role=Role.REVIEWER, language="bg"
    ).rpartition("/")[2]
    old = here.accounts.invite(
        OPERATOR, MAIL, organisation=KEEPER, role=Role.REVIEWER, language="bg"
    ).rpartition("/")[2]
    here.accounts.accept(used, name="М", password=PASSWORD, language="bg")
    here.time.passes(INVITED)

    for secret in (used, old, "made-up", ""):
        with pytest.raises(Expired):
            here.accounts.invitation(secret)
        with pytest.raises(Expired):
            here.accounts.accept(secret, name="М", password=PASSWORD, language="bg")


def test_an_invitation_that_was_filled_in_badly_still_works(here: Desk) -> None:
    """Nothing is used up, and nobody can log in, before name and password will do."""
    here.accounts.invite(
        OPERATOR, MAIL, organisation=KEEPER, role=Role.REVIEWER, language="bg"
    )
    secret = here.post.secret()

    for name, password in (
        ("", PASSWORD),
        ("М" * 201, PASSWORD),
        ("М\x00", PASSWORD),
        ("М", "short"),
        ("М", "a" * 20),
        ("М", MAIL),
        ("М", "п" * 10_000),
    ):
        with pytest.raises(BadParameter):
            here.accounts.accept(secret, name=name, password=password, language="bg")

    assert here.accounts.log_in(MAIL, "", ADDRESS) is None
    assert here.accounts.invitation(secret).new


def test_whoever_has_an_account_gets_another_role(here: Desk) -> None:
    """Name and password stay, and sessions begin anew with the new rights."""
    person = here.joins(MAIL)
    here.directory.found(Organisation("school", {"bg": "Школа"}))
    session = here.access.enter(person.actor)
    here.accounts.invite(
        OPERATOR, MAIL, organisation="school", role=Role.ADMINISTRATOR, language="bg"
    )

    account = here.accounts.accept(here.post.secret(), name="X")

    assert here.person(account) == replace(
        person, roles={KEEPER: Role.CONTRIBUTOR, "school": Role.ADMINISTRATOR}
    )
    assert here.access.visitor(session) is None
    assert here.accounts.log_in(MAIL, PASSWORD, ADDRESS) == account


def test_only_those_who_administer_invite(here: Desk) -> None:
    """Others, unknown organisations, and what is no address, are refused."""
    reviewer = here.joins(MAIL, role=Role.REVIEWER)

    def invites(person: Person, email: str, organisation: str) -> None:
        here.accounts.invite(
            person,
            email,
            organisation=organisation,
            role=Role.CONTRIBUTOR,
            language="bg",
        )

    with pytest.raises(NotAllowed):
        invites(reviewer, "n@one.example", KEEPER)
    with pytest.raises(NotFound):
        invites(OPERATOR, "n@one.example", "no")
    with pytest.raises(BadParameter):
        invites(OPERATOR, "n@x\r\nBcc: a@b", KEEPER)
    assert here.book.by_email("n@one.example") is None


def test_wrong_passwords_and_unknown_people_are_refused_alike(here: Desk) -> None:
    """Nothing tells whether somebody has an account."""
    here.joins(MAIL)

    for email, password in (
        (MAIL, "wrong"),
        (MAIL, ""),
        ("nobody@one.example", PASSWORD),
        ("no address", PASSWORD),
        (MAIL, "п" * 10_000),
    ):
        assert here.accounts.log_in(email, password, ADDRESS) is None


class CountingPasswords(Argon2):
    """Counts what is computed, which is what takes time."""

    def __init__(self) -> None:
        super().__init__(8, 1, 1)
        self.compared = 0

    def matches(self, password: str, hashed: str | None) -> bool:
        """Counts, and compares."""
        self.compared += 1
        return super().matches(password, hashed)


def test_unknown_people_take_as_much_time(journal: SqlJournal) -> None:
    """A hash is computed for them too."""
    passwords = CountingPasswords()
    here = desk(journal, passwords)
    here.joins(MAIL)

    counts = []
    for email in (MAIL, "nobody@one.example"):
        before = passwords.compared
        here.accounts.log_in(email, "wrong", ADDRESS)
        counts.append(passwords.compared - before)

    assert counts == [1, 1]


def test_guessing_at_an_account_is_stopped(here: Desk) -> None:
    """From wherever it comes; even the right password has to wait then."""
    here.joins(MAIL)
    for number in range(5):
        assert here.accounts.log_in(MAIL, "wrong", f"192.0.2.{number}") is None

    with pytest.raises(TooMany) as refusal:
        here.accounts.log_in(MAIL, PASSWORD, "192.0.2.9")

    assert refusal.value.extra["retryAfter"]


def test_guessing_from_an_address_is_stopped(here: Desk) -> None:
    """At whosever account; others can still log in from elsewhere."""
    here.joins(MAIL)
    for number in range(20):
        here.accounts.log_in(f"n{number}@one.example", "wrong", ADDRESS)

    with pytest.raises(TooMany):
        here.accounts.log_in(MAIL, PASSWORD, ADDRESS)
    assert here.accounts.log_in(MAIL, PASSWORD, "192.0.2.9")


def test_logging_in_is_forgiven(here: Desk) -> None:
    """Whoever mistypes now and then is not shut out."""
    here.joins(MAIL)

    for number in range(4):
        for _ in range(4):
            address = f"192.0.2.{number}"
            assert here.accounts.log_in(MAIL, "wrong", address) is None
        assert here.accounts.log_in(MAIL, PASSWORD, address)


def test_a_hash_of_old_parameters_is_made_anew(journal: SqlJournal) -> None:
    """The next time that its person logs in."""
    desk(journal).joins(MAIL)
    here = desk(journal, Argon2(16, 1, 1))

    account = here.accounts.log_in(MAIL, PASSWORD, ADDRESS)

    assert account is not None
    assert str(account.password).startswith("$argon2id$v=19$m=16,")
    assert here.book.by_email(MAIL) == account


def test_a_forgotten_password_is_chosen_anew(here: Desk) -> None:
    """By a link that works once; sessions end, and the person is told."""
    person = here.joins(MAIL)
    session = here.access.enter(person.actor)
    here.accounts.mail_reset(" MARIA@one.example", "en")
    secret = here.post.secret()
    assert here.accounts.resetting(secret).actor == person.actor

    here.accounts.reset(secret, NEW)

    assert here.access.visitor(session) is None
    assert here.accounts.log_in(MAIL, PASSWORD, ADDRESS) is None
    assert here.accounts.log_in(MAIL, NEW, ADDRESS)
    assert here.post.mails[-1].subject == "Паролата Ви е сменена"
    with pytest.raises(Expired):
        here.accounts.reset(secret, NEW)


def test_a_link_for_a_password_is_void_after_an_hour_or_a_change(here: Desk) -> None:
    """Of several links only the one that was used did anything."""
    here.joins(MAIL)
    secrets = []
    for _ in range(3):
        here.accounts.mail_reset(MAIL, "bg")
        secrets.append(here.post.secret())
    here.accounts.reset(secrets[0], NEW)
    with pytest.raises(Expired):
        here.accounts.reset(secrets[1], NEW)
    here.accounts.mail_reset(MAIL, "bg")
    here.time.passes(RESETTING)

    with pytest.raises(Expired):
        here.accounts.reset(here.post.secret(), NEW)


def test_a_bad_new_password_uses_nothing_up(here: Desk) -> None:
    """The link still works for a better one."""
    here.joins(MAIL)
    here.accounts.mail_reset(MAIL, "bg")

    with pytest.raises(BadParameter):
        here.accounts.reset(here.post.secret(), "x" * (LONGEST + 1))

    assert here.accounts.reset(here.post.secret(), NEW)


def test_nobody_is_mailed_who_has_no_account(here: Desk) -> None:
    """Neither strangers nor those who have not accepted their invitation."""
    here.accounts.invite(
        OPERATOR, MAIL, organisation=KEEPER, role=Role.REVIEWER, language="bg"
    )
    sent = list(here.post.mails)

    for email in (MAIL, "nobody@one.example", ""):
        here.accounts.mail_reset(email, "bg")

    assert here.post.mails == sent


def test_asking_for_a_new_password_is_limited_alike(here: Desk) -> None:
    """Whether there is such an account or not."""
    here.joins(MAIL)

    for email in (MAIL, "nobody@one.example"):
        for _ in range(3):
            here.accounts.ask_for_reset(email, ADDRESS)
        with pytest.raises(TooMany):
            here.accounts.ask_for_reset(email, ADDRESS)


def test_a_password_is_changed_by_whoever_knows_it(here: Desk) -> None:
    """Every session ends; with the wrong one nothing changes."""
    person = here.joins(MAIL)
    session = here.access.enter(person.actor)

    with pytest.raises(BadParameter):
        here.accounts.change_password(person, "wrong", NEW, ADDRESS)
    assert here.access.visitor(session) == person
    here.accounts.change_password(person, PASSWORD, NEW, ADDRESS)

    assert here.access.visitor(session) is None
    assert here.accounts.log_in(MAIL, NEW, ADDRESS)


def test_a_password_is_the_same_however_it_is_typed(here: Desk) -> None:
    """Letters with marks are the same, in one piece or in two."""
    here.joins(MAIL)
    here.accounts.mail_reset(MAIL, "bg")
    here.accounts.reset(here.post.secret(), "naïve café ελληνικά")

    assert here.accounts.log_in(MAIL, "nai\u0308ve cafe\u0301 ελληνικά", ADDRESS)


def test_details_are_changed(here: Desk) -> None:
    """A name and a language, and no other."""
    person = here.joins(MAIL)

    here.accounts.change_details(person, "Maria", "en")

    changed = here.directory.person(person.actor)
    assert changed == replace(person, name="Maria", language="en")


def test_links_of_the_erased_do_nothing(here: Desk) -> None:
    """An invitation and a reset expire with their person."""
    person = here.joins(MAIL)
    here.accounts.mail_reset(MAIL, "bg")
    reset = here.post.secret()
    here.accounts.invite(
        OPERATOR, MAIL, organisation=KEEPER, role=Role.REVIEWER, language="bg"
    )

    here.organisations.erase(OPERATOR, person.actor)

    with pytest.raises(Expired):
        here.accounts.reset(reset, NEW)
    with pytest.raises(Expired):
        here.accounts.accept(here.post.secret())
