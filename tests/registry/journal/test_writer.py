from dataclasses import replace

import pytest

from registry.errors import NotAllowed
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from registry.lifecycle import Event
from registry.record import Change, Content

RECORD = RecordId("course", "a")
SUBMISSION = Change(RECORD, Event.SUBMITTED, "ann", content=Content("{}", "a"))


def test_an_empty_block_writes_nothing(journal: SqlJournal) -> None:
    """A transaction without entries leaves the tip where it was."""
    with journal.write() as writer:
        assert writer.head(RECORD) is None

    assert journal.tip() == (0, "0" * 64)


def test_an_acceptance_publishes_what_was_submitted(journal: SqlJournal) -> None:
    """It has the digests of its submission, and the version that this stood on."""
    with journal.write() as writer:
        submitted = writer.append(replace(SUBMISSION, based_on=0))
        accepted = writer.append(Change(RECORD, Event.ACCEPTED, "rev", decides=1))

    assert submitted is not None
    assert accepted is not None
    assert (accepted.digest, accepted.document_digest, accepted.based_on) == (
        submitted.digest,
        submitted.document_digest,
        0,
    )
    assert journal.tip() == (2, accepted.hash)


def test_a_refused_change_does_not_spoil_the_rest(journal: SqlJournal) -> None:
    """A loader may go on in the same transaction after a refusal."""
    with journal.write() as writer:
        first = writer.append(SUBMISSION)
        with pytest.raises(NotAllowed):
            writer.append(Change(RECORD, Event.RETIRED, "rev"))
        second = writer.append(Change(RECORD, Event.ACCEPTED, "rev", decides=1))

    assert journal.entries() == [first, second]
