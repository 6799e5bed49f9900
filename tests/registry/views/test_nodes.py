from datetime import UTC, datetime

from registry.namespaces import DCT, FOAF, SKOS, XSD
from registry.views.nodes import Nodes

ONE, TWO = "http://a.example/1", "http://a.example/2"
NODES = Nodes(
    f'<{ONE}> <{DCT}identifier> "one" .\n'
    f"<{ONE}> <{DCT}relation> <{TWO}> .\n"
    f'<{ONE}> <{DCT}modified> "2026-03-01T12:00:00Z"^^<{XSD}dateTime> .\n'
    f'<{ONE}> <{DCT}title> "One"@en .\n'
    f'<{ONE}> <{DCT}title> "Едно"@bg .\n'
    f'<{TWO}> <{SKOS}prefLabel> "Two"@en .\n'
)


def test_values_are_iris_and_texts() -> None:
    """What a property has is told as text, whatever it is."""
    assert NODES.values(ONE, f"{DCT}relation") == [TWO]
    assert NODES.value(ONE, f"{DCT}identifier") == "one"
    assert NODES.value(ONE, f"{DCT}nothing") is None
    assert NODES.values("http://nobody.example/", f"{DCT}title") == []
    assert NODES.objects(f"{DCT}title") == ["One", "Едно"]


def test_texts_have_languages() -> None:
    """Texts come in the order of the canonical text, with their languages."""
    assert NODES.texts(ONE, f"{DCT}title") == [("en", "One"), ("bg", "Едно")]
    assert NODES.texts(ONE, f"{DCT}identifier") == []


def test_text_is_that_of_the_first_property_that_has_one() -> None:
    """Some nodes have a name, and others only a label."""
    assert NODES.text(TWO, f"{FOAF}name", f"{SKOS}prefLabel") == {"en": "Two"}
    assert NODES.text(TWO, f"{FOAF}name") == {}


def test_moments_are_read() -> None:
    """A moment that is not given is none."""
    assert NODES.moment(ONE, f"{DCT}modified") == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert NODES.moment(TWO, f"{DCT}modified") is None
