from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from registry.errors import Conflict
from registry.iris import RecordId
from registry.journal.sql import SqlJournal, create, open_
from registry.lifecycle import Event
from registry.record import Change, Content

RECORD = RecordId("course", "a")
SUBMISSION = Change(RECORD, Event.SUBMITTED, "ann", content=Content("{}", "a"))


def test_a_key_is_remembered_by_the_next_process(
    place: str | Path, clock: Callable[[], datetime]
) -> None:
    """What was answered is in the database, not in memory."""
    answers = []
    for opened in (
        create(place, "http://127.0.0.1:8000/", clock),
        open_(place, clock),
    ):
        with opened.write("key") as writer:
            answers.append(writer.append(SUBMISSION))
        opened.close()

    assert answers[0] == answers[1]


def test_heads_are_those_of_the_first_time(journal: SqlJournal) -> None:
    """A block that looks before it writes takes the same path again."""

    def publish() -> int:
        with journal.write("key") as writer:
            head = writer.head(RECORD)
            based_on = 0 if head is None else head.version
            change = Change(
                RECORD,
                Event.SUBMITTED,
                "ann",
                content=Content("{}", "a"),
                based_on=based_on,
            )
            entry = writer.append(change)
            assert entry is not None
            writer.append(Change(RECORD, Event.ACCEPTED, "rev", decides=entry.sequence))
        return based_on

    assert [publish(), publish()] == [0, 0]
    assert journal.tip()[0] == 2


def test_the_refusal_names_the_key(journal: SqlJournal) -> None:
    """Whoever uses a key for something else learns which."""
    with journal.write("key"):
        pass

    def reuse() -> None:
        with journal.write("key") as writer:
            writer.append(SUBMISSION)

    with pytest.raises(Conflict) as refused:
        reuse()

    assert refused.value.extra == {"idempotency_key": "key"}
