from registry.forms.faults import LOST, Fault, lost, placed
from registry.forms.reading import read
from registry.language import LANGUAGES
from registry.losses import Loss
from registry.namespaces import DCT, FOAF, LOCN, M8G, SKOS
from registry.report import Result
from tests.forms import forms
from tests.versions import BASE

FORM = forms()["institution"]
THING = f"{BASE}id/institution/one"
PAIRS = [
    ("name.bg", "Име"),
    ("name.en", "Name"),
    ("homepage", "https://a.bg/"),
    ("homepage", "b.bg"),
    ("identifier.3.eik", "1"),
    ("identifier.5.eik", "2"),
    ("contact.0.email", "x"),
    ("contact.0.openingHours.0.description.en", "\t"),
    ("contact.0.openingHours.0.description.bg", "9–17"),
]
TYPED = read(FORM, PAIRS, {"id": THING}, THING)
MESSAGE = {"bg": "Оправете го.", "en": "Mend it."}


def _anchor(
    code: str, path: str | None, node: str = "", value: str | None = None
) -> str:
    result = Result(code, "must", THING, THING + node, path, value, MESSAGE)
    (fault,) = placed([result], TYPED, PAIRS)
    assert (fault.severity, fault.code, fault.message) == ("must", code, MESSAGE)
    return fault.anchor or "nowhere"


def test_a_result_lands_at_the_input_that_it_is_about() -> None:
    """By property and node, by the language a rule asks for, and by the value."""
    found = [
        _anchor("name-missing", f"{SKOS}prefLabel"),
        _anchor("name-en-missing", f"{SKOS}prefLabel"),
        _anchor("name-too-long", f"{SKOS}prefLabel", value="Name"),
        _anchor("homepage-address", f"{FOAF}homepage", value="b.bg"),
        _anchor("identifier-number", f"{SKOS}notation", "#licence-2", "2"),
        _anchor("email-format", f"{M8G}email", "#contact", "x"),
        _anchor("opening-hours-text", f"{DCT}description", "#hours", "9–17"),
        _anchor("address-empty", f"{LOCN}address", value=f"{THING}#address"),
    ]

    assert found == [
        "name.bg",
        "name.en",
        "name.en",
        "homepage~1",
        "identifier.5.eik",
        "contact.0.email",
        "contact.0.openingHours.0.description.bg",
        "address",
    ]


def test_a_result_that_fits_no_field_belongs_to_the_whole() -> None:
    """A rule about the node itself, or about a node that the form does not show."""
    assert _anchor("authority-unexpected", None) == "nowhere"
    assert _anchor("email-format", f"{M8G}email", "#elsewhere") == "nowhere"


def test_a_loss_lands_at_the_input_that_it_was_typed_in() -> None:
    """A JSON Pointer is followed into nested nodes, be they one or several."""
    losses = [
        Loss("/homepage/1", "b.bg", "bad-iri"),
        Loss("/homepage", "b.bg", "bad-iri"),
        Loss("/identifier/1/eik", "2", "bad-iri"),
        Loss("/contact/email", "x", "bad-iri"),
        Loss("/contact/openingHours/description/bg", "9–17", "bad-language"),
        Loss("", "https://a.bg/", "bad-scheme"),
        Loss("/nonsense", "none", "undefined-term"),
    ]

    assert [fault.anchor for fault in lost(losses, TYPED, PAIRS)] == [
        "homepage~1",
        "homepage~1",
        "identifier.5.eik",
        "contact.0.email",
        "contact.0.openingHours.0.description.bg",
        "homepage",
        None,
    ]
    assert lost(losses[:1], TYPED, PAIRS) == [
        Fault("homepage~1", "must", "", LOST["bad-iri"], "homepage")
    ]


def test_every_reason_of_a_loss_has_words() -> None:
    """In both languages."""
    assert set(LOST) == {"bad-iri", "bad-scheme", "control-character"}
    assert all(set(text) == set(LANGUAGES) for text in LOST.values())
