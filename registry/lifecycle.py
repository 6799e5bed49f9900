"""The life of a record as one table: events, statuses and who may cause them.

Source: ISO 19135-1:2015, clause 8 (management of registers), in the terms of
the UK Government Linked Data registry vocabulary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from registry.errors import NotAllowed
from registry.namespaces import REG


class Status(StrEnum):
    """What a record is, after its latest event."""

    SUBMITTED = "submitted"
    EXPERIMENTAL = "experimental"
    STABLE = "stable"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    RETIRED = "retired"

    @property
    def iri(self) -> str:
        """The status in the registry vocabulary."""
        name = "invalid" if self is Status.REJECTED else self.value
        return f"{REG}status{name.capitalize()}"

    @property
    def public(self) -> bool:
        """Whether the record is shown to everybody."""
        return self in PUBLISHED


PUBLISHED = frozenset({Status.EXPERIMENTAL, Status.STABLE})
"""The statuses of a record that is current and public."""


class Event(StrEnum):
    """What can happen to a record."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    RETIRED = "retired"
    VERIFIED = "verified"


class Role(StrEnum):
    """Who may cause an event, within an organisation."""

    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Transition:
    """When an event may happen, what it leads to, and the least role it needs.

    `None` in `before` means that the record need not exist yet. `after` lists
    the statuses the record may have next; an empty set keeps the present one.
    """

    before: frozenset[Status | None]
    after: frozenset[Status]
    role: Role


_ANY: frozenset[Status | None] = frozenset({None, *Status})

TRANSITIONS: Mapping[Event, Transition] = MappingProxyType(
    {
        Event.SUBMITTED: Transition(
            _ANY - {Status.SUPERSEDED}, frozenset(), Role.CONTRIBUTOR
        ),
        Event.ACCEPTED: Transition(
            _ANY - {None, Status.SUPERSEDED}, PUBLISHED, Role.REVIEWER
        ),
        Event.REJECTED: Transition(
            _ANY - {None, Status.SUPERSEDED}, frozenset(), Role.REVIEWER
        ),
        Event.SUPERSEDED: Transition(
            frozenset(PUBLISHED), frozenset({Status.SUPERSEDED}), Role.REVIEWER
        ),
        Event.RETIRED: Transition(
            frozenset(PUBLISHED), frozenset({Status.RETIRED}), Role.REVIEWER
        ),
        Event.VERIFIED: Transition(frozenset(PUBLISHED), frozenset(), Role.CONTRIBUTOR),
    }
)
"""Every event and its transition; what is not here cannot happen."""


_BULGARIAN: Mapping[str, str] = MappingProxyType(
    {
        "new": "нов",
        "submitted": "подаден",
        "accepted": "приет",
        "experimental": "приет предварително",
        "stable": "приет",
        "rejected": "отхвърлен",
        "superseded": "заменен",
        "retired": "оттеглен",
        "verified": "потвърден",
    }
)
"""How a refusal calls statuses and events in Bulgarian."""


def next_status(
    event: Event, before: Status | None, wanted: Status | None = None
) -> Status:
    """Returns the status of the record after the event.

    A first submission makes a record *submitted*, and rejecting it makes it
    *rejected*; neither touches a record that is already published.

    Args:
        event: what happens.
        before: the status of the record, or `None` if there is none yet.
        wanted: which of several statuses; needed only for *accepted*.

    Raises:
        NotAllowed: the event cannot happen to a record in this status.
    """
    transition = TRANSITIONS[event]
    if before not in transition.before or (wanted and wanted not in transition.after):
        raise NotAllowed(
            f"A record that is {before or 'new'} cannot be {wanted or event}.",
            f"Запис със състояние „{_BULGARIAN[before or 'new']}“ не може да стане "
            f"„{_BULGARIAN[wanted or event]}“.",
        )
    if wanted:
        return wanted
    if len(transition.after) == 1:
        return next(iter(transition.after))
    unpublished = before is None or before in {Status.SUBMITTED, Status.REJECTED}
    if event is Event.ACCEPTED:
        return Status.STABLE
    if unpublished and event is Event.SUBMITTED:
        return Status.SUBMITTED
    if unpublished and event is Event.REJECTED:
        return Status.REJECTED
    assert before is not None  # noqa: S101 - the table lets only SUBMITTED be first
    return before
