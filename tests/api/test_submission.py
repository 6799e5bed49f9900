from api import submission
from registry.record import Content, Provenance, Source
from tests.versions import IRIS, ONE, content


def test_the_difference_is_told_in_canonical_lines() -> None:
    """A new record has only more; a text with odd line ends stays whole."""
    changed = content(
        ONE.head.record,
        {"type": "Organization", "name": {"bg": "Едно", "en": "O\u2028ne"}},
    )

    difference = submission.difference(changed, ONE)

    label = f"<{IRIS.thing(ONE.head.record)}> <http://www.w3.org/2004/02/skos/core#"
    assert difference == {
        "added": [f'{label}prefLabel> "O\u2028ne"@en .'],
        "removed": [f'{label}prefLabel> "One"@en .'],
    }
    new = submission.difference(Content("", "a .\nb .\n"), None)
    assert new == {"added": ["a .", "b ."], "removed": []}


def test_provenance_is_told_whole() -> None:
    """Sources with their dates, languages and notes."""
    given = Provenance((Source("https://a.example/", "2024"),), ("bg",), {"en": "x"})

    assert submission.provenance(given) == {
        "sources": [{"iri": "https://a.example/", "issued": "2024"}],
        "nameSeenIn": ["bg"],
        "note": {"en": "x"},
    }


def test_a_submission_has_an_address_of_its_own() -> None:
    """Under the base of the registry."""
    assert submission.address(IRIS, 7) == f"{IRIS.base}submissions/7"
