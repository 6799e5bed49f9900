from itertools import product

import pytest

from registry.errors import NotAllowed
from registry.lifecycle import Role
from registry.people import KEEPER, Person
from registry.policy import RULES, State, Subject, Verb, allowed, reaches, require

OURS, OTHERS = "org-1", "org-2"

C, R, A = Role.CONTRIBUTOR, Role.REVIEWER, Role.ADMINISTRATOR

WHO: dict[str, Person | None] = {
    "nobody": None,
    "without a role": Person("p-0", "No", "no@example.org"),
    "contributor": Person("p-1", "Co", "co@example.org", roles={OURS: C}),
    "reviewer": Person("p-2", "Re", "re@example.org", roles={OURS: R}),
    "administrator": Person("p-3", "Ad", "ad@example.org", roles={OURS: A}),
    "stranger": Person("p-4", "St", "st@example.org", roles={OTHERS: A}),
    "keeper's contributor": Person("p-5", "Kc", "kc@example.org", roles={KEEPER: C}),
    "keeper's reviewer": Person("p-6", "Kr", "kr@example.org", roles={KEEPER: R}),
    "keeper's administrator": Person("p-7", "Ka", "ka@example.org", roles={KEEPER: A}),
}

_CONTRIBUTORS = {
    "contributor",
    "reviewer",
    "administrator",
    "keeper's contributor",
    "keeper's reviewer",
    "keeper's administrator",
}
_REVIEWERS = _CONTRIBUTORS - {"contributor", "keeper's contributor"}
_ADMINISTRATORS = {"administrator", "keeper's administrator"}

MAY: dict[tuple[State, Verb], set[str]] = {
    (State.NEW, Verb.SUBMIT): _CONTRIBUTORS,
    (State.PUBLISHED, Verb.SUBMIT): _CONTRIBUTORS,
    (State.PUBLISHED, Verb.VERIFY): _CONTRIBUTORS,
    (State.PUBLISHED, Verb.RETIRE): _REVIEWERS,
    (State.PUBLISHED, Verb.SUPERSEDE): _REVIEWERS,
    (State.RETIRED, Verb.SUBMIT): _REVIEWERS,
    (State.DRAFT, Verb.READ): _CONTRIBUTORS,
    (State.DRAFT, Verb.EDIT): _CONTRIBUTORS,
    (State.OPEN, Verb.READ): _CONTRIBUTORS,
    (State.OPEN, Verb.COMMENT): _CONTRIBUTORS,
    (State.OPEN, Verb.CLAIM): _REVIEWERS,
    (State.OPEN, Verb.ACCEPT): _REVIEWERS,
    (State.OPEN, Verb.REJECT): _REVIEWERS,
    (State.OPEN, Verb.AMEND): _REVIEWERS,
    (State.DECIDED, Verb.READ): _CONTRIBUTORS,
    (State.ORGANISATION, Verb.READ): _CONTRIBUTORS,
    (State.ORGANISATION, Verb.ADMINISTER): _ADMINISTRATORS,
    (State.ORGANISATION, Verb.AUDIT): _REVIEWERS,
    (State.ORGANISATION, Verb.ERASE): {"keeper's administrator"},
}
"""Who may do what to something of `OURS` that somebody else made."""

_OWN = {
    (State.OPEN, Verb.READ),
    (State.OPEN, Verb.COMMENT),
    (State.OPEN, Verb.WITHDRAW),
    (State.DECIDED, Verb.READ),
}
_DECIDING = {Verb.CLAIM, Verb.ACCEPT, Verb.REJECT, Verb.AMEND}


@pytest.mark.parametrize(
    ("who", "state", "verb"), list(product(WHO, State, Verb)), ids=str
)
def test_every_role_in_every_state_with_every_verb(
    who: str, state: State, verb: Verb
) -> None:
    """The whole matrix, for what somebody else made: what is not here is refused."""
    expected = who in MAY.get((state, verb), set())

    assert allowed(WHO[who], verb, Subject(state, OURS, "p-99")) is expected


@pytest.mark.parametrize(
    ("who", "state", "verb"), list(product(WHO, State, Verb)), ids=str
)
def test_every_role_with_what_is_its_own(who: str, state: State, verb: Verb) -> None:
    """The whole matrix, for what one made oneself: withdrawn, but never decided.

    It may be read and withdrawn with a role in another organisation too, such as that
    of a municipality whose figures the keeper decides on.
    """
    person = WHO[who]
    author = person.actor if person else None
    expected = who in MAY.get((state, verb), set())
    if state is State.OPEN:
        expected = expected and verb not in _DECIDING
    if person and person.roles and (state, verb) in _OWN:
        expected = True

    assert allowed(person, verb, Subject(state, OURS, author)) is expected


@pytest.mark.parametrize("who", WHO)
def test_an_amendment_may_be_accepted_by_whom_it_amends(who: str) -> None:
    """Who made the submission agrees to its amendment, in the same organisation."""
    person = WHO[who]
    subject = Subject(State.OPEN, OURS, "p-99", amends=person.actor if person else "")

    assert allowed(person, Verb.ACCEPT, subject) is (who in _CONTRIBUTORS)


def test_an_amendment_is_not_accepted_by_who_made_it() -> None:
    """Even a person who amends their own submission does not accept it."""
    reviewer = WHO["reviewer"]
    subject = Subject(State.OPEN, OURS, "p-2", amends="p-2")

    assert not allowed(reviewer, Verb.ACCEPT, subject)


def test_roles_are_a_ladder() -> None:
    """A higher role includes the lower, in its own organisation only."""
    reviewer = WHO["reviewer"]
    assert reviewer is not None

    assert [reaches(reviewer, OURS, role) for role in Role] == [True, True, False]
    assert [reaches(reviewer, OTHERS, role) for role in Role] == [False] * 3


def test_what_is_not_allowed_is_refused_in_words() -> None:
    """`require` lets pass what is allowed, and refuses the rest."""
    require(WHO["reviewer"], Verb.ACCEPT, Subject(State.OPEN, OURS, "p-99"))

    with pytest.raises(NotAllowed):
        require(WHO["contributor"], Verb.ACCEPT, Subject(State.OPEN, OURS, "p-99"))


def test_each_rule_is_in_the_matrix() -> None:
    """No rule is left out of the tests above."""
    assert {*MAY, (State.OPEN, Verb.WITHDRAW)} == set(RULES)
