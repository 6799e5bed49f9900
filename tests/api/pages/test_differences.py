from api.pages.differences import Difference, differences
from api.pages.facts import Labels
from api.pages.wording import Piece
from registry.record import Provenance, Source
from tests.api.conftest import Sample
from tests.versions import BASE, IRIS, concept, version


def test_differences(sample: Sample) -> None:
    """What is gone and what has come is told term by term, language by language."""
    before = version(
        "institution/x",
        {
            "type": "Organization",
            "name": {"bg": "Старо", "en": "Same"},
            "homepage": ["https://a.example/", "https://b.example/"],
            "contact": {
                "id": f"{BASE}id/institution/x#contact",
                "type": "ContactPoint",
                "telephone": "+359 1",
            },
        },
        provenance=Provenance((Source("https://a.example/", "2024"),), ("bg",)),
    )
    after = version(
        "institution/x",
        {
            "type": "Organization",
            "name": {"bg": "Ново", "en": "Same"},
            "homepage": ["https://c.example/", "https://b.example/"],
            "state": concept("operating-state", "active"),
        },
        provenance=Provenance(
            (Source("https://a.example/", "2025"),), ("bg",), {"en": "Check."}
        ),
    )

    assert differences(before, after, Labels(sample.journal, IRIS, "en")) == [
        Difference(("name",), "bg", ["Старо"], ["Ново"]),
        Difference(("state",), None, [], ["active"]),
        Difference(("homepage",), None, ["https://a.example/"], ["https://c.example/"]),
        Difference(
            ("itemSource",),
            None,
            ["https://a.example/ (2024)"],
            ["https://a.example/ (2025)"],
        ),
        Difference(("itemNote",), "en", [], ["Check."]),
        Difference(("contact", "telephone"), None, ["+359 1"], []),
    ]


def test_no_difference(sample: Sample) -> None:
    """A version that says the same has no differences; a first one has all it says."""
    one = version("institution/x", {"type": "Organization", "name": {"bg": "Едно"}})
    labels = Labels(sample.journal, IRIS, "en")

    assert differences(one, one, labels) == []
    assert differences(None, one, labels) == [Difference(("name",), "bg", [], ["Едно"])]


def test_wordings() -> None:
    """One text in place of another is compared word by word; several are not."""
    one = Difference(("description",), "en", ["It is open"], ["It is closed"])
    several = Difference(("homepage",), None, ["a b"], ["a c", "d"])

    assert one.wordings == (
        [[Piece("It is "), Piece("open", marked=True)]],
        [[Piece("It is "), Piece("closed", marked=True)]],
    )
    assert several.wordings == (
        [[Piece("a b", marked=True)]],
        [[Piece("a c", marked=True)], [Piece("d", marked=True)]],
    )
