from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from registry.views import flat
from tests.versions import AT, BASE, CONTEXT, IRIS, ONE

DOCUMENT = {
    "@context": "c",
    "id": f"{BASE}id/institution/one",
    "type": ["Organization", "TrainingCentre"],
    "name": {"bg": "Едно", "en": ["One", "First|1"]},
    "homepage": ["https://a.example/"],
    "address": {
        "id": f"{BASE}id/institution/one#address",
        "type": "Address",
        "postCode": "6300",
        "fullAddress": {"bg": "ул. „А“ 1"},
    },
    "concepts": [
        {"id": "a", "type": "Concept", "notation": "A", "name": {"en": "a\\b"}},
        {"id": "b", "type": "Concept", "notation": "B", "sameAs": ["x", "y"]},
    ],
    "required": True,
    "order": 3,
}


def test_a_document_becomes_cells() -> None:
    """Nested nodes, languages and lists each have columns of their own."""
    cells = {flat.title(c): cell for c, cell in flat.cells(DOCUMENT).items()}

    assert cells == {
        "type": "Organization|TrainingCentre",
        "name_bg": "Едно",
        "name_en": r"One|First\|1",
        "homepage": "https://a.example/",
        "address": f"{BASE}id/institution/one#address",
        "address_postCode": "6300",
        "address_fullAddress_bg": "ул. „А“ 1",
        "concepts": "a|b",
        "concepts_notation": "A|B",
        "concepts_name_en": "a\\\\b|",
        "concepts_sameAs": r"|x\|y",
        "required": "true",
        "order": "3",
    }


def test_columns_have_the_order_of_the_context() -> None:
    """Whatever the order in which records brought them; languages as elsewhere."""
    columns = sorted(flat.cells(DOCUMENT), key=flat.order(CONTEXT))

    assert [flat.title(column) for column in columns] == [
        "type",
        "name_bg",
        "name_en",
        "address",
        "address_fullAddress_bg",
        "address_postCode",
        "homepage",
        "concepts",
        "concepts_name_en",
        "concepts_notation",
        "concepts_sameAs",
        "order",
        "required",
    ]


def test_facts_say_where_a_record_stands() -> None:
    """Moments are in UTC; a day of verification is a day."""
    head = replace(ONE.head, verified=AT + timedelta(days=1))
    version = replace(ONE, head=head)

    assert dict(zip(flat.FACTS, flat.facts(version, IRIS), strict=True)) == {
        "iri": f"{BASE}id/institution/one",
        "key": "one",
        "status": "stable",
        "version": "1",
        "submitted": "2026-03-01T12:00:00Z",
        "modified": "2026-03-01T12:00:00Z",
        "verified": "2026-03-02",
        "source": "https://a.example/|https://b.example/",
    }


def separated(cell: str) -> list[str]:
    """Returns the values of a cell, as the documentation says to read it."""
    values, escaped = [""], False
    for letter in cell:
        if escaped or letter not in "\\|":
            values[-1] += letter
            escaped = False
        elif letter == "\\":
            escaped = True
        else:
            values.append("")
    return values


@given(st.lists(st.text(st.sampled_from("ab|\\"), max_size=4), min_size=1))
def test_values_of_one_cell_can_be_told_apart(values: list[str]) -> None:
    """Whatever bars and backslashes are in them."""
    assert separated(flat.joined(values)) == values
