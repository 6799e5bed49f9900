import pytest

from registry import review, submissions
from registry.errors import NotAllowed
from registry.iris import Iris, RecordId
from registry.journal.sql import SqlJournal
from registry.lifecycle import Status
from registry.ports import JournalWriter
from registry.record import Entry, Provenance
from tests.conftest import BASE
from tests.versions import content

IRIS = Iris(BASE)
ONE = RecordId("institution", "one")
TWO = RecordId("institution", "two")


def submitted(writer: JournalWriter, record: RecordId = ONE) -> Entry:
    made = content(record, {"type": "Organization", "name": {"bg": "Име"}}, IRIS)
    entry = submissions.submit(writer, record, made, provenance=Provenance(), actor="a")
    assert entry is not None
    return entry


@pytest.mark.parametrize("status", [Status.STABLE, Status.EXPERIMENTAL])
def test_accepting_publishes_the_next_version(
    journal: SqlJournal, status: Status
) -> None:
    """The submission's content becomes the current version, in its status."""
    with journal.write() as writer:
        review.accept(writer, submitted(writer), actor="b", status=status)

    current = journal.current(ONE)
    assert current is not None
    assert (current.head.version, current.head.status) == (1, status)


def test_nobody_accepts_their_own(journal: SqlJournal) -> None:
    """Whoever submitted it cannot publish it."""
    with pytest.raises(NotAllowed), journal.write() as writer:
        review.accept(writer, submitted(writer), actor="a")

    assert journal.tip()[0] == 0


def test_rejecting_leaves_what_is_published(journal: SqlJournal) -> None:
    """A submission that is turned down changes nothing in public."""
    with journal.write() as writer:
        review.reject(writer, submitted(writer), actor="b", reason="Непълен")

    head = journal.head(ONE)
    assert head is not None
    assert (head.status, head.version) == (Status.REJECTED, 0)
    assert journal.current(ONE) is None


def test_a_submission_is_decided_once(journal: SqlJournal) -> None:
    """What was accepted cannot be rejected afterwards."""
    with journal.write() as writer:
        entry = submitted(writer)
        review.accept(writer, entry, actor="b")

    with pytest.raises(NotAllowed), journal.write() as writer:
        review.reject(writer, entry, actor="c", reason="Късно")


def test_superseding_names_the_successor(journal: SqlJournal) -> None:
    """A record that ends in favour of another says which."""
    with journal.write() as writer:
        review.accept(writer, submitted(writer), actor="b")
        review.accept(writer, submitted(writer, TWO), actor="b")
        review.supersede(writer, ONE, TWO, actor="b", reason="Сливане")

    head = journal.head(ONE)
    assert head is not None
    assert (head.status, head.successor) == (Status.SUPERSEDED, TWO)


def test_verifying_changes_nothing_else(journal: SqlJournal) -> None:
    """*Verified* and *modified* are different dates."""
    with journal.write() as writer:
        review.accept(writer, submitted(writer), actor="b")
    before = journal.head(ONE)

    with journal.write() as writer:
        review.verify(writer, ONE, actor="a")

    after = journal.head(ONE)
    assert before is not None
    assert after is not None
    assert after.verified is not None
    assert (after.version, after.modified) == (before.version, before.modified)


def test_retiring_needs_something_published(journal: SqlJournal) -> None:
    """There is nothing to withdraw before a record is public."""
    with journal.write() as writer:
        submitted(writer)

    with pytest.raises(NotAllowed), journal.write() as writer:
        review.retire(writer, ONE, actor="b", reason="Рано")
