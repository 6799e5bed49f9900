"""People and organisations in tests: real parts over a journal, at a set time."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from registry.access import Access
from registry.accounts import Accounts, Patience
from registry.credentials import Account
from registry.directory.accounts import SqlAccounts
from registry.directory.attempts import MovingAttempts
from registry.directory.keys import SqlKeys
from registry.directory.organisations import SqlDirectory
from registry.directory.passwords import Argon2
from registry.directory.tickets import SqlTickets
from registry.iris import Iris
from registry.journal.sql import SqlJournal
from registry.lifecycle import Role
from registry.mail import Message
from registry.organisations import OPERATOR, Organisations
from registry.people import KEEPER, Person

PASSWORD = "четири прости думи тук"  # noqa: S105 - of nobody
ADDRESS = "192.0.2.1"


class SetTime:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, time: timedelta) -> None:
        """Sets it later."""
        self.now += time


@dataclass
class Post:
    """A mailer that keeps what it gets."""

    mails: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        """Keeps a mail."""
        self.mails.append(message)

    def secret(self) -> str:
        """Returns the secret in the link of the last mail."""
        link = next(
            line for line in self.mails[-1].body.split("\n") if line.startswith("http")
        )
        return link.rpartition("/")[2]


@dataclass(frozen=True)
class Desk:
    """All that has to do with people."""

    time: SetTime
    post: Post
    directory: SqlDirectory
    book: SqlAccounts
    keys: SqlKeys
    access: Access
    accounts: Accounts
    organisations: Organisations

    def joins(
        self,
        email: str,
        organisation: str = KEEPER,
        role: Role = Role.CONTRIBUTOR,
        *,
        name: str = "Мария",
    ) -> Person:
        """Returns somebody who was invited and has accepted."""
        link = self.accounts.invite(
            OPERATOR, email, organisation=organisation, role=role, language="bg"
        )
        account = self.accounts.accept(
            link.rpartition("/")[2], name=name, password=PASSWORD, language="bg"
        )
        return self.person(account)

    def person(self, account: Account) -> Person:
        """Returns whose account it is."""
        person = self.directory.person(account.actor)
        assert person is not None
        return person


def desk(journal: SqlJournal, passwords: Argon2 | None = None) -> Desk:
    """Returns all that has to do with people, over a journal."""
    time, post = SetTime(), Post()
    directory = SqlDirectory(journal.engine)
    book, keys = SqlAccounts(journal.engine, time), SqlKeys(journal.engine, time)
    return Desk(
        time=time,
        post=post,
        directory=directory,
        book=book,
        keys=keys,
        access=Access(keys, directory, time),
        accounts=Accounts(
            book=book,
            directory=directory,
            keys=keys,
            tickets=SqlTickets(journal.engine, time),
            mailer=post,
            passwords=passwords or Argon2(8, 1, 1),
            patience=Patience(
                account=MovingAttempts(5, 900),
                address=MovingAttempts(20, 900),
                mails=MovingAttempts(3, 3600),
            ),
            base=journal.base,
        ),
        organisations=Organisations(directory, book, keys, journal, Iris(journal.base)),
    )
