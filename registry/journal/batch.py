"""What one transaction has added so far, part of it not yet in the tables."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Dialect, bindparam, insert, select, update
from sqlalchemy.pool import PoolProxiedConnection

from registry.iris import RecordId
from registry.journal.rows import entry_of, head_of, head_row
from registry.journal.statements import Prepared
from registry.journal.tables import CONTENT, ENTRY, HEAD
from registry.record import Content, Entry, Head

SIZE = 1000
"""Entries that are held back to be inserted together."""

_HEAD = select(HEAD).where(
    HEAD.c.kind == bindparam("kind"), HEAD.c.key == bindparam("key")
)
_DOCUMENT = select(CONTENT.c.document).where(CONTENT.c.digest == bindparam("digest"))
_ENTRY = select(ENTRY).where(ENTRY.c.sequence == bindparam("sequence"))
_DECIDED = select(ENTRY.c.sequence).where(ENTRY.c.decides == bindparam("sequence"))
_MOVE_HEAD = update(HEAD).where(
    HEAD.c.kind == bindparam("of_kind"), HEAD.c.key == bindparam("of_key")
)


class BatchStatements:
    """The statements of a batch, compiled once for a journal."""

    def __init__(self, dialect: Dialect) -> None:
        self.head = Prepared(_HEAD, dialect)
        self.document = Prepared(_DOCUMENT, dialect)
        self.entry = Prepared(_ENTRY, dialect)
        self.decided = Prepared(_DECIDED, dialect)
        self.add_content = Prepared(insert(CONTENT), dialect)
        self.add_entry = Prepared(insert(ENTRY), dialect)
        self.add_head = Prepared(insert(HEAD), dialect)
        self.move_head = Prepared(_MOVE_HEAD, dialect)


class Batch:
    """The tables as the transaction sees them: what it holds back comes first.

    Args:
        connection: in the transaction.
        statements: compiled for its kind of database.
    """

    def __init__(
        self, connection: PoolProxiedConnection, statements: BatchStatements
    ) -> None:
        self._connection = connection
        self._statements = statements
        self._empty()

    def _empty(self) -> None:
        self._rows: list[Mapping[str, Any]] = []
        self._entries: dict[int, Entry] = {}
        self._decided: set[int] = set()
        self._contents: dict[str, Content] = {}
        self._heads: dict[RecordId, Head | None] = {}
        self._stored: set[RecordId] = set()
        self._moved: dict[RecordId, Head] = {}

    def head(self, record: RecordId) -> Head | None:
        """Returns where the record stands."""
        if record not in self._heads:
            row = self._statements.head.first(
                self._connection, kind=record.kind, key=record.key
            )
            if row is None:
                self._heads[record] = None
            else:
                self._heads[record] = head_of(row)
                self._stored.add(record)
        return self._heads[record]

    def entry(self, sequence: int) -> Entry | None:
        """Returns an entry by its number."""
        if sequence in self._entries:
            return self._entries[sequence]
        row = self._statements.entry.first(self._connection, sequence=sequence)
        return None if row is None else entry_of(row)

    def decided(self, sequence: int) -> bool:
        """Returns whether a submission was accepted or rejected."""
        if sequence in self._decided:
            return True
        if sequence in self._entries:
            return False
        row = self._statements.decided.first(self._connection, sequence=sequence)
        return row is not None

    def keep(self, content: Content) -> str:
        """Keeps the content if it is new, and returns the document that is kept.

        The same triples are kept once, with the document that came first.
        """
        digest = content.digest
        if held := self._contents.get(digest):
            return held.document
        row = self._statements.document.first(self._connection, digest=digest)
        if row is not None:
            return str(row["document"])
        self._contents[digest] = content
        return content.document

    def add(self, entry: Entry, row: Mapping[str, Any], head: Head) -> None:
        """Adds an entry, its row, and the head that it leads to."""
        self._rows.append(row)
        self._entries[entry.sequence] = entry
        if entry.decides is not None:
            self._decided.add(entry.decides)
        self._heads[entry.record] = self._moved[entry.record] = head
        if len(self._rows) >= SIZE:
            self.flush()

    def flush(self) -> None:
        """Writes what is held back to the tables."""
        new: list[Mapping[str, Any]] = []
        old: list[Mapping[str, Any]] = []
        for record, head in self._moved.items():
            row = head_row(head)
            if record in self._stored:
                old.append({**row, "of_kind": record.kind, "of_key": record.key})
            else:
                new.append(row)
        contents = [
            {"digest": digest, "document": kept.document, "triples": kept.triples}
            for digest, kept in self._contents.items()
        ]
        self._statements.add_content.run(self._connection, contents)
        self._statements.add_entry.run(self._connection, self._rows)
        self._statements.add_head.run(self._connection, new)
        self._statements.move_head.run(self._connection, old)
        self._empty()
