from datetime import timedelta

import pytest

from registry import retrieval, review, submissions
from registry.errors import Gone, NotFound
from registry.iris import Iris, RecordId
from registry.journal.sql import SqlJournal
from registry.lifecycle import Event
from registry.ports import JournalWriter
from registry.record import Provenance
from tests.conftest import BASE, DAWN
from tests.versions import content

IRIS = Iris(BASE)
ONE = RecordId("institution", "one")


def publish(writer: JournalWriter, name: str) -> None:
    """Publishes the record under a name."""
    made = content(ONE, {"type": "Organization", "name": {"bg": name}}, IRIS)
    submission = submissions.submit(
        writer, ONE, made, provenance=Provenance(), actor="a"
    )
    assert submission is not None
    review.accept(writer, submission, actor="b")


@pytest.fixture
def told(journal: SqlJournal) -> SqlJournal:
    """A record published twice; the clock ticks a second per entry or so."""
    with journal.write() as writer:
        publish(writer, "Първо")
    with journal.write() as writer:
        publish(writer, "Второ")
    return journal


def test_current_version_is_the_latest(told: SqlJournal) -> None:
    """Without more, the record is as it is now."""
    found = retrieval.find(told, ONE)

    assert found.head.version == 2
    assert "Второ" in found.content.document


def test_every_version_stays_readable(told: SqlJournal) -> None:
    """A version by its number never changes."""
    assert "Първо" in retrieval.find(told, ONE, version=1).content.document


def test_record_is_read_as_of_a_moment(told: SqlJournal) -> None:
    """A moment gives the version that was public then."""
    first = retrieval.find(told, ONE, version=1).head.modified

    assert retrieval.find(told, ONE, at=first).head.version == 1
    with pytest.raises(NotFound):
        retrieval.find(told, ONE, at=DAWN - timedelta(days=1))


@pytest.mark.parametrize("number", [0, 3])
def test_unknown_version_is_not_found(told: SqlJournal, number: int) -> None:
    """What was never published cannot be read."""
    with pytest.raises(NotFound):
        retrieval.find(told, ONE, version=number)


def test_submission_is_not_public(journal: SqlJournal) -> None:
    """A record that nobody accepted does not exist for readers."""
    made = content(ONE, {"type": "Organization", "name": {"bg": "Чака"}}, IRIS)
    with journal.write() as writer:
        submissions.submit(writer, ONE, made, provenance=Provenance(), actor="a")

    with pytest.raises(NotFound):
        retrieval.find(journal, ONE)
    with pytest.raises(NotFound):
        retrieval.history(journal, ONE)


def test_retired_record_is_gone_but_its_versions_stay(told: SqlJournal) -> None:
    """The refusal is a tombstone: when it ended and what can still be read."""
    with told.write() as writer:
        review.retire(writer, ONE, actor="b", reason="Закрита")

    with pytest.raises(Gone) as gone:
        retrieval.find(told, ONE)

    ended = retrieval.history(told, ONE)[-1]
    assert ended.event is Event.RETIRED
    assert gone.value.extra == {
        "record": "institution/one",
        "recordStatus": "retired",
        "retired": ended.at.isoformat(timespec="seconds"),
        "lastVersion": 2,
    }
    assert retrieval.find(told, ONE, version=2).head.version == 2


def test_history_has_every_entry(told: SqlJournal) -> None:
    """History shows what happened, oldest first."""
    events = [entry.event for entry in retrieval.history(told, ONE)]

    assert events == [
        Event.SUBMITTED,
        Event.ACCEPTED,
        Event.SUBMITTED,
        Event.ACCEPTED,
    ]
