"""Mails that are still to be sent, kept so that none is lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import Engine, delete, func, insert, select, update

from registry.journal.dialects import writing
from registry.journal.rows import time_of, time_text
from registry.journal.tables import OUTBOX
from registry.mail import Message
from registry.ports import Clock

LEASE = timedelta(minutes=5)
"""How long whoever took a mail has to send it, before somebody else does."""
FIRST_WAIT = timedelta(seconds=30)
"""How long a mail waits after it could not be sent; twice as long each time."""
LONGEST_WAIT = timedelta(hours=3)
MOST_ATTEMPTS = 30
"""With the waits, about three days."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail of the outbox.

    Attributes:
        id: opaque; the same each time that it is tried.
        message: what is to be sent.
        made: when it was written, in UTC.
        attempts: how often it was taken, this time included.
    """

    id: str
    message: Message
    made: datetime
    attempts: int


class SqlOutbox:
    """A `registry.ports.Mailer` beside the journal.

    Args:
        engine: of the journal's database.
        clock: tells when a mail is due.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def send(self, message: Message) -> None:
        """Keeps a mail that is to be sent; it is sent even after a restart."""
        now = time_text(self._clock())
        row = {
            "id": token_hex(16),
            "recipient": message.to,
            "subject": message.subject,
            "body": message.body,
            "language": message.language,
            "made": now,
            "due": now,
            "attempts": 0,
        }
        with writing(self._engine) as connection:
            connection.execute(insert(OUTBOX), row)

    def waiting(self) -> int:
        """Returns how many mails are not sent yet."""
        counted = select(func.count()).select_from(OUTBOX)
        with self._engine.connect() as connection:
            found: int = connection.execute(counted).scalar_one()
            return found

    def take(self) -> Kept | None:
        """Returns a mail that is due, which nobody else gets for a while."""
        now = self._clock()
        due = select(OUTBOX).where(OUTBOX.c.due <= time_text(now))
        first = due.order_by(OUTBOX.c.due, OUTBOX.c.id).limit(1)
        with self._engine.connect() as connection:
            if connection.execute(first).first() is None:
                return None
        with writing(self._engine) as connection:
            row = connection.execute(first.with_for_update()).first()
            if row is None:
                return None
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.id == row.id)
                .values(due=time_text(now + LEASE), attempts=row.attempts + 1)
            )
        message = Message(row.recipient, row.subject, row.body, row.language)
        return Kept(row.id, message, time_of(row.made), row.attempts + 1)

    def done(self, kept: Kept) -> None:
        """Forgets a mail that was sent, or never will be."""
        with writing(self._engine) as connection:
            connection.execute(delete(OUTBOX).where(OUTBOX.c.id == kept.id))

    def again(self, kept: Kept) -> bool:
        """Puts off a mail that could not be sent; forgets it after many attempts.

        Returns:
            Whether it will be tried again.
        """
        if kept.attempts >= MOST_ATTEMPTS:
            self.done(kept)
            return False
        wait = min(FIRST_WAIT * 2 ** min(kept.attempts - 1, 20), LONGEST_WAIT)
        with writing(self._engine) as connection:
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.id == kept.id)
                .values(due=time_text(self._clock() + wait))
            )
        return True
