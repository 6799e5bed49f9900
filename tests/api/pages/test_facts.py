from pathlib import Path

import pytest

from api.pages.facts import Fact, Labels, Naming, Value, facts_of, name_of
from tests.api.conftest import Sample, build, publish
from tests.versions import BASE, IRIS, concept


def _labels(sample: Sample) -> Labels:
    return Labels(sample.journal, IRIS, "en")


def test_values(sample: Sample) -> None:
    """Each kind of value becomes a text, a link or a node, in the order of terms."""
    document = {
        "@context": "ignored",
        "id": f"{BASE}id/institution/x",
        "type": "Organization",
        "name": {"en": "X"},
        "homepage": ["https://x.example/", "javascript:alert(1)"],
        "state": concept("operating-state", "active"),
        "description": {"bg": "Текст"},
        "issuedYear": 2024,
        "parent": {"id": f"{BASE}id/institution/x#p", "name": {"bg": "Част"}},
        "dct:extent": {"@value": "7", "@type": "xsd:byte"},
        "contact": {"id": f"{BASE}id/institution/x#c", "telephone": "+359 1"},
    }

    assert facts_of(document, _labels(sample)) == [
        Fact("description", (Value("Текст", "bg"),)),
        Fact("state", (Value("active", "en", concept("operating-state", "active")),)),
        Fact("parent", (Value("Част", "bg", None, []),)),
        Fact(
            "contact",
            (Value(facts=[Fact("telephone", (Value("+359 1", None, "tel:+3591"),))]),),
        ),
        Fact(
            "homepage",
            (
                Value("https://x.example/", None, "https://x.example/"),
                Value("javascript:alert(1)"),
            ),
        ),
        Fact("issuedYear", (Value("2024"),)),
        Fact("dct:extent", (Value("7"),)),
    ]


def test_unknown_reference(sample: Sample) -> None:
    """What a reference names is shown as it is if nobody knows its name."""
    labels = _labels(sample)

    assert labels.name(f"{BASE}id/institution/nobody") is None
    assert labels.name(f"{BASE}id/scheme/operating-state#nothing") is None
    assert labels.name("https://elsewhere.example/") is None


def test_several_names() -> None:
    """The first of several names in one language is shown."""
    assert name_of({"title": {"bg": ["Едно", "Две"]}}) == {"bg": "Едно"}
    assert name_of({}) == {}


@pytest.mark.parametrize(
    ("term", "value", "link"),
    [
        ("telephone", "+359 (38) 66-50.21", "tel:+35938665021"),
        ("telephone", "02 123, 02 456", None),
        ("telephone", "javascript:1", None),
        ("email", "office@centre.example", "mailto:office@centre.example"),
        ("email", "a@b.example?bcc=c@d.example", None),
        ("email", "ask at the door", None),
    ],
)
def test_contacts(sample: Sample, term: str, value: str, link: str | None) -> None:
    """A contact is a link only if it is one number, or one address."""
    (fact,) = facts_of({term: value}, _labels(sample))

    assert fact == Fact(term, (Value(value, None, link),))


def test_names_are_kept_while_the_journal_stands_still(tmp_path: Path) -> None:
    """What was read is known to the next page, until something is published."""
    sample = build(tmp_path)
    naming = Naming(sample.journal)
    labels = Labels(sample.journal, IRIS, "en", naming.known())
    labels.name(f"{BASE}id/place/bg")
    before = dict(naming.known())
    publish(sample.journal, "place/bg", {"type": "Location", "name": {"en": "New"}})
    after = naming.known()
    newer = Labels(sample.journal, IRIS, "en", after).name(f"{BASE}id/place/bg")
    sample.journal.close()

    assert list(before) == [f"{BASE}id/place/bg"]
    assert newer is not None
    assert newer.text == "New"
