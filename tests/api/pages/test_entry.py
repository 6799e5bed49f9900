from api.pages.choosing import Choices
from api.pages.entry import EntryForm
from api.pages.facts import Labels
from registry.forms.faults import Fault
from registry.forms.naming import Given
from registry.forms.reading import read
from registry.forms.translation import states
from tests.api.conftest import Sample
from tests.forms import field, forms
from tests.versions import BASE, concept, place

THING = f"{BASE}id/institution/one"
FORM = forms()["institution"]
PAIRS = [
    ("name.bg", "Име"),
    ("serviceKind", concept("service-kind", "unheard-of")),
    ("location", place("bg")),
    ("location", ""),
    ("location.search", " bulgaria "),
    ("parent.search", "centre"),
    ("identifier.4.eik", "1"),
    ("contact.0.openingHours.0.description.bg", "9–17"),
]
FAULTS = [
    Fault("name.en", "should", "name-en-missing", {"en": "Add it."}, "name.en"),
    Fault("homepage~1", "must", "homepage-address", {"en": "Mend it."}, "homepage"),
]


def view(sample: Sample) -> EntryForm:
    """Returns a form with something of everything."""
    typed = read(FORM, PAIRS, {"id": THING}, THING)
    choices = Choices(Labels(sample.journal, sample.iris, "en"), sample.lists)
    found = states([typed.document])
    return EntryForm(FORM, Given(PAIRS), typed, FAULTS, found, choices)


def test_values_and_rows_are_those_that_were_sent(sample: Sample) -> None:
    """There is always something to write in, and one row of what cannot go."""
    made = view(sample)

    assert (made.values("name.bg"), made.values("name.en")) == (["Име"], [""])
    assert made.rows("identifier", several=True) == [4]
    assert made.rows("funder", several=True) == []
    assert made.rows("address", several=False) == [0]


def test_faults_stand_at_their_inputs(sample: Sample) -> None:
    """Advice does not make an input an invalid one."""
    made = view(sample)

    assert [fault.code for fault in made.wrong("homepage")] == ["homepage-address"]
    assert made.marked("homepage~1")
    assert not made.marked("homepage")
    assert not made.marked("name.en")


def test_a_code_that_the_list_lacks_is_shown_too(sample: Sample) -> None:
    """What was chosen does not go because nobody knows it."""
    options = view(sample).codes(field("institution", "serviceKind"), "serviceKind")

    assert [option.value for option in options] == [
        concept("service-kind", "legal-aid"),
        concept("service-kind", "unheard-of"),
    ]


def test_what_was_found_is_not_offered_twice(sample: Sample) -> None:
    """What is chosen already stands above it."""
    made = view(sample)

    assert [option.value for option in made.chosen("location")] == [place("bg")]
    assert made.found(field("institution", "location"), "location") == []
    assert made.found(field("institution", "areaServed"), "areaServed") is None
    assert made.searched("location") == "bulgaria"
    (parent,) = made.found(field("institution", "parent"), "parent") or []
    assert parent.value == f"{BASE}id/institution/centre"


def test_translations_are_told_of_the_node_that_they_are_in(sample: Sample) -> None:
    """The node of a row that is empty has none."""
    made = view(sample)
    name = field("institution", "name")
    hours = field("institution", "contact", "openingHours", "description")

    assert made.translation(name, "", "en") == "missing"
    assert made.translation(hours, "contact.0.openingHours.0.", "bg") == "current"
    assert made.translation(hours, "address.0.", "bg") is None


def test_inputs_suit_what_is_typed_into_them(sample: Sample) -> None:
    """A telephone shows digits; a class has a name."""
    made = view(sample)

    assert made.input("telephone") == ("tel", "tel")
    assert made.input("date") == ("text", "text")
    assert made.type_name("PublicOrganisation")["en"] == "Public body"
    assert made.type_name("Nonsense") == {}
