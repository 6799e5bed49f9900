import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from registry.forms.filling import added, fill
from registry.forms.naming import removed
from registry.forms.reading import Place, blank, read, unknown
from registry.namespaces import FOAF, ORG, RDF
from registry.ports import Row
from registry.sources.dataset import datasets
from tests import strategies
from tests.forms import ROOT, forms
from tests.versions import BASE, CONTEXT, IRIS, concept, content

INSTITUTION = forms()["institution"]
THING = f"{BASE}id/institution/one"
EXAMPLES = [
    path
    for path in sorted((ROOT / "shapes" / "examples").glob("*/valid-*.jsonld"))
    if path.parent.name in forms()
]
MORE = st.sampled_from(
    [
        f"{FOAF}homepage",
        f"{FOAF}page",
        f"{ORG}subOrganizationOf",
        "http://data.europa.eu/m8g/contactPoint",
        "http://data.europa.eu/m8g/openingHours",
        "http://www.w3.org/ns/adms#identifier",
        "http://purl.org/dc/terms/description",
        f"{RDF}type",
    ]
).map(NamedNode)
FACTS = st.builds(
    Triple,
    strategies.iris,
    MORE,
    st.one_of(
        strategies.iris, strategies.literals, st.builds(Literal, strategies.words)
    ),
)


def _typed(pairs: list[tuple[str, str]], base: Mapping[str, Any]) -> Mapping[str, Any]:
    return read(INSTITUTION, pairs, base, THING).document


@pytest.mark.parametrize("kind", list(forms()))
def test_every_record_comes_back_as_it_was(kind: str) -> None:
    """Whoever opens a form of the datasets and sends it changes nothing."""
    form = forms()[kind]
    rows = [
        row for dataset in datasets(ROOT / "datasets", IRIS) for row in dataset.rows()
    ]
    for row in rows:
        if isinstance(row, Row) and row.record.kind == kind:
            kept = json.loads(content(row.record, row.document).document)
            thing = IRIS.thing(row.record)

            assert read(form, fill(form, kept), kept, thing).document == kept


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_comes_back_as_it_was(path: Path) -> None:
    """The fullest record of each kind too."""
    form, thing = forms()[path.parent.name], f"{BASE}id/{path.parent.name}/example"
    document = json.loads(path.read_text("utf-8"))

    assert read(form, fill(form, document), document, thing).document == document


@given(
    st.lists(st.one_of(strategies.facts, strategies.types, FACTS), max_size=14),
    st.sampled_from(list(forms())),
)
def test_every_document_comes_back_as_it_was(facts: list[Triple], kind: str) -> None:
    """Whatever a document says, known to the form or not, is not lost in it."""
    document = CONTEXT.document(set(facts), THING)
    form = forms()[kind]

    assert read(form, fill(form, document), document, THING).document == document


def test_what_is_typed_makes_a_document() -> None:
    """Nested nodes are named under their record, after their field."""
    typed = read(
        INSTITUTION,
        [
            ("type", "PublicOrganisation"),
            ("name.bg", "  Име\r\n"),
            ("name.en", " "),
            ("state", concept("operating-state", "active")),
            ("servesIn", concept("language", "bg")),
            ("contact.0.id", ""),
            ("contact.0.telephone", "+359 1"),
            ("contact.0.telephone", ""),
            ("contact.0.openingHours.0.description.bg", "9–17"),
            ("address.0.id", ""),
            ("address.0.postCode", ""),
            ("identifier.1.napoo", "200912804"),
            ("identifier.7.eik", "123456789"),
        ],
        blank(INSTITUTION, THING),
        THING,
    )

    assert typed.document == {
        "id": THING,
        "type": ["Organization", "PublicOrganisation"],
        "name": {"bg": "Име"},
        "state": concept("operating-state", "active"),
        "servesIn": [concept("language", "bg")],
        "contact": {
            "id": f"{THING}#contact",
            "type": "ContactPoint",
            "telephone": "+359 1",
            "openingHours": {
                "id": f"{THING}#hours",
                "type": "TemporalEntity",
                "description": {"bg": "9–17"},
            },
        },
        "identifier": [
            {"id": f"{THING}#licence", "type": "Identifier", "napoo": "200912804"},
            {"id": f"{THING}#licence-2", "type": "Identifier", "eik": "123456789"},
        ],
    }
    assert set(typed.places) == {
        THING,
        *(f"{THING}#{name}" for name in ("contact", "hours", "licence", "licence-2")),
    }
    assert isinstance(typed.places[f"{THING}#licence-2"], Place)
    assert typed.places[f"{THING}#licence-2"].prefix == "identifier.7."


def test_a_blank_record_has_the_types_of_its_kind() -> None:
    """One type stands alone, several are a list, and none is no type."""
    types = {kind: blank(form, THING).get("type") for kind, form in forms().items()}

    assert types["course"] == "LearningOpportunity"
    assert types["training-centre"] == ["Organization", "TrainingCentre"]
    assert types["publication"] is None


def test_spaces_around_a_text_change_nothing() -> None:
    """A browser writes the ends of lines in its own way; the text stays as it was."""
    base = {"id": THING, "description": {"bg": "едно\nдве ", "en": "one"}}
    pairs = [("description.bg", "едно\r\nдве"), ("description.en", " one")]

    assert _typed(pairs, base) == base


def test_an_emptied_node_goes_and_its_hidden_facts_stay() -> None:
    """A node of which the form shows nothing more goes, unless it says more."""
    plain = {"id": THING, "address": {"id": f"{THING}#a", "postCode": "1"}}
    more = {"id": THING, "address": {"id": f"{THING}#a", "postCode": "1", "x": "y"}}
    pairs = [("address.0.id", f"{THING}#a"), ("address.0.postCode", "")]

    assert _typed(pairs, plain) == {"id": THING}
    assert _typed(pairs, more) == {
        "id": THING,
        "address": {"id": f"{THING}#a", "x": "y"},
    }


def test_a_node_that_was_taken_away_is_not_kept() -> None:
    """Nor can another record's node be claimed by sending its name."""
    base = {"id": THING, "identifier": [{"id": f"{THING}#licence", "napoo": "1"}]}
    gone = removed(fill(INSTITUTION, base), "identifier.0")
    stolen = [("identifier.0.id", "urn:other"), ("identifier.0.napoo", "2")]

    assert "identifier" not in _typed(list(gone), base)
    assert _typed(stolen, base)["identifier"] == [
        {"id": f"{THING}#licence-2", "type": "Identifier", "napoo": "2"}
    ]


def test_a_record_and_a_nested_node_can_both_be_given() -> None:
    """Nothing is dropped: that there may be one only is for the rules to say."""
    pairs = [("parent", "urn:a"), ("parent", "urn:a"), ("parent.0.name.en", "B")]

    assert _typed(pairs, {"id": THING})["parent"] == [
        "urn:a",
        {"id": f"{THING}#parent", "type": "Organization", "name": {"en": "B"}},
    ]


def test_a_hundred_rows_are_read() -> None:
    """Rows that are added one by one all count."""
    pairs = fill(INSTITUTION, {})
    for _ in range(100):
        pairs = added(INSTITUTION, pairs, "identifier")
    pairs = [(n, "1" if n.endswith("eik") else v) for n, v in pairs]

    assert len(_typed(list(pairs), {"id": THING})["identifier"]) == 101


def test_unknown_names_are_told_if_something_was_typed() -> None:
    """What the form does not know cannot be kept, so it is said."""
    pairs = [
        ("nonsense", "a"),
        ("nothing", ""),
        ("name.bg", "Име"),
        ("name.fr", "Nom"),
        ("identifier.0.eik", "1"),
        ("identifier.0.id", ""),
        ("parent.search", "x"),
        ("location", "urn:x"),
    ]

    assert unknown(INSTITUTION, pairs) == [("nonsense", "a"), ("name.fr", "Nom")]
