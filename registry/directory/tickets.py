"""What mailed links are good for: once, and for a limited time."""

import json
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import ColumnElement, Engine, and_, delete, insert, select, update

from registry.credentials import digest_of, new_secret
from registry.journal.dialects import writing
from registry.journal.rows import time_text
from registry.journal.tables import TICKET
from registry.ports import Clock


class SqlTickets:
    """A `registry.ports.Tickets` beside the journal.

    Args:
        engine: of the journal's database.
        clock: tells when a ticket expires.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def issue(
        self, purpose: str, payload: Mapping[str, str], lifetime: timedelta
    ) -> str:
        """Returns a new secret, of which only the SHA-256 is kept."""
        secret, now = new_secret(), self._clock()
        row = {
            "digest": digest_of(secret),
            "purpose": purpose,
            "payload": json.dumps(dict(payload), ensure_ascii=False),
            "expires": time_text(now + lifetime),
        }
        with writing(self._engine) as connection:
            connection.execute(delete(TICKET).where(TICKET.c.expires < time_text(now)))
            connection.execute(insert(TICKET), row)
        return secret

    def look(self, secret: str, purpose: str) -> Mapping[str, str] | None:
        """Returns the payload, if the ticket is unexpired and unused."""
        good = select(TICKET.c.payload).where(self._good(secret, purpose))
        with self._engine.connect() as connection:
            payload = connection.scalar(good)
        return None if payload is None else _payload(payload)

    def use(self, secret: str, purpose: str) -> Mapping[str, str] | None:
        """Does the same, and uses the ticket up; of many at once, one gets it."""
        good = self._good(secret, purpose)
        used = update(TICKET).where(good).values(used=time_text(self._clock()))
        with writing(self._engine) as connection:
            payload = connection.scalar(select(TICKET.c.payload).where(good))
            # The number of rows decides, wherever others may write meanwhile.
            if payload is None or not connection.execute(used).rowcount:
                return None
        return _payload(payload)

    def _good(self, secret: str, purpose: str) -> ColumnElement[bool]:
        return and_(
            TICKET.c.digest == digest_of(secret),
            TICKET.c.purpose == purpose,
            TICKET.c.used.is_(None),
            TICKET.c.expires > time_text(self._clock()),
        )


def _payload(text: str) -> Mapping[str, str]:
    payload: Mapping[str, str] = json.loads(text)
    return payload
