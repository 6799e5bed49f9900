import pytest

from api.pages.addresses import Addresses
from api.pages.facts import Fact, Value
from api.pages.reading import Reader, readable
from tests.versions import BASE, concept, place

READER = Reader(Addresses(BASE, "en"))


def test_contacts_stand_by_themselves() -> None:
    """Nodes that only stand between a term and its text are left out."""
    hours = Value(facts=[Fact("description", (Value("9–17", "en"),))])
    contact = Value(
        facts=[Fact("email", (Value("a@b.example"),)), Fact("openingHours", (hours,))]
    )
    parent = Value("Part", "en", None, [Fact("note", (Value("x"),))])

    assert readable([Fact("contact", (contact,)), Fact("parent", (parent,))]) == [
        Fact("email", (Value("a@b.example"),)),
        Fact("openingHours", (Value("9–17", "en"),)),
        Fact("parent", (parent,)),
    ]


@pytest.mark.parametrize(
    ("term", "iri", "address"),
    [
        ("servesIn", concept("language", "ar"), f"{BASE}en/find?language=ar"),
        ("genre", concept("x", "y"), f"{BASE}en/scheme/x#y"),
        ("location", place("bg"), f"{BASE}en/place/bg"),
        ("servesIn", "https://else.example/#ar", "https://else.example/#ar"),
    ],
)
def test_where_values_lead(term: str, iri: str, address: str) -> None:
    """Codes that can be looked for lead to what has them; the rest to their pages."""
    assert READER.to(term, iri) == address


@pytest.mark.parametrize(
    ("iri", "shown"),
    [
        ("https://x.example/%D0%B0", "https://x.example/а"),
        (
            "https://x.example/%E2%80%AEa",
            "https://x.example/%E2%80%AEa",
        ),  # turns around
        ("https://x.example/a%20b", "https://x.example/a%20b"),
        ("https://x.example/%FF", "https://x.example/%FF"),  # no UTF-8
        ("https://x.example/%00", "https://x.example/%00"),
    ],
)
def test_how_addresses_are_shown(iri: str, shown: str) -> None:
    """Letters are shown as letters, unless something in them cannot be seen."""
    assert READER.shown(iri) == shown


def test_short_facts() -> None:
    """Several codes stand in one line; what has one value, or no code, does not."""
    code = Value("a", "en", concept("language", "ar"))
    page = Value("https://x.example/", None, "https://x.example/")

    assert READER.short(Fact("servesIn", (code, code)))
    assert not READER.short(Fact("servesIn", (code,)))
    assert not READER.short(Fact("page", (page, page)))


def test_words() -> None:
    """Terms and classes have names; one that has none stands for itself."""
    assert READER.term("homepage").text == "Website"
    assert READER.term("dct:extent").text == "dct:extent"
    assert READER.type("TrainingCentre").text == "Training centre"
    assert READER.status("stable").text == "accepted"
