"""Every property of a kind that has a form can be filled in, and says how."""

from collections.abc import Iterator, Sequence
from itertools import chain

import pyoxigraph as ox
import pytest

from registry.forms.field import Field, Style
from registry.language import LANGUAGES
from registry.namespaces import RDF, SH
from registry.shapes import load
from tests.forms import ROOT, forms, vocabulary
from tests.versions import BASE

KINDS = pytest.mark.parametrize("kind", list(forms()))
SAID = {
    f"{RDF}type",
    *(f"{SH}{name}" for name in ("path", "name", "description", "order", "group")),
}


@KINDS
def test_every_property_with_a_rule_has_a_field(kind: str) -> None:
    """Of the thing and of nested nodes; classes that cannot be chosen need none."""
    asked = {rule.path for rule in load(ROOT / "shapes", BASE).constraints(kind)}
    fields = {field.path for field in forms()[kind].walk()}

    assert asked - fields <= {f"{RDF}type", None}
    assert fields - {field.path for field in _choices(forms()[kind].walk())} <= {
        *asked,
        # Of organisations and agents that are no records, which no code is about.
        "http://xmlns.com/foaf/0.1/name",
    }


def _choices(fields: Iterator[Field]) -> Sequence[Field]:
    return [field for field in fields if field.style is Style.TYPES]


@KINDS
def test_every_field_has_a_name_and_help_in_both_languages(kind: str) -> None:
    """A name is no sentence; help is one or more."""
    for field in forms()[kind].walk():
        assert set(field.name) == set(field.help) == set(LANGUAGES), field.code
        for tag in LANGUAGES:
            assert not field.name[tag].endswith(".")
            assert field.help[tag].endswith(".")


@KINDS
def test_fields_of_one_node_have_terms_of_their_own(kind: str) -> None:
    """So the name of an input says which field it belongs to."""
    for fields in _nodes(forms()[kind].fields):
        terms = list(chain.from_iterable(field.terms for field in fields))
        assert len(terms) == len(set(terms))


def _nodes(fields: Sequence[Field]) -> Iterator[Sequence[Field]]:
    yield fields
    for field in fields:
        if field.nested:
            yield from _nodes(field.nested)


def test_a_field_asks_for_nothing() -> None:
    """A standard processor finds the same with fields and without them."""
    path = str(ROOT / "shapes" / "fields.ttl")
    quads = list(ox.parse(path=path, base_iri=BASE))
    shape = ox.NamedNode(f"{SH}PropertyShape")
    fields = {quad.subject for quad in quads if quad.object == shape}

    assert len(fields) > 40
    for quad in quads:
        if quad.subject in fields:
            assert quad.predicate.value in SAID


def test_every_field_is_used() -> None:
    """No field is described that no form has."""
    named = {
        line.partition(">")[0].removeprefix("<shapes/fields#")
        for line in (ROOT / "shapes" / "fields.ttl").read_text("utf-8").splitlines()
        if line.endswith("a sh:PropertyShape ;")
    }
    used = {field.code for form in forms().values() for field in form.walk()}

    assert named - used == set()
    assert vocabulary().shapes.keys() >= {"fields"}
