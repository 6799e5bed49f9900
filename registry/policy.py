"""Who may do what: one function, and what it does not allow is refused.

A role holds in its organisation, and one in the organisation that keeps the registry
holds everywhere. Roles are a ladder: a reviewer may do what a contributor may, an
administrator what a reviewer may. Nobody decides on what they handed in themselves,
whatever their role: the journal's database refuses it too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from registry.errors import NotAllowed
from registry.lifecycle import Role
from registry.people import KEEPER, Person


class State(StrEnum):
    """What stands in the way of, or invites, a verb."""

    NEW = "new"
    """A record that does not exist yet."""
    PUBLISHED = "published"
    RETIRED = "retired"
    SUPERSEDED = "superseded"
    DRAFT = "draft"
    """What somebody has begun to fill in and has not handed in."""
    OPEN = "open"
    """A submission, or a report of a change, that nobody has decided."""
    DECIDED = "decided"
    """One that was accepted, rejected, withdrawn or replaced."""
    ORGANISATION = "organisation"


class Verb(StrEnum):
    """What people do at the desk."""

    SUBMIT = "submit"
    VERIFY = "verify"
    RETIRE = "retire"
    SUPERSEDE = "supersede"
    READ = "read"
    """To see what is not public: a draft, a submission, an organisation's people."""
    EDIT = "edit"
    """To go on with a draft, or to discard it."""
    COMMENT = "comment"
    WITHDRAW = "withdraw"
    CLAIM = "claim"
    ACCEPT = "accept"
    REJECT = "reject"
    AMEND = "amend"
    """To hand in a submission of somebody else's with changes."""
    ADMINISTER = "administer"
    """To invite people to an organisation, and to change their roles in it."""
    AUDIT = "audit"
    """To export who changed what and why in an organisation's records."""
    ERASE = "erase"
    """To forget a person's name and address, and to found organisations."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a verb is done to.

    Attributes:
        state: how it stands.
        organisation: whose it is: the steward of the record, the one for which a
            draft or submission was made, or the organisation itself.
        author: actor who made the draft or submission.
        amends: actor whose submission this submission changes, if it does.
    """

    state: State
    organisation: str = KEEPER
    author: str | None = None
    amends: str | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    role: Role
    author: bool | None = None
    """Whether only the author may (`True`), or anybody but the author (`False`)."""
    keeper: bool = False
    """Whether the role has to be one in the organisation that keeps the registry."""


_CONTRIBUTOR = _Rule(Role.CONTRIBUTOR)
_REVIEWER = _Rule(Role.REVIEWER)
_OTHER = _Rule(Role.REVIEWER, author=False)

RULES: Mapping[tuple[State, Verb], _Rule] = MappingProxyType(
    {
        (State.NEW, Verb.SUBMIT): _CONTRIBUTOR,
        (State.PUBLISHED, Verb.SUBMIT): _CONTRIBUTOR,
        (State.PUBLISHED, Verb.VERIFY): _CONTRIBUTOR,
        (State.PUBLISHED, Verb.RETIRE): _REVIEWER,
        (State.PUBLISHED, Verb.SUPERSEDE): _REVIEWER,
        (State.RETIRED, Verb.SUBMIT): _REVIEWER,
        (State.DRAFT, Verb.READ): _CONTRIBUTOR,
        (State.DRAFT, Verb.EDIT): _CONTRIBUTOR,
        (State.OPEN, Verb.READ): _CONTRIBUTOR,
        (State.OPEN, Verb.COMMENT): _CONTRIBUTOR,
        (State.OPEN, Verb.WITHDRAW): _Rule(Role.CONTRIBUTOR, author=True),
        (State.OPEN, Verb.CLAIM): _OTHER,
        (State.OPEN, Verb.ACCEPT): _OTHER,
        (State.OPEN, Verb.REJECT): _OTHER,
        (State.OPEN, Verb.AMEND): _OTHER,
        (State.DECIDED, Verb.READ): _CONTRIBUTOR,
        (State.ORGANISATION, Verb.READ): _CONTRIBUTOR,
        (State.ORGANISATION, Verb.ADMINISTER): _Rule(Role.ADMINISTRATOR),
        (State.ORGANISATION, Verb.AUDIT): _REVIEWER,
        (State.ORGANISATION, Verb.ERASE): _Rule(Role.ADMINISTRATOR, keeper=True),
    }
)
"""Everything that can be allowed, and to whom."""

_OWN = frozenset(
    {
        (State.OPEN, Verb.READ),
        (State.OPEN, Verb.COMMENT),
        (State.OPEN, Verb.WITHDRAW),
        (State.DECIDED, Verb.READ),
    }
)
"""What one may do with what one handed in oneself, whichever organisation decides it.

Figures of a municipality are handed in for a table that the keeper looks after.
"""

_LADDER = (Role.CONTRIBUTOR, Role.REVIEWER, Role.ADMINISTRATOR)


def allowed(person: Person | None, verb: Verb, subject: Subject) -> bool:
    """Says whether somebody may do something.

    Two people have seen the last word of every decision: an amendment may also be
    accepted by whoever made the submission that it amends.

    Args:
        person: who asks; `None` for somebody who is not logged in.
        verb: what is to be done.
        subject: to what.
    """
    rule = RULES.get((subject.state, verb))
    if person is None or rule is None:
        return False
    own = person.actor == subject.author
    if own and person.roles and (subject.state, verb) in _OWN:
        return True
    if rule.author is not None and rule.author != own:
        return False
    if verb is Verb.ACCEPT and subject.amends == person.actor:
        return reaches(person, subject.organisation, Role.CONTRIBUTOR)
    organisation = KEEPER if rule.keeper else subject.organisation
    return reaches(person, organisation, rule.role)


def reaches(person: Person, organisation: str, role: Role) -> bool:
    """Says whether somebody has at least a role, in an organisation or everywhere."""
    held = {person.roles.get(organisation), person.roles.get(KEEPER)}
    return any(step in held for step in _LADDER[_LADDER.index(role) :])


def require(person: Person | None, verb: Verb, subject: Subject) -> None:
    """Checks that somebody may do something.

    Raises:
        NotAllowed: they may not.
    """
    if not allowed(person, verb, subject):
        raise NotAllowed(
            "You may not do this: it needs another role, another person, or "
            "another state.",
            "Не можете да направите това: нужна е друга роля, друг човек или друго "
            "състояние.",
        )
