import pytest

from registry.forms.field import Literal, Style
from registry.namespaces import DCT, INTG, ORG
from tests.forms import field, forms
from tests.versions import BASE


def test_kinds_that_people_fill_in_have_a_form() -> None:
    """Tables, places, code lists and datasets of others have none."""
    assert set(forms()) == {
        "institution",
        "training-centre",
        "course",
        "service",
        "publication",
        "practice",
    }


def test_types_are_those_that_everything_of_a_kind_has() -> None:
    """Whoever fills in a form does not have to know them."""
    assert {kind: form.types for kind, form in forms().items()} == {
        "institution": ("Organization",),
        "training-centre": ("Organization", "TrainingCentre"),
        "course": ("LearningOpportunity",),
        "service": ("IntegrationService",),
        "publication": (),
        "practice": ("IntegrationMeasure",),
    }
    assert field("service", "type").options == ("PublicService",)


def test_a_rule_about_a_code_list_makes_a_field_of_codes() -> None:
    """Which list it is differs between kinds that share a field."""
    of = {kind: field(kind, "classification") for kind in list(forms())[:2]}

    assert {one.style for one in of.values()} == {Style.CODES}
    assert [one.scheme for one in of.values()] == [
        f"{BASE}id/scheme/institution-kind",
        f"{BASE}id/scheme/training-centre-kind",
    ]
    assert not of["institution"].several
    assert of["institution"].tier == "must"


def test_text_knows_which_rule_asks_for_which_language() -> None:
    """A rule about one language is one about the input in that language."""
    name, description = field("course", "title"), field("practice", "description")

    assert name.style is Style.TEXT
    assert name.rules["title-bg-missing"] == "bg"
    assert name.rules["title-missing"] is None
    assert (name.long, description.long) == (False, True)


def test_what_only_should_be_said_is_told_apart() -> None:
    """A warning makes a field that should be filled in, a violation one that must."""
    tiers = {one.term: one.tier for one in forms()["institution"].fields}

    assert tiers["name"] == "must"
    assert tiers["description"] == tiers["contact"] == "should"
    assert tiers["parent"] is None


def test_a_field_may_take_a_record_or_a_nested_node() -> None:
    """A parent is one of the register or has a name only; a funder has a name."""
    parent, place = field("institution", "parent"), field("course", "location")
    publisher, funder = (
        field("publication", "publisher"),
        field("publication", "funder"),
    )

    assert (parent.classes, parent.nested_class) == (
        (f"{ORG}Organization",),
        "Organization",
    )
    assert [one.term for one in parent.nested] == ["name"]
    assert (place.classes, place.nested) == ((f"{DCT}Location",), ())
    assert publisher.classes == parent.classes
    assert (funder.classes, funder.nested_class) == ((), "Agent")
    assert field("course", "providedBy").classes == (f"{INTG}TrainingCentre",)


def test_plain_text_has_an_input_for_each_datatype() -> None:
    """Where there are two, each is called what the ontology calls the datatype."""
    napoo, eik = field("institution", "identifier", "napoo").literals

    assert (napoo.term, eik.term) == ("napoo", "eik")
    assert napoo.name["en"] == "NAVET licence number"
    assert field("institution", "identifier", "issuedDate").literals == (
        Literal("issuedDate", "date", {}),
    )
    assert field("publication", "issuedYear").literals == (
        Literal("issuedYear", "year", {}),
    )


@pytest.mark.parametrize("kind", list(forms()))
def test_groups_stand_in_the_order_that_they_say(kind: str) -> None:
    """What it is comes first, and every field of a form is in one group."""
    groups = forms()[kind].groups

    assert groups[0].label["en"] == "What it is"
    assert all(group.fields and set(group.label) == {"bg", "en"} for group in groups)
