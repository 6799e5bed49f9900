"""Who was reminded when; of an address only its SHA-256 is kept."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, func, insert, select

from registry.iris import RecordId
from registry.journal.dialects import writing
from registry.journal.rows import time_of, time_text
from registry.journal.tables import REMINDER
from registry.ports import Clock


class SqlReminders:
    """A `registry.ports.Reminders` in the journal's database.

    Args:
        engine: of the journal's database.
        clock: tells when somebody is reminded.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def last(self, recipient: str) -> datetime | None:
        """Returns when a recipient was last reminded, if ever."""
        last = select(func.max(REMINDER.c.at)).where(REMINDER.c.recipient == recipient)
        with self._engine.connect() as connection:
            at = connection.scalar(last)
        return None if at is None else time_of(at)

    def note(self, recipient: str, records: Sequence[RecordId]) -> None:
        """Notes that a recipient is reminded of records now."""
        row = {
            "recipient": recipient,
            "at": time_text(self._clock()),
            "records": json.dumps([str(record) for record in records]),
        }
        with writing(self._engine) as connection:
            connection.execute(insert(REMINDER), row)
