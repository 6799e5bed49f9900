"""The journal in a SQL database, through SQLAlchemy Core.

Reading takes a connection from the pool for one statement, which sees what was
committed when it began and waits for no writer. Writers wait for each other.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet

from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    Select,
    bindparam,
    func,
    insert,
    inspect,
    or_,
    select,
    text,
)
from sqlalchemy.pool import PoolProxiedConnection

from registry import storage
from registry.errors import Misconfigured, StorageUnavailable
from registry.iris import RecordId
from registry.journal import copying
from registry.journal.actors import SqlActors
from registry.journal.audit import audit
from registry.journal.batch import BatchStatements
from registry.journal.dialects import (
    SNAPSHOT,
    check_order,
    connected,
    engine,
    exists,
    journal_url,
    storing,
    writing,
)
from registry.journal.dumps import SqlDumps
from registry.journal.heads import advance, replay
from registry.journal.links import SqlLinks
from registry.journal.migrations import MIGRATIONS, applied, migrate
from registry.journal.reminders import SqlReminders
from registry.journal.repeater import Repeater, answers, repeater
from registry.journal.reports import SqlChangeReports
from registry.journal.rows import content_of, entry_of, head_of, time_text
from registry.journal.statements import Prepared
from registry.journal.tables import CONTENT, ENTRY, HEAD, META, TIP
from registry.journal.writer import Writer
from registry.lifecycle import Event
from registry.ports import Clock
from registry.record import Content, Entry, Head, Version

Read = TypeVar("Read")

STREAM = 1000
"""Rows that are fetched at a time from a long answer."""

_EARLIER = ENTRY.alias("earlier")
_TIP = select(TIP.c.sequence, TIP.c.hash)
_HEAD = select(HEAD).where(
    HEAD.c.kind == bindparam("kind"), HEAD.c.key == bindparam("key")
)
_VERSIONS = select(HEAD, CONTENT.c.document, CONTENT.c.triples).join(
    CONTENT, CONTENT.c.digest == HEAD.c.digest
)
_CURRENT = _VERSIONS.where(
    HEAD.c.kind == bindparam("kind"), HEAD.c.key == bindparam("key")
)
_ALL = _VERSIONS.order_by(HEAD.c.kind, HEAD.c.key)
_ALL_OF_KIND = _VERSIONS.where(HEAD.c.kind == bindparam("kind")).order_by(HEAD.c.key)
_CHANGED = (
    _VERSIONS.where(HEAD.c.sequence > bindparam("after"))
    .order_by(HEAD.c.sequence)
    .limit(bindparam("limit"))
)
_CHANGED_OF_KIND = _CHANGED.where(HEAD.c.kind == bindparam("kind"))
_HISTORY = (
    select(ENTRY)
    .where(ENTRY.c.kind == bindparam("kind"), ENTRY.c.key == bindparam("key"))
    .order_by(ENTRY.c.sequence)
)
_UNTIL = _HISTORY.where(ENTRY.c.at <= bindparam("at"))
_ENTRIES = (
    select(ENTRY)
    .where(ENTRY.c.sequence > bindparam("after"))
    .order_by(ENTRY.c.sequence)
    .limit(bindparam("limit"))
)
_BEFORE = (
    select(ENTRY)
    .where(
        ENTRY.c.kind == bindparam("kind"),
        ENTRY.c.key == bindparam("key"),
        ENTRY.c.sequence < bindparam("sequence"),
    )
    .order_by(ENTRY.c.sequence.desc())
    .limit(1)
)
_OWN = select(_EARLIER.c.sequence).where(
    _EARLIER.c.kind == bindparam("kind"), _EARLIER.c.key == bindparam("key")
)
_ACCEPTED = _OWN.where(
    # As the partial index has it, which no bound value would be matched with.
    text("earlier.event = 'accepted'"),
    _EARLIER.c.version == bindparam("version"),
).scalar_subquery()
_OWN_UNTIL = _OWN.with_only_columns(func.max(_EARLIER.c.sequence)).where(
    _EARLIER.c.sequence <= bindparam("sequence")
)
_STEPS = (
    select(ENTRY)
    .where(
        ENTRY.c.sequence.in_(
            [
                _OWN.with_only_columns(func.min(_EARLIER.c.sequence)).scalar_subquery(),
                _ACCEPTED,
                _OWN_UNTIL.where(
                    _EARLIER.c.event == Event.VERIFIED.value
                ).scalar_subquery(),
                _OWN_UNTIL.where(
                    or_(
                        _EARLIER.c.event == Event.SUPERSEDED.value,
                        _EARLIER.c.event == Event.RETIRED.value,
                    ),
                    _EARLIER.c.sequence > _ACCEPTED,
                ).scalar_subquery(),
                bindparam("sequence"),
            ]
        )
    )
    .order_by(ENTRY.c.sequence)
)
"""The entries that decide where a record stands: all others before were overtaken."""
_CONTENT = select(CONTENT).where(CONTENT.c.digest == bindparam("digest"))
_ENTRY = select(ENTRY).where(ENTRY.c.sequence == bindparam("sequence"))
_BASE = select(META.c.value).where(META.c.name == "base")


class _Reading:
    """The statements that read a little, compiled once for a journal."""

    def __init__(self, dialect: Dialect) -> None:
        self.tip = Prepared(_TIP, dialect)
        self.head = Prepared(_HEAD, dialect)
        self.current = Prepared(_CURRENT, dialect)
        self.history = Prepared(_HISTORY, dialect)
        self.until = Prepared(_UNTIL, dialect)
        self.entries = Prepared(_ENTRIES, dialect)
        self.changed = Prepared(_CHANGED, dialect)
        self.changed_of_kind = Prepared(_CHANGED_OF_KIND, dialect)
        self.entry = Prepared(_ENTRY, dialect)
        self.before = Prepared(_BEFORE, dialect)
        self.steps = Prepared(_STEPS, dialect)
        self.content = Prepared(_CONTENT, dialect)


class SqlJournal:
    """A `registry.ports.Journal`; made by `create` or `open_`.

    One object serves any number of threads. A moment is settled for `as_of`
    once the transactions that were open then have ended.

    Args:
        engine: of a database with the tables of the journal.
        clock: tells the time of new entries.
        base: the base IRI that the database keeps.
    """

    def __init__(self, engine: Engine, clock: Clock, base: str) -> None:
        self._engine = engine
        self._clock = clock
        self._base = base
        self._reading = _Reading(engine.dialect)
        self._readers = threading.local()
        # That of a thread which has ended goes back to the pool.
        self._opened: WeakSet[PoolProxiedConnection] = WeakSet()
        self._writing = BatchStatements(engine.dialect)

    @property
    def base(self) -> str:
        """The base IRI, fixed when the registry was created."""
        return self._base

    def close(self) -> None:
        """Closes the connections that are kept open."""
        for reader in list(self._opened):
            reader.close()
        self._readers = threading.local()
        self._engine.dispose()

    def _reader(self) -> PoolProxiedConnection:
        """Returns this thread's own connection for reads of a row.

        To take one from the pool and give it back costs as much as such a read.
        """
        reader: PoolProxiedConnection | None = getattr(self._readers, "own", None)
        if reader is None:
            reader = self._readers.own = connected(self._engine)
            self._opened.add(reader)
        return reader

    def _own(self, read: Callable[..., Read], **values: Any) -> Read:
        """Reads by this thread's connection, or by another if it has been lost."""
        reader = self._reader()
        try:
            return read(reader, **values)
        except StorageUnavailable as error:
            if error.extra["reason"] != storage.UNREACHABLE:
                raise
        del self._readers.own
        self._opened.discard(reader)
        reader.invalidate()
        return read(self._reader(), **values)

    @contextmanager
    def write(self, idempotency_key: str | None = None) -> Iterator[Writer | Repeater]:
        """Opens a transaction; it commits when the block ends without an error.

        A key that was used before makes every `append` in the block answer
        with the entries of the first time, and writes nothing.

        Raises:
            Busy: somebody else has been writing for too long.
            Conflict: the key was used before, with other changes.
        """
        with writing(self._engine) as connection:
            made = self._writer(connection, idempotency_key)
            yield made
            made.finish()

    @property
    def engine(self) -> Engine:
        """The database, for what is kept beside the journal."""
        return self._engine

    @property
    def actors(self) -> SqlActors:
        """The people behind the ids in entries."""
        return SqlActors(self._engine, self._clock)

    @property
    def dumps(self) -> SqlDumps:
        """The dumps that were published."""
        return SqlDumps(self._engine, self._clock)

    @property
    def links(self) -> SqlLinks:
        """The addresses that records link to, as they were found."""
        return SqlLinks(self._engine, self._clock)

    @property
    def reminders(self) -> SqlReminders:
        """Who was reminded when."""
        return SqlReminders(self._engine, self._clock)

    @property
    def change_reports(self) -> SqlChangeReports:
        """What readers say is wrong with records."""
        return SqlChangeReports(self._engine, self._clock)

    def tip(self) -> tuple[int, str]:
        """Returns the sequence number and hash of the last entry."""
        row = self._own(self._reading.tip.first)
        if row is None:
            raise _missing(self._engine.url)
        return row["sequence"], row["hash"]

    def head(self, record: RecordId) -> Head | None:
        """Returns where the record stands, or `None` if it was never submitted."""
        row = self._own(self._reading.head.first, kind=record.kind, key=record.key)
        return None if row is None else head_of(row)

    def current(self, record: RecordId) -> Version | None:
        """Returns the latest published version, even of a retired record."""
        row = self._own(self._reading.current.first, kind=record.kind, key=record.key)
        return None if row is None else Version(head_of(row), content_of(row))

    def version(self, record: RecordId, number: int) -> Version | None:
        """Returns one published version by its number.

        Its head is as it was when that version was published, so the answer
        never changes.
        """
        head = None
        for entry in self.history(record):
            head = advance(head, entry)
            if entry.event is Event.ACCEPTED and entry.version == number:
                return self._with_content(head)
        return None

    def as_of(self, record: RecordId, at: datetime) -> Version | None:
        """Returns the record as it was published at a moment."""
        with closing(connected(self._engine)) as connection:
            rows = self._reading.until.rows(
                connection, kind=record.kind, key=record.key, at=time_text(at)
            )
        head = replay(entry_of(row) for row in rows)
        return None if head is None else self._with_content(head)

    def history(self, record: RecordId) -> Sequence[Entry]:
        """Returns every entry of the record, oldest first."""
        with closing(connected(self._engine)) as connection:
            rows = self._reading.history.rows(
                connection, kind=record.kind, key=record.key
            )
        return [entry_of(row) for row in rows]

    def entries(self, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Returns entries by sequence number, oldest first."""
        with closing(connected(self._engine)) as connection:
            rows = self._reading.entries.rows(connection, after=after, limit=limit)
        return [entry_of(row) for row in rows]

    def entry(self, sequence: int) -> Entry | None:
        """Returns one entry by its sequence number."""
        row = self._own(self._reading.entry.first, sequence=sequence)
        return None if row is None else entry_of(row)

    def content(self, digest: str) -> Content | None:
        """Returns what was submitted under a digest, published or not."""
        row = self._own(self._reading.content.first, digest=digest)
        return None if row is None else content_of(row)

    def answered(self, idempotency_key: str) -> Sequence[Entry | None] | None:
        """Returns what the transaction under a key was answered with."""
        with self._engine.connect() as connection:
            sequences = answers(connection, idempotency_key)
        if sequences is None:
            return None
        return [None if each is None else self.entry(each) for each in sequences]

    def entry_before(self, entry: Entry) -> Entry | None:
        """Returns the entry of the same record that came before, if there is one."""
        record = entry.record
        row = self._own(
            self._reading.before.first,
            kind=record.kind,
            key=record.key,
            sequence=entry.sequence,
        )
        return None if row is None else entry_of(row)

    def after_entry(self, entry: Entry) -> Version | None:
        """Returns the record as it stood after one of its entries."""
        record = entry.record
        rows = self._own(
            self._reading.steps.rows,
            kind=record.kind,
            key=record.key,
            version=entry.version,
            sequence=entry.sequence,
        )
        head = replay(entry_of(row) for row in rows)
        return None if head is None else self._with_content(head)

    def heads(self, kind: str | None = None) -> Iterator[Version]:
        """Yields the current version of every record ever published.

        All of them are as they stood when the first was read.
        """
        statement, values = (
            (_ALL, {}) if kind is None else (_ALL_OF_KIND, {"kind": kind})
        )
        with (
            storing(),
            self._engine.connect().execution_options(**SNAPSHOT) as connection,
            connection.begin(),
        ):
            yield from _stream(connection, statement, values)

    def changed(
        self, after: int, limit: int = 1000, *, kind: str | None = None
    ) -> Sequence[Version]:
        """Returns the records whose head moved after a sequence number."""
        with closing(connected(self._engine)) as connection:
            if kind is None:
                rows = self._reading.changed.rows(connection, after=after, limit=limit)
            else:
                rows = self._reading.changed_of_kind.rows(
                    connection, after=after, limit=limit, kind=kind
                )
        return [Version(head_of(row), content_of(row)) for row in rows]

    def copy_to(self, path: Path) -> None:
        """Writes the database to a file, as it is at one moment, whoever writes.

        The file is of SQLite, whatever the database is; blobs are not in it.

        Raises:
            StorageUnavailable: there is no room for it.
        """
        if self._engine.dialect.name != "sqlite":
            _copy(self._engine, path, self._clock)
            return
        with (
            storage.storing(),
            closing(sqlite3.connect(self._engine.url.database or "")) as source,
            closing(sqlite3.connect(path)) as target,
        ):
            # In one step, and so in one transaction, which holds up nobody.
            source.backup(target)

    def verify(self) -> Iterator[int]:
        """Checks the chain, the heads and every content.

        Raises:
            Invalid: something was altered; the error says where.
        """
        with (
            self._engine.connect().execution_options(**SNAPSHOT) as connection,
            connection.begin(),
        ):
            yield from audit(connection)

    def _writer(self, connection: Connection, key: str | None) -> Writer | Repeater:
        again = None if key is None else repeater(connection, key)
        return again or Writer(connection, self._writing, self._clock, key)

    def _with_content(self, head: Head) -> Version | None:
        if head.digest is None:
            return None
        with closing(connected(self._engine)) as connection:
            row = self._reading.content.first(connection, digest=head.digest)
        return None if row is None else Version(head, content_of(row))


def holds(place: str | Path) -> bool:
    """Says whether there is a journal at a place.

    Raises:
        StorageUnavailable: the database is out of reach.
    """
    url = journal_url(place)
    if not exists(url):
        return False
    made = engine(url)
    try:
        with storing(), made.connect() as connection:
            return inspect(connection).has_table(META.name)
    finally:
        made.dispose()


def create(place: str | Path, base: str, clock: Clock) -> SqlJournal:
    """Makes a journal, or opens the one that is there if its base is the same.

    Args:
        place: path of a SQLite file, or URL of a database.
        base: the base IRI of everything in it, for ever.
        clock: tells the time of new entries.

    Raises:
        Misconfigured: there is one with another base, or of a newer version.
    """
    made = engine(journal_url(place))
    with _disposed_on_error(made):
        with writing(made) as connection:
            check_order(connection)
            migrate(connection, clock)
            if connection.scalar(_BASE) is None:
                connection.execute(insert(META), {"name": "base", "value": base})
        return _open(made, clock, base)


def open_(place: str | Path, clock: Clock, base: str | None = None) -> SqlJournal:
    """Opens a journal, bringing its tables up to date.

    Args:
        place: path of a SQLite file, or URL of a database.
        clock: tells the time of new entries.
        base: the base IRI that it is expected to have, if any.

    Raises:
        Misconfigured: there is none, it has another base, or it is of a newer
            version.
    """
    url = journal_url(place)
    if not exists(url):
        raise _missing(url)
    made = engine(url)
    with _disposed_on_error(made):
        return _open(made, clock, base)


@contextmanager
def _disposed_on_error(made: Engine) -> Iterator[None]:
    try:
        yield
    except BaseException:
        made.dispose()
        raise


def _open(made: Engine, clock: Clock, base: str | None) -> SqlJournal:
    """Brings the tables up to date and returns the journal, if it is the one."""
    with storing(), made.connect() as connection:
        if not inspect(connection).has_table(META.name):
            raise _missing(made.url)
        behind = applied(connection) < len(MIGRATIONS)
    if behind:
        with writing(made) as connection:
            migrate(connection, clock)
    with made.connect() as connection:
        kept: str = connection.execute(_BASE).scalar_one()
    if base not in {None, kept}:
        raise Misconfigured(
            f"The registry was created with the base {kept}, which cannot change; "
            f"the settings say {base}.",
            f"Регистърът е създаден с основен адрес {kept}, който не може да се "
            f"променя; в настройките е посочен {base}.",
        )
    return SqlJournal(made, clock, kept)


def _copy(source: Engine, path: Path, clock: Clock) -> None:
    target = engine(journal_url(path))
    try:
        copying.copy(source, target, clock)
    finally:
        target.dispose()


def _missing(url: URL) -> Misconfigured:
    place = url.render_as_string(hide_password=True)
    return Misconfigured(
        f"There is no registry at {place}; create one first.",
        f"Няма регистър на адрес {place}; първо го създайте.",
    )


def _stream(
    connection: Connection, statement: Select[Any], values: Mapping[str, object]
) -> Iterator[Version]:
    streaming = {"yield_per": STREAM}
    with connection.execute(statement, values, execution_options=streaming) as rows:
        for row in rows.mappings():
            yield Version(head_of(row), content_of(row))
