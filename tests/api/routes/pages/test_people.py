import pytest

from registry.iris import RecordId
from registry.lifecycle import Role
from registry.organisations import OPERATOR
from registry.people import KEEPER, Organisation
from tests.api.conftest import Sample
from tests.api.routes.pages.reading import Page
from tests.api.visitor import Visitor, joins, mailed
from tests.versions import BASE

PEOPLE = "/en/desk/people"


@pytest.fixture(scope="module")
def school(office: Sample) -> Organisation:
    """An organisation."""
    return office.organisations.found(OPERATOR, {"bg": "Школа", "en": "School"})


@pytest.fixture(scope="module")
def keeper(office: Sample) -> str:
    """Address of an administrator of the keeper."""
    joins(office, "keeper@one.example", KEEPER, Role.ADMINISTRATOR)
    return "keeper@one.example"


def test_an_administrator_invites(
    office: Sample, visitor: Visitor, school: Organisation
) -> None:
    """The mail is in the language that was chosen."""
    joins(office, "a@one.example", school.id, Role.ADMINISTRATOR)
    visitor.logs_in("a@one.example")
    visitor.opens(PEOPLE)

    answer = visitor.sends(
        PEOPLE,
        do="invite",
        organisation=school.id,
        email="new@one.example",
        role="reviewer",
        language="bg",
    )

    assert answer.headers["location"] == (
        f"{BASE}en/desk/people?organisation={school.id}&said=invited"
    )
    assert "Школа, като преглеждащ" in mailed(office, "new@one.example")


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [("no address", "reviewer", "email"), ("n@one.example", "owner", "role")],
)
def test_an_invitation_that_will_not_do(
    office: Sample,
    visitor: Visitor,
    school: Organisation,
    email: str,
    role: str,
    field: str,
) -> None:
    """The page says why, and what was typed is kept."""
    joins(office, f"b{field}@one.example", school.id, Role.ADMINISTRATOR)
    visitor.logs_in(f"b{field}@one.example")
    visitor.opens(PEOPLE)

    refused = visitor.sends(
        PEOPLE,
        422,
        do="invite",
        organisation=school.id,
        email=email,
        role=role,
        language="bg",
    )

    page = Page(refused.text)
    assert page.found("a", href=f"#{field}")
    assert page.found("input", name="email")[0]["value"] == email


def test_a_member_sees_colleagues_and_no_forms(
    office: Sample, visitor: Visitor, school: Organisation
) -> None:
    """Nothing is offered that would be refused; other organisations are nowhere."""
    joins(office, "c@one.example", school.id)
    visitor.logs_in("c@one.example")

    page = Page(visitor.opens(PEOPLE).text)

    assert "c@one.example" in page.text
    assert not page.found("input", name="do")
    visitor.opens(f"{PEOPLE}?organisation={KEEPER}", 404)
    visitor.opens(f"{PEOPLE}?organisation=nobody", 404)


def test_a_role_is_changed_and_taken_away(
    office: Sample, visitor: Visitor, school: Organisation
) -> None:
    """Whom it concerns is logged out."""
    joins(office, "d@one.example", school.id, Role.ADMINISTRATOR)
    actor = joins(office, "e@one.example", school.id)
    member = Visitor(visitor.client)
    member.logs_in("e@one.example")
    visitor.logs_in("d@one.example")
    visitor.opens(PEOPLE)
    asked = {"organisation": school.id, "actor": actor}

    visitor.sends(PEOPLE, do="role", role="reviewer", **asked)

    member.opens("/en/account", 303)
    person = office.directory.person(actor)
    assert person is not None
    assert person.roles == {school.id: Role.REVIEWER}
    visitor.sends(PEOPLE, do="remove", **asked)
    changed = office.directory.person(actor)
    assert changed is not None
    assert changed.roles == {}


def test_what_is_not_allowed_is_refused(
    office: Sample, visitor: Visitor, school: Organisation
) -> None:
    """Guessed forms do nothing: a role of one's own, another's house, erasing."""
    own = joins(office, "f@one.example", school.id, Role.REVIEWER)
    other = joins(office, "g@one.example", KEEPER)
    visitor.logs_in("f@one.example")
    visitor.opens("/en/account")

    for organisation, status, fields in (
        (school.id, 422, {"do": "role", "actor": own, "role": "administrator"}),
        (school.id, 422, {"do": "give", "given": "institution/centre"}),
        (school.id, 422, {"do": "found", "name-bg": "Моя"}),
        (KEEPER, 404, {"do": "remove", "actor": other}),
        (KEEPER, 404, {"do": "invite", "email": "x@y.example", "role": "reviewer"}),
        (school.id, 400, {"do": "nonsense"}),
    ):
        sent = {"language": "bg", **fields}
        visitor.sends(PEOPLE, status, organisation=organisation, **sent)
    visitor.opens(f"{PEOPLE}/erase?actor={other}", 403)
    visitor.sends(f"{PEOPLE}/erase", 403, actor=other)
    assert office.directory.person(other) is not None


def test_the_keeper_founds_and_gives(
    office: Sample, visitor: Visitor, keeper: str
) -> None:
    """An entry is named by the address of its page."""
    visitor.logs_in(keeper)
    visitor.opens(PEOPLE)

    answer = visitor.sends(
        PEOPLE,
        do="found",
        organisation=KEEPER,
        name_bg="Център",
        name_en="",
        record=f"{BASE}bg/institution/centre",
        contact="office@centre.example",
    )

    location = answer.headers["location"]
    page = Page(visitor.opens(location.removeprefix(BASE.rstrip("/"))).text)
    assert "institution/centre" in page.text
    made = location.partition("organisation=")[2].partition("&")[0]
    assert office.directory.steward(RecordId("institution", "centre")) == made
    visitor.sends(PEOPLE, do="give", organisation=made, given="institution/old")
    assert office.directory.steward(RecordId("institution", "old")) == made
    visitor.sends(PEOPLE, 422, do="give", organisation=made, given="nonsense")


def test_a_person_is_erased_after_a_question(
    office: Sample, visitor: Visitor, keeper: str
) -> None:
    """The page names whom, and a click on it forgets them."""
    actor = joins(office, "h@one.example", KEEPER)
    visitor.logs_in(keeper)
    page = Page(visitor.opens(f"{PEOPLE}/erase?actor={actor}").text)

    visitor.sends(f"{PEOPLE}/erase", actor=actor)

    assert "h@one.example" in page.text
    assert office.directory.person(actor) is None
    visitor.opens(f"{PEOPLE}/erase?actor={actor}", 404)


def test_strangers_are_sent_to_log_in(visitor: Visitor) -> None:
    """Before anything is said about organisations."""
    visitor.opens(PEOPLE, 303)
    visitor.opens(f"{PEOPLE}/erase?actor=person/x", 303)
