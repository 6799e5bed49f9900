"""The dumps that were published, beside the entries.

They are no part of the chain of the journal, and `registry verify` does not cover
them: who wants to know whether a file is the one that was published compares its
digest with the manifest. They are kept for the catalogue, which tells when each
file last changed.
"""

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC

from sqlalchemy import Connection, Engine, insert, select

from registry.journal.dialects import connected, writing
from registry.journal.rows import Row, time_of, time_text
from registry.journal.statements import Prepared
from registry.journal.tables import DUMP, TIP
from registry.ports import Clock, Dump, File

_LATEST = select(DUMP).order_by(DUMP.c.number.desc()).limit(1)
_NUMBER = _LATEST.with_only_columns(DUMP.c.number)
# The row of the tip is the lock of whoever appends: see `dialects`.
_TIP = select(TIP.c.sequence, TIP.c.at).with_for_update()


class SqlDumps:
    """A `registry.ports.Dumps` in the journal's database.

    Args:
        engine: of the journal's database.
        clock: tells when a dump is published.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._newest = Prepared(_NUMBER, engine.dialect)

    def publish(self, sequence: int, files: Sequence[File]) -> Dump:
        """Notes that files are public from now on.

        Its time is never before that of the last entry, or of the dump before.

        Returns:
            The latest dump, unchanged if it has the very same files.

        Raises:
            Busy: somebody else has been writing for too long.
        """
        ordered = tuple(sorted(files, key=lambda file: file.name))
        with writing(self._engine) as connection:
            tip = connection.execute(_TIP).one()
            last = _latest(connection)
            if last is not None and last.files == ordered:
                return last
            floor = time_of(tip.at) if last is None else max(time_of(tip.at), last.at)
            made = Dump(
                number=1 if last is None else last.number + 1,
                sequence=sequence,
                after=tip.sequence,
                at=max(self._clock().astimezone(UTC), floor),
                files=ordered,
            )
            connection.execute(insert(DUMP), _row(made))
        return made

    def published(self, after: int = 0, limit: int = 1000) -> Sequence[Dump]:
        """Returns dumps by their number, oldest first."""
        later = select(DUMP).where(DUMP.c.number > after)
        with self._engine.connect() as connection:
            rows = connection.execute(later.order_by(DUMP.c.number).limit(limit))
            return [_dump(row) for row in rows.mappings()]

    def latest(self) -> Dump | None:
        """Returns the newest dump, if there is one."""
        with self._engine.connect() as connection:
            return _latest(connection)

    def number(self) -> int:
        """Returns the number of the newest dump, 0 before the first."""
        with closing(connected(self._engine)) as connection:
            row = self._newest.first(connection)
        return 0 if row is None else int(row["number"])


def _latest(connection: Connection) -> Dump | None:
    row = connection.execute(_LATEST).mappings().first()
    return None if row is None else _dump(row)


def _row(dump: Dump) -> Row:
    files = [[file.name, file.size, file.digest] for file in dump.files]
    return {
        "number": dump.number,
        "sequence": dump.sequence,
        "after": dump.after,
        "at": time_text(dump.at),
        "files": json.dumps(files),
    }


def _dump(row: Row) -> Dump:
    return Dump(
        number=row["number"],
        sequence=row["sequence"],
        after=row["after"],
        at=time_of(row["at"]),
        files=tuple(File(*file) for file in json.loads(row["files"])),
    )
