import pytest

from registry import review, submissions
from registry.desk import Channel
from registry.desks.sql import SqlDesk
from registry.errors import Conflict
from registry.iris import Iris, RecordId
from registry.journal.sql import SqlJournal
from registry.lifecycle import Event, Status
from registry.ports import DeskQuery
from registry.record import Provenance
from registry.wiring import now
from tests.conftest import BASE
from tests.versions import content

ONE = RecordId("institution", "one")
MADE = content(ONE, {"type": "Organization", "name": {"bg": "Едно"}}, Iris(BASE))
OTHER = content(ONE, {"type": "Organization", "name": {"bg": "Друго"}}, Iris(BASE))


def test_submission_waits_for_a_decision(journal: SqlJournal) -> None:
    """What is handed in is kept, but nothing is published."""
    with journal.write() as writer:
        entry = submissions.submit(
            writer, ONE, MADE, provenance=Provenance(), actor="a"
        )

    assert entry is not None
    assert (entry.event, entry.status, entry.version, entry.digest) == (
        Event.SUBMITTED,
        Status.SUBMITTED,
        0,
        MADE.digest,
    )
    assert journal.current(ONE) is None


def test_submission_that_changes_nothing_is_none(journal: SqlJournal) -> None:
    """Saving without a change appends nothing."""
    with journal.write() as writer:
        first = submissions.submit(
            writer, ONE, MADE, provenance=Provenance(), actor="a"
        )
        assert first is not None
        review.accept(writer, first, actor="b")
        tip = journal.tip()

    with journal.write() as writer:
        again = submissions.submit(
            writer, ONE, MADE, provenance=Provenance(), actor="a"
        )

    assert again is None
    assert journal.tip()[0] == tip[0] + 2


def test_stale_submission_is_refused(journal: SqlJournal) -> None:
    """A change to a version that is no longer current is a conflict."""
    with journal.write() as writer:
        first = submissions.submit(
            writer, ONE, MADE, provenance=Provenance(), actor="a"
        )
        assert first is not None
        review.accept(writer, first, actor="b")

    with pytest.raises(Conflict), journal.write() as writer:
        submissions.submit(
            writer, ONE, OTHER, provenance=Provenance(), actor="a", based_on=0
        )


def test_a_submission_takes_the_place_of_open_ones(journal: SqlJournal) -> None:
    """Those by the same actor, and the one it amends; others wait on."""
    desk = SqlDesk(journal, now)
    numbers: dict[str, int] = {}
    for actor in ("ann", "rev", "zoe", "ann"):
        with desk.write() as writer:
            entry = submissions.submit(
                writer, ONE, MADE, provenance=Provenance(), actor=actor, reason=actor
            )
            assert entry is not None
            amended = desk.submission(numbers["rev"]) if len(numbers) > 2 else None
            submissions.take_place(writer, entry, amended)
            writer.hand_in(entry, organisation="o", channel=Channel.API)
            numbers[actor] = entry.sequence

    assert [(s.number, s.entry.reason) for s in desk.list(DeskQuery())] == [
        (3, "zoe"),
        (4, "ann"),
    ]
