"""The forms of a registry under the base of the tests."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from registry.forms import shape
from registry.forms.field import Field, Form
from registry.vocabulary import Vocabulary
from tests.versions import BASE, IRIS

ROOT = Path(__file__).parents[1]


@cache
def forms() -> Mapping[str, Form]:
    """Returns every form, by kind."""
    return shape.read(vocabulary(), BASE)


@cache
def vocabulary() -> Vocabulary:
    """Returns the vocabulary of the product."""
    return Vocabulary(ROOT / "ontology", ROOT / "shapes", ROOT / "datasets", IRIS)


def field(kind: str, *terms: str) -> Field:
    """Returns a field by the terms that lead to it."""
    fields = forms()[kind].fields
    for term in terms:
        (found,) = (one for one in fields if one.term == term)
        fields = found.nested
    return found
