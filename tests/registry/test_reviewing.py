import pytest

from registry.desk import Outcome
from registry.errors import (
    BadParameter,
    Conflict,
    NotAllowed,
    NotFound,
    ShapesViolated,
)
from registry.iris import RecordId
from registry.lifecycle import Event, Status
from registry.people import KEEPER
from tests.desk import ANN, BOB, CLUB, EVE, REV, TALKS, Office, named


def numbers(office: Office, **asked: object) -> list[int]:
    """Returns the numbers in the queue of the reviewer."""
    return [found.number for found in office.reviewing.queue(REV, **asked)]  # type: ignore[arg-type]


def test_what_is_handed_in_waits_in_the_queue(office: Office) -> None:
    """A submission is listed, oldest first, to those whose business it is."""
    first = office.hand_in()
    second = office.hand_in(record=RecordId("practice", "other"))

    assert numbers(office) == [first.number, second.number]
    assert numbers(office, after=first.number) == [second.number]
    assert numbers(office, limit=1) == [first.number]
    assert numbers(office, kind="place") == []
    assert numbers(office, record=CLUB) == [first.number]
    assert numbers(office, mine=True) == []
    assert [s.number for s in office.reviewing.queue(ANN, mine=True)] == [1, 2]
    assert [s.number for s in office.reviewing.queue(BOB)] == [1, 2]
    assert office.reviewing.queue(EVE) == []
    assert office.reviewing.queue(EVE, organisation="haskovo") == []


def test_a_submission_of_others_cannot_be_guessed(office: Office) -> None:
    """For a stranger there is nothing under a number, whether it is one or not."""
    made = office.hand_in()

    for number in (made.number, 99):
        with pytest.raises(NotFound, match=f"no submission {number}"):
            office.reviewing.submission(EVE, number)


def test_accepting_publishes_and_gives_the_record_to_its_organisation(
    office: Office,
) -> None:
    """A new record belongs from then on to whom it was handed in for."""
    made = office.hand_in(reason="new")

    accepted = office.reviewing.accept(
        REV, made.number, status=Status.EXPERIMENTAL, reason="fine"
    )

    current = office.journal.current(CLUB)
    assert current is not None
    assert current.content == office.reviewing.content(made)
    assert current.head.status is Status.EXPERIMENTAL
    assert accepted.outcome is Outcome.ACCEPTED
    assert accepted.decision is not None
    assert (accepted.decision.actor, accepted.decision.reason) == ("rev", "fine")
    assert office.stewards.kept("haskovo") == [CLUB]
    assert numbers(office) == []
    assert numbers(office, outcome=Outcome.ACCEPTED) == [made.number]


def test_nobody_accepts_their_own(office: Office) -> None:
    """Whatever the role, somebody else has to look."""
    made = office.hand_in(BOB, organisation=KEEPER)

    with pytest.raises(NotAllowed):
        office.reviewing.accept(BOB, made.number)

    assert office.journal.current(CLUB) is None


def test_nothing_is_decided_twice(office: Office) -> None:
    """Who comes second is told, and nothing changes."""
    made = office.hand_in()
    office.reviewing.reject(REV, made.number, reason="no")

    with pytest.raises(NotAllowed):
        office.reviewing.accept(BOB, made.number)

    assert office.reviewing.submission(ANN, made.number).outcome is Outcome.REJECTED


def test_a_submission_whose_record_moved_on_is_refused_with_both_versions(
    office: Office,
) -> None:
    """The reviewer sees what it was made from and what is published now."""
    office.publish(str(CLUB), TALKS)
    old = office.hand_in(BOB, document=named("Клуб"))
    new = office.hand_in(
        person := BOB.__class__("zoe", "Zoe", "zoe@example.org", roles=BOB.roles),
        document=named("Нов клуб"),
    )
    office.reviewing.accept(BOB, new.number)

    with pytest.raises(Conflict) as refusal:
        office.reviewing.accept(person, old.number)

    assert office.reviewing.stale(old)
    extra = refusal.value.extra
    assert (extra["based_on"], extra["current"]) == (1, 2)
    assert extra["base_document"]["title"] == {"bg": "Разговорен клуб"}  # type: ignore[index]
    assert extra["current_document"]["title"] == {"bg": "Нов клуб"}  # type: ignore[index]


def test_many_are_accepted_together_or_not_at_all(office: Office) -> None:
    """One that is stale keeps all of them back."""
    other = RecordId("practice", "other")
    office.publish(str(other), TALKS)
    stale = office.hand_in(BOB, other, named("Клуб"))
    good = office.hand_in()
    office.publish(str(other), named("Вече друг"))

    with pytest.raises(Conflict):
        office.reviewing.accept_many(
            BOB.__class__("zoe", "Zoe", "z@example.org", roles=BOB.roles),
            [good.number, stale.number],
        )

    assert office.journal.current(CLUB) is None
    (accepted,) = office.reviewing.accept_many(REV, [good.number])
    assert accepted.outcome is Outcome.ACCEPTED


def test_what_no_longer_keeps_to_the_rules_is_not_accepted(office: Office) -> None:
    """It is checked again, with the records that are there by then."""
    office.publish("institution/home", {"type": "Organization", "name": {"bg": "Дом"}})
    home = office.reviewing._iris.thing(RecordId("institution", "home"))
    made = office.hand_in(document=named("Клуб", provider=home))
    office.reviewing.retire(BOB, RecordId("institution", "home"), reason="closed")

    with pytest.raises(ShapesViolated) as refusal:
        office.reviewing.accept(REV, made.number)

    assert refusal.value.extra["errors"]
    assert office.reviewing.submission(REV, made.number).outcome is Outcome.OPEN


def test_rejecting_needs_a_reason(office: Office) -> None:
    """Whoever made it has to be told why."""
    made = office.hand_in()

    with pytest.raises(BadParameter):
        office.reviewing.reject(REV, made.number, reason=" \n")

    rejected = office.reviewing.reject(REV, made.number, reason="twice")
    assert rejected.decision is not None
    assert rejected.decision.reason == "twice"


def test_only_the_author_withdraws(office: Office) -> None:
    """What was withdrawn cannot be accepted any more."""
    made = office.hand_in()

    with pytest.raises(NotAllowed):
        office.reviewing.withdraw(REV, made.number)
    withdrawn = office.reviewing.withdraw(ANN, made.number)

    assert withdrawn.outcome is Outcome.WITHDRAWN
    with pytest.raises(NotAllowed):
        office.reviewing.accept(REV, made.number)


def test_a_claim_keeps_others_away_for_seven_days(office: Office) -> None:
    """It can be given back, and it expires by itself."""
    made = office.hand_in()

    claimed = office.reviewing.claim(REV, made.number)
    with pytest.raises(NotAllowed):
        office.reviewing.claim(BOB, made.number)
    office.clock.wait(days=7)
    expired = office.reviewing.submission(BOB, made.number)
    taken = office.reviewing.claim(BOB, made.number)
    released = office.reviewing.release(BOB, made.number)

    assert (claimed.claimed_by, expired.claimed_by) == ("rev", None)
    assert (taken.claimed_by, released.claimed_by) == ("bob", None)


def test_an_amendment_may_be_accepted_by_the_first_author(office: Office) -> None:
    """The reviewer changes it, and its author has the last word."""
    made = office.hand_in()

    amended = office.hand_in(BOB, document=named("Клуб"), amends=made.number)

    replaced = office.reviewing.submission(ANN, made.number)
    assert replaced.outcome is Outcome.REPLACED
    assert amended.amends == replaced
    assert amended.organisation == "haskovo"
    assert office.reviewing.accept(ANN, amended.number).outcome is Outcome.ACCEPTED


def test_people_talk_about_a_submission(office: Office) -> None:
    """Comments stand in order, and end with the decision."""
    made = office.hand_in()

    first = office.reviewing.comment(REV, made.number, " Which street? ")
    second = office.reviewing.comment(ANN, made.number, "Main street.")

    assert (first.number, first.actor, first.text) == (1, "rev", "Which street?")
    assert office.reviewing.comments(ANN, made.number) == [first, second]
    with pytest.raises(NotFound):
        office.reviewing.comments(EVE, made.number)
    with pytest.raises(BadParameter):
        office.reviewing.comment(REV, made.number, "x" * 5001)
    office.reviewing.reject(REV, made.number, reason="no")
    with pytest.raises(NotAllowed):
        office.reviewing.comment(ANN, made.number, "why")


def test_records_are_confirmed_ended_and_succeeded(office: Office) -> None:
    """Each by whoever may in the organisation that keeps the record."""
    other, third = RecordId("practice", "other"), RecordId("practice", "third")
    for record in (CLUB, other, third):
        office.publish(str(record), TALKS)
        office.stewards.assign(record, "haskovo")

    verified = office.reviewing.verify(ANN, CLUB)
    with pytest.raises(NotAllowed):
        office.reviewing.retire(ANN, CLUB, reason="gone")
    retired = office.reviewing.retire(REV, CLUB, reason="gone")
    succeeded = office.reviewing.supersede(REV, other, third, reason="merged")

    events = [entry.event for entry in (verified, retired, succeeded)]
    assert events == [Event.VERIFIED, Event.RETIRED, Event.SUPERSEDED]
    with pytest.raises(NotAllowed):
        office.reviewing.verify(REV, CLUB)
    with pytest.raises(NotAllowed):
        office.reviewing.verify(EVE, third)
    with pytest.raises(NotFound):
        office.reviewing.verify(REV, RecordId("practice", "none"))
