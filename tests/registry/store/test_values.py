import pytest
from pyoxigraph import RdfFormat, parse

from registry.namespaces import XSD
from registry.store.values import as_line

WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"

SAME = [
    (f'"1.50"^^<{XSD}decimal>', f'"1.5"^^<{XSD}decimal>'),
    (f'"5.0"^^<{XSD}decimal>', f'"5"^^<{XSD}integer>'),
    (f'"007"^^<{XSD}int>', f'"7"^^<{XSD}nonNegativeInteger>'),
    (f'"1.5E3"^^<{XSD}double>', f'"1500.0"^^<{XSD}double>'),
    (f'"1"^^<{XSD}boolean>', f'"true"^^<{XSD}boolean>'),
    (
        f'"2024-01-02T03:04:05.500Z"^^<{XSD}dateTime>',
        f'"2024-01-02T03:04:05.5Z"^^<{XSD}dateTime>',
    ),
    (
        f'"2024-01-02T03:04:05.000"^^<{XSD}dateTime>',
        f'"2024-01-02T03:04:05"^^<{XSD}dateTime>',
    ),
    (f'"Point (25.50 41)"^^<{WKT}>', f'"POINT(25.5 41.0)"^^<{WKT}>'),
    ('"x"@bg-Latn', '"x"@bg-latn'),
]

OTHER = [
    (f'"1.5"^^<{XSD}decimal>', f'"1.51"^^<{XSD}decimal>'),
    (f'"x"^^<{XSD}integer>', f'"y"^^<{XSD}integer>'),
    (f'"x"^^<{XSD}double>', f'"y"^^<{XSD}double>'),
    ('"x"', '"x"@bg'),
    ('"5"', f'"5"^^<{XSD}integer>'),
    (f'"2024"^^<{XSD}gYear>', '"2024"'),
    ("<x:a>", "<x:b>"),
]


def lines(objects: tuple[str, str]) -> set[str]:
    """Returns how two triples with these objects are compared."""
    text = "".join(f"<x:s> <x:p> {value} .\n" for value in objects)
    return {as_line(quad) for quad in parse(text, RdfFormat.N_TRIPLES)}


@pytest.mark.parametrize("objects", SAME)
def test_same_values_are_one_line(objects: tuple[str, str]) -> None:
    """However a value is written, it compares as the same."""
    assert len(lines(objects)) == 1


@pytest.mark.parametrize("objects", OTHER)
def test_other_values_stay_apart(objects: tuple[str, str]) -> None:
    """What does not say the same is not taken for it."""
    assert len(lines(objects)) == 2
