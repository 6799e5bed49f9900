from registry import strangers
from registry.losses import Loss

ROOT = "http://registry.example/id/place/bg"


def test_a_record_speaks_of_itself_and_its_nodes() -> None:
    """Addresses of every harmless kind may stand in it."""
    text = "".join(
        f"<{ROOT}#a> <https://p.example/> <{iri}> .\n"
        for iri in ("mailto:a@example.org", "tel:+359", "urn:x:y", "doi:10.1/2")
    )

    assert list(strangers.found(f'<{ROOT}> <http://p> "x\\n" .\n{text}', ROOT)) == []


def test_everything_strange_is_named_once() -> None:
    """Other subjects, dangerous addresses, and characters that no text needs."""
    text = (
        '<http://other.example/> <http://p> "a\\u0001" .\n'
        "<http://other.example/> <http://q> <JavaScript:alert> .\n"
        "<http://known.example/> <http://q> <JavaScript:alert> .\n"
    )

    found = list(strangers.found(text, ROOT, ["http://known.example/"]))

    assert found == [
        Loss("", ROOT, "nothing-said"),
        Loss("", "http://other.example/", "foreign-subject"),
        Loss("", "a\N{REPLACEMENT CHARACTER}", "control-character"),
        Loss("", "JavaScript:alert", "bad-scheme"),
    ]


def test_every_reason_has_its_sentences() -> None:
    """In both languages."""
    assert all(set(text) == {"bg", "en"} for text in strangers.PROBLEMS.values())
