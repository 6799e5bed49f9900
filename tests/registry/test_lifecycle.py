import re
from itertools import product

import pytest

from registry.errors import NotAllowed
from registry.lifecycle import (
    PUBLISHED,
    TRANSITIONS,
    Event,
    Role,
    Status,
    next_status,
)
from registry.namespaces import REG

S = Status
LIFE: dict[Event, dict[Status | None, Status]] = {
    Event.SUBMITTED: {
        None: S.SUBMITTED,
        S.SUBMITTED: S.SUBMITTED,
        S.REJECTED: S.SUBMITTED,
        S.EXPERIMENTAL: S.EXPERIMENTAL,
        S.STABLE: S.STABLE,
        S.RETIRED: S.RETIRED,
    },
    Event.ACCEPTED: dict.fromkeys(
        [S.SUBMITTED, S.REJECTED, S.EXPERIMENTAL, S.STABLE, S.RETIRED], S.STABLE
    ),
    Event.REJECTED: {
        S.SUBMITTED: S.REJECTED,
        S.REJECTED: S.REJECTED,
        S.EXPERIMENTAL: S.EXPERIMENTAL,
        S.STABLE: S.STABLE,
        S.RETIRED: S.RETIRED,
    },
    Event.SUPERSEDED: dict.fromkeys(PUBLISHED, S.SUPERSEDED),
    Event.RETIRED: dict.fromkeys(PUBLISHED, S.RETIRED),
    Event.VERIFIED: {status: status for status in PUBLISHED},
}


@pytest.mark.parametrize(
    ("event", "before"),
    list(product(Event, [None, *Status])),
    ids=lambda value: str(value),
)
def test_every_event_in_every_status(event: Event, before: Status | None) -> None:
    """The whole table: each event leads to one status, or is not allowed."""
    after = LIFE[event].get(before)

    if after is None:
        with pytest.raises(NotAllowed):
            next_status(event, before)
    else:
        assert next_status(event, before) is after


@pytest.mark.parametrize("wanted", sorted(PUBLISHED))
def test_an_acceptance_gives_the_status_that_is_wanted(wanted: Status) -> None:
    """A reviewer may publish as experimental or as stable."""
    assert next_status(Event.ACCEPTED, Status.SUBMITTED, wanted) is wanted


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        (Event.ACCEPTED, Status.RETIRED),
        (Event.ACCEPTED, Status.SUBMITTED),
        (Event.SUBMITTED, Status.STABLE),
        (Event.REJECTED, Status.STABLE),
        (Event.VERIFIED, Status.STABLE),
        (Event.RETIRED, Status.SUPERSEDED),
    ],
)
def test_a_status_that_the_event_cannot_give_is_refused(
    event: Event, wanted: Status
) -> None:
    """Nobody publishes by any event but an acceptance."""
    with pytest.raises(NotAllowed):
        next_status(event, Status.STABLE, wanted)


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("before", [None, *Status])
def test_no_refusal_mixes_languages(event: Event, before: Status | None) -> None:
    """A Bulgarian sentence has no Latin letter in it."""
    if before in LIFE[event]:
        return
    with pytest.raises(NotAllowed) as refused:
        next_status(event, before)

    assert re.search("[A-Za-z]", refused.value.detail["bg"]) is None


def test_a_refusal_names_the_state_in_both_languages() -> None:
    """The sentence says what the record is, and what it cannot become."""
    with pytest.raises(NotAllowed) as refused:
        next_status(Event.RETIRED, None)

    assert refused.value.detail == {
        "en": "A record that is new cannot be retired.",
        "bg": "Запис със състояние „нов“ не може да стане „оттеглен“.",
    }


def test_only_a_reviewer_decides() -> None:
    """The table asks for a reviewer wherever something public changes."""
    contributors = {
        event
        for event, transition in TRANSITIONS.items()
        if transition.role is Role.CONTRIBUTOR
    }

    assert contributors == {Event.SUBMITTED, Event.VERIFIED}
    assert set(TRANSITIONS) == set(Event)


def test_statuses_are_those_of_the_registry_vocabulary() -> None:
    """A rejected record is *invalid* in the vocabulary; the others keep their name."""
    assert {status: status.iri.removeprefix(REG) for status in Status} == {
        Status.SUBMITTED: "statusSubmitted",
        Status.EXPERIMENTAL: "statusExperimental",
        Status.STABLE: "statusStable",
        Status.REJECTED: "statusInvalid",
        Status.SUPERSEDED: "statusSuperseded",
        Status.RETIRED: "statusRetired",
    }


def test_what_is_public_is_current() -> None:
    """Only an experimental or a stable record is shown to everybody."""
    assert {status for status in Status if status.public} == PUBLISHED
