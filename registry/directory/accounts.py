"""Who can log in. What is personal about them stands with the actors, to be erased."""

from secrets import token_hex

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from registry.credentials import Account
from registry.errors import NotFound
from registry.journal.dialects import writing
from registry.journal.rows import time_text
from registry.journal.tables import ACCOUNT, ACTOR, LOGIN, MEMBERSHIP, OUTBOX, TOKEN
from registry.ports import Clock

_ACCOUNTS = select(
    ACCOUNT.c.actor,
    ACTOR.c.email,
    ACTOR.c.name,
    ACCOUNT.c.language,
    ACCOUNT.c.password,
    ACCOUNT.c.subject,
).join(ACTOR, ACTOR.c.id == ACCOUNT.c.actor)


class SqlAccounts:
    """A `registry.ports.AccountBook` beside the journal.

    Args:
        engine: of the journal's database.
        clock: tells when somebody is erased.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def enrol(self, email: str, language: str) -> Account:
        """Returns the account with an address, made anew if there is none."""
        with writing(self._engine) as connection:
            present = _first(connection, ACTOR.c.email == email)
            if present:
                return present
            # Random, so that neither the person nor the order can be told from it.
            made = Account(f"person/{token_hex(8)}", email, language=language)
            connection.execute(
                insert(ACTOR), {"id": made.actor, "name": "", "email": email}
            )
            connection.execute(
                insert(ACCOUNT), {"actor": made.actor, "language": language}
            )
        return made

    def find(self, actor: str) -> Account | None:
        """Returns an account; `None` once its person has been erased."""
        with self._engine.connect() as connection:
            return _first(connection, ACCOUNT.c.actor == actor)

    def by_email(self, email: str) -> Account | None:
        """Returns the account with an address, which is in lower case."""
        with self._engine.connect() as connection:
            return _first(connection, ACTOR.c.email == email)

    def by_subject(self, subject: str) -> Account | None:
        """Returns the account that an identity of another site is linked to."""
        with self._engine.connect() as connection:
            return _first(connection, ACCOUNT.c.subject == subject)

    def change(self, account: Account) -> None:
        """Keeps what an account is now; its actor and address stay."""
        kept = {
            "language": account.language,
            "password": account.password,
            "subject": account.subject,
        }
        own = ACCOUNT.c.actor == account.actor
        with writing(self._engine) as connection:
            if connection.execute(update(ACCOUNT).where(own).values(kept)).rowcount:
                connection.execute(
                    update(ACTOR)
                    .where(ACTOR.c.id == account.actor)
                    .values(name=account.name)
                )

    def erase(self, actor: str) -> None:
        """Forgets a person; the id stays, with its entries.

        Raises:
            NotFound: nobody has this id.
        """
        with writing(self._engine) as connection:
            own = select(ACTOR.c.email).where(ACTOR.c.id == actor)
            row = connection.execute(own).first()
            if row is None:
                raise NotFound(
                    f"Nobody has the id {actor}.",
                    f"Няма лице с идентификатор {actor}.",
                )
            connection.execute(delete(OUTBOX).where(OUTBOX.c.recipient == row.email))
            for table in (LOGIN, TOKEN, MEMBERSHIP, ACCOUNT):
                connection.execute(delete(table).where(table.c.actor == actor))
            connection.execute(
                update(ACTOR)
                .where(ACTOR.c.id == actor)
                .values(name=None, email=None, erased_at=time_text(self._clock()))
            )


def _first(connection: Connection, condition: ColumnElement[bool]) -> Account | None:
    row = connection.execute(_ACCOUNTS.where(condition)).first()
    if row is None:
        return None
    return Account(
        actor=row.actor,
        email=row.email or "",
        name=row.name or "",
        language=row.language,
        password=row.password,
        subject=row.subject,
    )
