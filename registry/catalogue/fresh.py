"""Until when records are fresh, kept for what the catalogue says of their registers."""

import sqlite3
from datetime import date

from registry.iris import RecordId
from registry.ports import Reliability

_HALF = """
SELECT until FROM fresh WHERE kind = ? ORDER BY until DESC LIMIT 1 OFFSET ?
"""


def keep(
    connection: sqlite3.Connection,
    record: RecordId,
    until: date | None,
    *,
    confirmed: bool,
) -> None:
    """Keeps until when a record is fresh, within the transaction that is open.

    One that was confirmed once stays so, whatever is published of it later.
    """
    own = (record.kind, record.key)
    if until is None:
        connection.execute("DELETE FROM fresh WHERE kind = ? AND key = ?", own)
        return
    connection.execute(
        "INSERT INTO fresh VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET until = excluded.until, confirmed = max(confirmed, excluded.confirmed)",
        (*own, until.isoformat(), confirmed),
    )


def reliability(connection: sqlite3.Connection, kind: str) -> Reliability | None:
    """Returns what is kept of the records of a kind, if anything is."""
    count, confirmed, first = connection.execute(
        "SELECT count(*), sum(confirmed), min(until) FROM fresh WHERE kind = ?",
        (kind,),
    ).fetchone()
    if not count:
        return None
    # Of those that are fresh for longest, the last one of the first half.
    [half] = connection.execute(_HALF, (kind, (count - 1) // 2)).fetchone()
    return Reliability(confirmed, date.fromisoformat(first), date.fromisoformat(half))
