"""The addresses that records link to, as they were found when last tried.

They are facts, like dumps: kept beside the entries, and no part of their chain.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, delete, func, insert, select

from registry.journal.dialects import writing
from registry.journal.rows import time_of, time_text
from registry.journal.tables import LINK
from registry.ports import Clock

APART = timedelta(days=1)
"""How far apart an address has to have been seen dead, to be called so."""

_STATE = select(func.count(), func.max(LINK.c.checked)).select_from(LINK)


class SqlLinks:
    """A `registry.ports.Links` in the journal's database.

    Args:
        engine: of the journal's database.
        clock: tells when an address is tried.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def note(self, address: str, outcome: str, *, alive: bool) -> None:
        """Keeps what came of trying an address now."""
        now, own = time_text(self._clock()), LINK.c.address == address
        with writing(self._engine) as connection:
            since = connection.scalar(select(LINK.c.dead_since).where(own))
            connection.execute(delete(LINK).where(own))
            connection.execute(
                insert(LINK),
                {
                    "address": address,
                    "checked": now,
                    "outcome": outcome,
                    "dead_since": None if alive else since or now,
                },
            )

    def tried(self) -> Mapping[str, datetime]:
        """Returns when each address was last tried."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(LINK.c.address, LINK.c.checked))
            return {row.address: time_of(row.checked) for row in rows}

    def dead(self) -> Mapping[str, date]:
        """Returns the addresses that are dead, with the day since which they are."""
        seen = select(LINK).where(LINK.c.dead_since.is_not(None))
        with self._engine.connect() as connection:
            rows = connection.execute(seen.order_by(LINK.c.address)).all()
        spans = [(r.address, time_of(r.dead_since), time_of(r.checked)) for r in rows]
        return {
            address: first.date()
            for address, first, last in spans
            if last - first >= APART
        }

    def state(self) -> str:
        """Returns what changes whenever anything is noted."""
        with self._engine.connect() as connection:
            count, last = connection.execute(_STATE).one()
        return f"{count} {last or ''}"
