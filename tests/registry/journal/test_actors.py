import pytest

from registry import review, submissions
from registry.errors import NotFound
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from registry.record import Actor, Provenance
from tests.rows import written
from tests.versions import content

ONE = RecordId("institution", "one")


def test_a_person_is_known_by_an_opaque_id(journal: SqlJournal) -> None:
    """The id tells nothing, and finds the person again."""
    one = journal.actors.add("Мария Иванова", "maria@example.org")
    two = journal.actors.add("Мария Иванова")

    assert one.id != two.id
    assert "Мария" not in one.id
    assert journal.actors.find(one.id) == one
    assert journal.actors.find("person/nobody") is None


def test_erasing_a_person_leaves_the_journal_as_it_was(journal: SqlJournal) -> None:
    """The name is nowhere any more, and the chain still holds."""
    person = journal.actors.add("Мария Иванова", "maria@example.org")
    with journal.write() as writer:
        submission = submissions.submit(
            writer,
            ONE,
            content(ONE, {"type": "Organization", "name": {"bg": "Едно"}}),
            provenance=Provenance(),
            actor=person.id,
        )
        assert submission is not None
        review.accept(writer, submission, actor="operator")

    journal.actors.erase(person.id)

    assert journal.actors.find(person.id) == Actor(person.id, None, None)
    assert journal.history(ONE)[0].actor == person.id
    assert list(journal.verify())[-1] == 2
    kept = written(journal.engine)
    assert person.id in kept
    assert "maria@example.org" not in kept


def test_erasing_nobody_is_refused(journal: SqlJournal) -> None:
    """An id that was never given cannot be erased."""
    with pytest.raises(NotFound):
        journal.actors.erase("person/nobody")
