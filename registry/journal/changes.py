"""What must hold for a change to become an entry."""

from collections.abc import Mapping, Set
from types import MappingProxyType

from registry.errors import Conflict, Invalid, NotAllowed
from registry.iris import RecordId
from registry.lifecycle import Event
from registry.record import Change, Entry, Head

PARTS: Mapping[str, Set[Event]] = MappingProxyType(
    {
        "content": frozenset({Event.SUBMITTED}),
        "decides": frozenset({Event.ACCEPTED, Event.REJECTED}),
        "successor": frozenset({Event.SUPERSEDED}),
    }
)
"""The parts of a change, and the events that have them; no others may."""


def check_parts(change: Change) -> None:
    """Checks that the change has the parts that its event needs, and no others.

    Raises:
        Invalid: a part is missing, or out of place.
    """
    for part, events in PARTS.items():
        given, needed = getattr(change, part) is not None, change.event in events
        if given != needed:
            raise Invalid(
                f"A change of the kind “{change.event}” "
                f"{'needs' if needed else 'cannot have'} “{part}”.",
                f"Промяна от вида „{change.event}“ "
                f"{'трябва да има' if needed else 'не може да има'} „{part}“.",
            )


def check_base(record: RecordId, based_on: int | None, head: Head | None) -> None:
    """Checks that a change was made from the version that is current.

    Raises:
        Conflict: it was not; `extra` has `based_on` and `current`.
    """
    current = 0 if head is None else head.version
    if based_on is not None and based_on != current:
        raise Conflict(
            f"The change of {record} was made from version {based_on}, and the "
            f"current version is {current}.",
            f"Промяната на {record} е направена по версия {based_on}, а текущата "
            f"версия е {current}.",
            extra={"record": str(record), "based_on": based_on, "current": current},
        )


def check_decision(change: Change, submission: Entry | None, decided: bool) -> None:
    """Checks that the change decides an open submission of somebody else's.

    Args:
        change: an acceptance or a rejection.
        submission: the entry that it names, if there is one.
        decided: whether another entry decides it already.

    Raises:
        NotAllowed: there is no such submission of this record, it is decided
            already, or the actor made it.
    """
    number = change.decides
    if (
        submission is None
        or submission.record != change.record
        or submission.event is not Event.SUBMITTED
    ):
        raise NotAllowed(
            f"Entry {number} is not a submission of {change.record}.",
            f"Вписване {number} не е предложение за {change.record}.",
        )
    if decided:
        raise NotAllowed(
            f"Submission {number} was already decided.",
            f"По предложение {number} вече има решение.",
        )
    if submission.actor == change.actor:
        raise NotAllowed(
            "Nobody may decide on a submission of their own.",
            "Никой не може да взема решение по собственото си предложение.",
        )


def check_successor(change: Change, successor: Head | None) -> None:
    """Checks that the record that takes over is another one and is published.

    Raises:
        NotAllowed: it is not.
    """
    if (
        change.successor == change.record
        or successor is None
        or not successor.status.public
    ):
        raise NotAllowed(
            f"{change.successor} cannot take over from {change.record}: "
            "the successor must be another published record.",
            f"{change.successor} не може да замени {change.record}: "
            "заместващият запис трябва да е друг и да е публикуван.",
        )


def changes_nothing(change: Change, head: Head | None) -> bool:
    """Returns whether a submission only repeats what is published now.

    The same content for a retired record does change something: it asks for
    the record to come back.
    """
    return (
        change.content is not None
        and head is not None
        and head.status.public
        and change.content.digest == head.digest
        and change.provenance == head.provenance
    )
