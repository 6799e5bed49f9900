from datetime import UTC, datetime, timedelta, timezone

from registry.namespaces import DCT, RDF, XSD
from registry.views.dcat.statements import Statements

THING = "http://registry.example/id/catalog/a"


def test_statements_become_canonical_text() -> None:
    """Lines are sorted, and what was stated twice stands once."""
    made = Statements()
    made.text(THING, f"{DCT}title", {"en": 'A "quoted"\nname', "bg": "Име"})
    made.type(THING, f"{DCT}Standard", f"{DCT}Standard")
    made.texts(THING, f"{DCT}subject", {"en": ["one", "two"]})
    made.value(THING, f"{DCT}extent", "12", "integer")

    assert made.canonical() == (
        f'<{THING}> <{DCT}extent> "12"^^<{XSD}integer> .\n'
        f'<{THING}> <{DCT}subject> "one"@en .\n'
        f'<{THING}> <{DCT}subject> "two"@en .\n'
        f'<{THING}> <{DCT}title> "A \\"quoted\\"\\nname"@en .\n'
        f'<{THING}> <{DCT}title> "Име"@bg .\n'
        f"<{THING}> <{RDF}type> <{DCT}Standard> .\n"
    )


def test_moments_are_of_a_second() -> None:
    """Fractions say nothing to a portal, and would make texts differ."""
    made = Statements()
    made.moment(THING, f"{DCT}issued", datetime(2026, 3, 1, 12, 0, 5, 999, tzinfo=UTC))

    assert '"2026-03-01T12:00:05Z"' in made.canonical()


def test_a_moment_of_another_zone_is_told_in_utc() -> None:
    """The same moment is the same text."""
    made = Statements()
    sofia = timezone(timedelta(hours=2))
    made.moment(THING, f"{DCT}issued", datetime(2026, 3, 1, 14, tzinfo=sofia))

    assert '"2026-03-01T12:00:00Z"' in made.canonical()


def test_statements_take_in_a_text() -> None:
    """What another text states is stated too."""
    made = Statements()
    made.add(f"<{THING}> <{RDF}type> <{DCT}Standard> .\n")

    assert made.canonical() == f"<{THING}> <{RDF}type> <{DCT}Standard> .\n"
