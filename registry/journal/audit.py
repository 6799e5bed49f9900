"""Checking that nobody altered the journal behind its back.

Two passes over one state of the database, each in constant memory: entries in
the order of their sequence with the content that each submits, for the chain;
then entries and heads by record, for what the heads should be.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, and_, select
from sqlalchemy.exc import DBAPIError

from registry.errors import Invalid
from registry.journal.dialects import damage
from registry.journal.heads import advance
from registry.journal.rows import (
    DAWN,
    GENESIS,
    Row,
    digest_of,
    entry_hash,
    entry_of,
    head_row,
)
from registry.journal.tables import CONTENT, ENTRY, HEAD, TIP
from registry.language import Text
from registry.lifecycle import Event
from registry.record import Entry, Head

STREAM = 1000
"""Rows that are fetched at a time."""

_ENTRY_OF = {"en": "Entry {}", "bg": "Вписване {}"}
_CONTENT_OF = {
    "en": "The content of entry {}",
    "bg": "Съдържанието на вписване {}",
}
_HEAD_OF = {"en": "The head of {}", "bg": "Състоянието на {}"}
_TIP_AFTER = {
    "en": "The end of the journal after entry {}",
    "bg": "Отбелязаното за край на журнала след вписване {}",
}
_UNREADABLE_AFTER = {
    "en": "Something near the entry that comes after {}",
    "bg": "Нещо около вписването след номер {}",
}

_CHAIN = (
    select(ENTRY, CONTENT.c.document, CONTENT.c.triples)
    .outerjoin(
        CONTENT,
        and_(
            CONTENT.c.digest == ENTRY.c.digest, ENTRY.c.event == Event.SUBMITTED.value
        ),
    )
    .order_by(ENTRY.c.sequence)
)
_BY_RECORD = select(ENTRY).order_by(ENTRY.c.kind, ENTRY.c.key, ENTRY.c.sequence)
_HEADS = select(HEAD).order_by(HEAD.c.kind, HEAD.c.key)
_TIP = select(TIP.c.sequence, TIP.c.hash, TIP.c.at)


def audit(connection: Connection) -> Iterator[int]:
    """Checks everything, yielding after each entry the number checked so far.

    Raises:
        Invalid: something was altered; `extra` names the entry or the record.
    """
    yield from _check_chain(connection)
    _check_heads(connection)
    if found := damage(connection):
        raise Invalid(
            f"The database of the journal is damaged: {found}.",
            f"Базата данни на журнала е повредена: {found}.",
            extra={"damage": found},
        )


def _check_chain(connection: Connection) -> Iterator[int]:
    last: Row = {"sequence": 0, "hash": GENESIS, "at": DAWN}
    with closing(_rows(connection, _CHAIN)) as rows:
        for row in rows:
            if not _follows(row, last):
                raise _altered(_ENTRY_OF, last["sequence"] + 1)
            if row["event"] == Event.SUBMITTED and not _has_content(row):
                raise _altered(_CONTENT_OF, row["sequence"])
            last = row
            yield row["sequence"]
    try:
        tip = connection.execute(_TIP).mappings().one_or_none()
    except DBAPIError as error:
        raise _altered(_TIP_AFTER, last["sequence"]) from error
    if tip is None or any(last[name] != value for name, value in tip.items()):
        raise _altered(_TIP_AFTER, last["sequence"])


def _follows(row: Row, last: Row) -> bool:
    values = {column.name: row[column.name] for column in ENTRY.c}
    try:
        ordered: bool = row["at"] >= last["at"]
        return (
            ordered
            and row["hash"] == entry_hash(values)
            and (row["sequence"], row["previous"])
            == (last["sequence"] + 1, last["hash"])
        )
    except (TypeError, ValueError):  # a value that is neither text nor number
        return False


def _has_content(row: Row) -> bool:
    try:
        return (row["digest"], row["document_digest"]) == (
            digest_of(row["triples"]),
            digest_of(row["document"]),
        )
    except (AttributeError, ValueError):  # a value that is not text
        return False


def _check_heads(connection: Connection) -> None:
    with (
        closing(_rows(connection, _HEADS)) as heads,
        closing(_rows(connection, _BY_RECORD)) as entries,
    ):
        for (kind, key), rows in groupby(entries, key=_record):
            if next(heads, None) != _expected(rows):
                raise _altered(_HEAD_OF, f"{kind}/{key}")
        extra = next(heads, None)
    if extra is not None:
        raise _altered(_HEAD_OF, f"{extra['kind']}/{extra['key']}")


def _record(row: Row) -> tuple[str, str]:
    return row["kind"], row["key"]


def _expected(rows: Iterator[Row]) -> Row:
    """Returns the row of the head that the entries of a record add up to."""
    head: Head | None = None
    submissions: dict[int, Entry] = {}
    for row in rows:
        entry = entry_of(row)
        if entry.event is Event.SUBMITTED:
            submissions[entry.sequence] = entry
        if entry.decides is not None and not _decides(
            entry, row["submitter"], submissions.get(entry.decides)
        ):
            raise _altered(_ENTRY_OF, entry.sequence)
        head = advance(head, entry)
    return {} if head is None else head_row(head)


def _decides(entry: Entry, submitter: str, submission: Entry | None) -> bool:
    """Returns whether a decision says of its submission what is true of it."""
    return (
        submission is not None
        and submission.actor == submitter != entry.actor
        and (
            entry.event is not Event.ACCEPTED
            or (entry.digest, entry.document_digest, entry.provenance)
            == (submission.digest, submission.document_digest, submission.provenance)
        )
    )


def _rows(connection: Connection, statement: Select[Any]) -> Generator[Row, None, None]:
    """Yields rows; to be closed, for a server keeps a long answer until it is."""
    row: Row = {"sequence": 0}
    streaming = {"yield_per": STREAM}
    try:
        with connection.execute(statement, execution_options=streaming) as rows:
            for row in rows.mappings():
                yield row
    except DBAPIError as error:
        raise _altered(_UNREADABLE_AFTER, row["sequence"]) from error


def _altered(what: Text, where: int | str) -> Invalid:
    return Invalid(
        f"{what['en'].format(where)} is not as it was written.",
        f"{what['bg'].format(where)} не е във вида, в който е записано.",
        extra={"record" if isinstance(where, str) else "sequence": where},
    )
