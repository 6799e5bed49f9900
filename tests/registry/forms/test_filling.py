from registry.forms.filling import added, fill
from tests.forms import forms

INSTITUTION, COURSE = forms()["institution"], forms()["course"]


def test_a_blank_form_has_an_input_for_everything_that_can_be_typed() -> None:
    """Codes and records are chosen, not typed, so nothing is sent for them."""
    assert fill(COURSE, {}) == [
        ("title.bg", ""),
        ("title.en", ""),
        ("price.0.id", ""),
        ("price.0.description.bg", ""),
        ("price.0.description.en", ""),
        ("providedBy.search", ""),
        ("location.search", ""),
        ("areaServed.search", ""),
    ]


def test_a_document_fills_the_form() -> None:
    """A node in a node keeps the names of both in those of its inputs."""
    document = {
        "id": "urn:x",
        "type": ["Organization", "PublicOrganisation"],
        "name": {"bg": "Име", "bg-latn": "Ime"},
        "contact": {
            "id": "urn:x#contact",
            "email": ["a@b.bg", "c@d.bg"],
            "openingHours": {"id": "urn:x#hours", "description": {"en": "9-17"}},
        },
    }

    filled = [one for one in fill(INSTITUTION, document) if one[1]]

    assert filled == [
        ("type", "PublicOrganisation"),
        ("name.bg", "Име"),
        ("contact.0.id", "urn:x#contact"),
        ("contact.0.email", "a@b.bg"),
        ("contact.0.email", "c@d.bg"),
        ("contact.0.openingHours.0.id", "urn:x#hours"),
        ("contact.0.openingHours.0.description.en", "9-17"),
    ]


def test_added_gives_one_more_empty_row() -> None:
    """A nested node gets the next number, a plain value another input."""
    node = added(INSTITUTION, [("identifier.4.id", "")], "identifier")
    plain = added(INSTITUTION, [("homepage", "a")], "homepage")
    inner = added(INSTITUTION, [], "contact.0.telephone")
    number = added(INSTITUTION, [], "identifier.0.eik")

    assert [name for name, _ in node] == [
        "identifier.4.id",
        "identifier.5.id",
        "identifier.5.napoo",
        "identifier.5.eik",
        "identifier.5.issuedDate",
        "identifier.5.description.bg",
        "identifier.5.description.en",
    ]
    assert plain == [("homepage", "a"), ("homepage", "")]
    assert inner == [("contact.0.telephone", "")]
    assert number == [("identifier.0.eik", "")]


def test_nothing_is_added_under_a_name_that_nobody_knows() -> None:
    """Names are anybody's to send."""
    for target in ("nonsense", "contact.0.nonsense", "location", "", "0"):
        assert added(COURSE, [("a", "b")], target or "x") == [("a", "b")]
