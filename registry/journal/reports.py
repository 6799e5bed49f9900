"""What readers say is wrong with records, beside the entries.

A report is no part of the chain of the journal: what comes of it is, as a submission.
"""

from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from registry.desk import ChangeReport
from registry.errors import NotAllowed, NotFound
from registry.iris import RecordId
from registry.journal.dialects import writing
from registry.journal.rows import Row, time_of, time_text
from registry.journal.tables import CHANGE_REPORT, TIP
from registry.ports import Clock

_ONE = select(CHANGE_REPORT)
_OPEN = _ONE.where(CHANGE_REPORT.c.closed_by.is_(None))
_LAST = select(func.max(CHANGE_REPORT.c.number))
# The row of the tip is the lock of whoever counts on: see `dialects`.
_LOCK = select(TIP.c.sequence).with_for_update()


class SqlChangeReports:
    """A `registry.ports.ChangeReports` in the journal's database.

    Args:
        engine: of the journal's database.
        clock: tells when a report is made or closed.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def add(self, record: RecordId, text: str, language: str) -> ChangeReport:
        """Keeps a report and returns it with its number."""
        with writing(self._engine) as connection:
            connection.execute(_LOCK)
            row = {
                "number": (connection.scalar(_LAST) or 0) + 1,
                "kind": record.kind,
                "key": record.key,
                "text": text,
                "language": language,
                "at": time_text(self._clock()),
                "closed_by": None,
                "closed_at": None,
                "answer": "",
            }
            connection.execute(insert(CHANGE_REPORT), row)
        return _report(row)

    def get(self, number: int) -> ChangeReport | None:
        """Returns a report, or `None` if there is none of this number."""
        with self._engine.connect() as connection:
            return _found(connection, number)

    def open(self, after: int = 0, limit: int = 50) -> list[ChangeReport]:
        """Returns reports that nobody has dealt with by their number, oldest first."""
        later = _OPEN.where(CHANGE_REPORT.c.number > after)
        with self._engine.connect() as connection:
            rows = connection.execute(
                later.order_by(CHANGE_REPORT.c.number).limit(limit)
            )
            return [_report(row) for row in rows.mappings()]

    def close(self, number: int, actor: str, answer: str) -> ChangeReport:
        """Notes that somebody dealt with a report, and what they have to say of it.

        Raises:
            NotFound: there is none of this number.
            NotAllowed: somebody else has dealt with it already.
        """
        values: dict[str, Any] = {
            "closed_by": actor,
            "closed_at": time_text(self._clock()),
            "answer": answer,
        }
        still_open = update(CHANGE_REPORT).where(
            CHANGE_REPORT.c.number == number, CHANGE_REPORT.c.closed_by.is_(None)
        )
        with writing(self._engine) as connection:
            changed = connection.execute(still_open.values(values)).rowcount
            found = _found(connection, number)
        if found is None:
            raise NotFound(
                f"There is no report {number}.", f"Няма сигнал с номер {number}."
            )
        if not changed:
            raise NotAllowed(
                f"Somebody has dealt with the report {number} already.",
                f"По сигнал {number} вече е отговорено.",
            )
        return found


def _found(connection: Connection, number: int) -> ChangeReport | None:
    one = _ONE.where(CHANGE_REPORT.c.number == number)
    row = connection.execute(one).mappings().first()
    return None if row is None else _report(row)


def _report(row: Row) -> ChangeReport:
    return ChangeReport(
        number=row["number"],
        record=RecordId(row["kind"], row["key"]),
        text=row["text"],
        language=row["language"],
        at=time_of(row["at"]),
        closed_by=row["closed_by"],
        answer=row["answer"],
    )
