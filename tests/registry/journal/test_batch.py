from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from registry.iris import RecordId
from registry.journal.batch import SIZE, Batch, BatchStatements
from registry.journal.dialects import engine, journal_url, writing
from registry.journal.migrations import migrate
from registry.journal.sql import SqlJournal
from registry.journal.tables import CONTENT
from registry.lifecycle import Event
from registry.record import Change, Content

FIRST, SECOND = Content("{}", "<a> <b> <c> .\n"), Content("[]", "<a> <b> <c> .\n")


@pytest.fixture
def connection(
    place: str | Path, clock: Callable[[], datetime]
) -> Iterator[Connection]:
    """A connection to an empty journal."""
    database = engine(journal_url(place))
    with writing(database) as made:
        migrate(made, clock)
        yield made
    database.dispose()


def test_the_document_that_came_first_is_kept(connection: Connection) -> None:
    """Held back or written already, the same triples are kept once."""
    batch = Batch(connection.connection, BatchStatements(connection.dialect))

    held = [batch.keep(FIRST), batch.keep(SECOND)]
    batch.flush()
    written = batch.keep(SECOND)

    assert [*held, written] == ["{}", "{}", "{}"]
    assert connection.scalar(select(func.count()).select_from(CONTENT)) == 1


def test_what_was_written_is_found_like_what_is_held_back(
    journal: SqlJournal,
) -> None:
    """A submission can be decided on from the batch after it, once."""
    record = RecordId("course", "a")
    with journal.write() as writer:
        for number in range(SIZE):
            writer.append(
                Change(
                    record,
                    Event.SUBMITTED,
                    "ann",
                    content=Content("{}", f"{number}"),
                )
            )
        entry = writer.append(Change(record, Event.ACCEPTED, "rev", decides=SIZE // 2))
        head = writer.head(record)

    assert entry is not None
    assert entry.digest == Content("{}", f"{SIZE // 2 - 1}").digest
    assert journal.head(record) == head
    assert len(list(journal.verify())) == SIZE + 1
