from datetime import UTC, datetime

import pytest

from registry.desk import Draft, Outcome, Submission
from registry.iris import RecordId
from registry.lifecycle import Event, Status
from registry.policy import State, Subject
from registry.record import Entry, Provenance

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RECORD = RecordId("institution", "centre")


def _entry(sequence: int, actor: str) -> Entry:
    return Entry(
        sequence=sequence,
        record=RECORD,
        event=Event.SUBMITTED,
        status=Status.SUBMITTED,
        version=0,
        digest="0" * 64,
        provenance=Provenance(),
        based_on=0,
        decides=None,
        successor=None,
        actor=actor,
        reason="",
        at=AT,
        previous="0" * 64,
        hash="1" * 64,
    )


@pytest.mark.parametrize("outcome", Outcome)
def test_a_submission_is_open_until_something_became_of_it(outcome: Outcome) -> None:
    """The policy sees an open submission, or one that is decided."""
    made = Submission(_entry(7, "p-1"), "org-1", outcome=outcome)

    state = State.OPEN if outcome is Outcome.OPEN else State.DECIDED
    assert made.number == 7
    assert made.subject == Subject(state, "org-1", "p-1")


def test_an_amendment_knows_whom_it_amends() -> None:
    """The policy is told who made the submission that is amended."""
    amended = Submission(_entry(7, "p-1"), "org-1", outcome=Outcome.REPLACED)
    made = Submission(_entry(8, "p-2"), "org-1", amends=amended)

    assert made.subject == Subject(State.OPEN, "org-1", "p-2", "p-1")


def test_a_draft_belongs_to_its_author_and_organisation() -> None:
    """The policy sees a draft of an organisation."""
    draft = Draft("d-1", RECORD, "org-1", "p-1", 0, (("name.bg", "А"),), None, AT)

    assert draft.subject == Subject(State.DRAFT, "org-1", "p-1")
