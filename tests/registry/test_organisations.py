import pytest

from registry.errors import BadParameter, NotAllowed, NotFound
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from registry.lifecycle import Role
from registry.organisations import OPERATOR
from registry.people import KEEPER, Organisation
from tests.api.conftest import publish
from tests.people import Desk, desk
from tests.versions import BASE

SCHOOL = RecordId("training-centre", "school")
NAME = {"bg": " Школа ", "en": ""}


@pytest.fixture
def here(journal: SqlJournal) -> Desk:
    """A desk, and a centre with a course and a service, beside those of another."""
    document: dict[str, object] = {"type": "Organization", "name": {"bg": "Школа"}}
    publish(journal, str(SCHOOL), document)
    thing, other = f"{BASE}id/{SCHOOL}", f"{BASE}id/training-centre/other"
    course = {"type": "LearningOpportunity", "title": {"bg": "Курс"}}
    service = {"type": "Service", "name": {"bg": "Услуга"}}
    publish(journal, "course/own", {**course, "providedBy": thing})
    publish(journal, "course/other", {**course, "providedBy": other})
    publish(journal, "service/own", {**service, "provider": [other, thing]})
    return desk(journal)


def test_an_organisation_gets_its_entry_and_what_that_provides(here: Desk) -> None:
    """Its courses and services with it, and those of nobody else."""
    made = here.organisations.found(
        OPERATOR, NAME, record=SCHOOL, contact="Office@school.example"
    )

    assert made == Organisation(
        made.id, {"bg": "Школа"}, SCHOOL, "office@school.example"
    )
    assert here.directory.organisation(made.id) == made
    assert here.directory.kept(made.id) == [
        RecordId("course", "own"),
        RecordId("service", "own"),
        SCHOOL,
    ]
    assert here.directory.steward(RecordId("course", "other")) == KEEPER


def test_an_entry_belongs_to_one_organisation(here: Desk) -> None:
    """It is not founded twice, and not for an entry that is not there."""
    here.organisations.found(OPERATOR, NAME, record=SCHOOL)

    with pytest.raises(NotAllowed):
        here.organisations.found(OPERATOR, NAME, record=SCHOOL)
    with pytest.raises(NotFound):
        here.organisations.found(OPERATOR, NAME, record=RecordId("institution", "x"))


@pytest.mark.parametrize(
    ("name", "contact"),
    [
        ({}, ""),
        ({"bg": " "}, ""),
        ({"bg": "Ш" * 301}, ""),
        ({"bg": "Ш\x07"}, ""),
        ({"de": "Schule"}, ""),
        (NAME, "no address"),
    ],
)
def test_an_organisation_needs_a_name(
    here: Desk, name: dict[str, str], contact: str
) -> None:
    """In a language of ours; its contact, if it has one, is an address."""
    with pytest.raises(BadParameter):
        here.organisations.found(OPERATOR, name, contact=contact)


def test_records_are_given_away_by_the_keeper(here: Desk) -> None:
    """Administrators of other organisations found nothing and give nothing."""
    made = here.organisations.found(OPERATOR, NAME)
    head = here.joins("h@one.example", made.id, Role.ADMINISTRATOR)
    course = RecordId("course", "other")

    with pytest.raises(NotAllowed):
        here.organisations.assign(head, course, made.id)
    with pytest.raises(NotAllowed):
        here.organisations.found(head, NAME)
    with pytest.raises(NotFound):
        here.organisations.assign(OPERATOR, RecordId("course", "none"), made.id)
    here.organisations.assign(OPERATOR, course, made.id)
    assert here.directory.steward(course) == made.id


def test_members_see_each_other(here: Desk) -> None:
    """Those of other organisations do not see them."""
    made = here.organisations.found(OPERATOR, NAME)
    member = here.joins("m@one.example", made.id)
    keeper = here.joins("k@one.example", KEEPER)
    stranger = here.joins("s@one.example", here.organisations.found(OPERATOR, NAME).id)

    for person in (member, keeper):
        assert here.organisations.people(person, made.id) == [member]
    with pytest.raises(NotAllowed):
        here.organisations.people(stranger, made.id)


def test_a_role_changes_and_ends(here: Desk) -> None:
    """Each change ends the sessions of whom it concerns."""
    made = here.organisations.found(OPERATOR, NAME)
    head = here.joins("h@one.example", made.id, Role.ADMINISTRATOR)
    member = here.joins("m@one.example", made.id)
    first = here.access.enter(member.actor)

    here.organisations.change_role(head, member.actor, made.id, Role.REVIEWER)

    assert here.access.visitor(first) is None
    second = here.access.enter(member.actor)
    changed = here.access.visitor(second)
    assert changed is not None
    assert changed.roles == {made.id: Role.REVIEWER}
    here.organisations.remove(head, member.actor, made.id)
    assert here.access.visitor(second) is None
    assert here.directory.members(made.id) == [head]


def test_only_administrators_change_roles_and_never_their_own(here: Desk) -> None:
    """Somebody stays in charge, and nobody reaches into another organisation."""
    made = here.organisations.found(OPERATOR, NAME)
    head = here.joins("h@one.example", made.id, Role.ADMINISTRATOR)
    member = here.joins("m@one.example", made.id, Role.REVIEWER)
    keeper = here.joins("k@one.example", KEEPER)

    for person, actor, organisation, refusal in (
        (member, head.actor, made.id, NotAllowed),
        (member, member.actor, made.id, NotAllowed),
        (head, head.actor, made.id, NotAllowed),
        (head, keeper.actor, KEEPER, NotAllowed),
        (head, keeper.actor, made.id, NotFound),
        (head, "person/nobody", made.id, NotFound),
    ):
        with pytest.raises(refusal):
            here.organisations.change_role(
                person, actor, organisation, Role.ADMINISTRATOR
            )
        with pytest.raises(refusal):
            here.organisations.remove(person, actor, organisation)


def test_the_keeper_erases_people(here: Desk) -> None:
    """Its administrators do, others do not, and nobody erases themselves."""
    made = here.organisations.found(OPERATOR, NAME)
    head = here.joins("h@one.example", made.id, Role.ADMINISTRATOR)
    keeper = here.joins("k@one.example", KEEPER, Role.ADMINISTRATOR)

    with pytest.raises(NotAllowed):
        here.organisations.erase(head, keeper.actor)
    with pytest.raises(NotAllowed):
        here.organisations.erase(keeper, keeper.actor)
    here.organisations.erase(keeper, head.actor)
    assert here.directory.person(head.actor) is None
