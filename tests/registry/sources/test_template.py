"""The mapping language, operator by operator."""

import pytest

from registry.sources.rules import CellError
from registry.sources.template import Json, Scope, fill, fragment_of

BASE = "http://registry.example/"
THING = f"{BASE}id/institution/sar"


def filled(template: Json, **cells: str) -> Json:
    """Returns the template filled from the cells, for one thing."""
    return fill(template, Scope(BASE, THING, cells))


def test_text_with_an_empty_cell_drops_out() -> None:
    """A text stands for its cells, and for nothing if one of them is empty."""
    template = {"bg": "{name_bg}", "en": "{name_en}", "de": "plain"}

    assert filled(template, name_bg="Хасково", name_en="") == {
        "bg": "Хасково",
        "de": "plain",
    }


def test_braces_in_a_cell_are_text() -> None:
    """What a cell holds is never read as a template."""
    assert filled("{name}", name="{other}", other="no") == "{other}"


def test_nodes_with_only_a_name_and_a_type_drop_out() -> None:
    """A nested node of which only `id` and `type` are left says nothing."""
    template = {"id": "#contact", "type": ["ContactPoint"], "email": "{email}"}

    assert filled(template, email="") is None
    assert filled(template, email="a@b.bg") == {
        "id": f"{THING}#contact",
        "type": ["ContactPoint"],
        "email": "a@b.bg",
    }


@pytest.mark.parametrize(
    ("template", "cells", "iri"),
    [
        ("id/place/{place}", {"place": "BG422"}, f"{BASE}id/place/bg422"),
        ("id/place/{place}", {"place": "EU27_2020"}, f"{BASE}id/place/eu27-2020"),
        ("id/scheme/age#{code}", {"code": "Y_GE65"}, f"{BASE}id/scheme/age#Y_GE65"),
        ("id/scheme/age#{code}", {"code": "60+"}, f"{BASE}id/scheme/age#60-"),
        ("#{code}", {"code": "Refugee status"}, f"{THING}#Refugee-status"),
        ("id/place/{place}", {"place": ""}, None),
    ],
)
def test_iris_are_minted_under_the_base_or_the_thing(
    template: str, cells: dict[str, str], iri: str | None
) -> None:
    """Keys become small letters without `_`; codes in a fragment keep their case."""
    assert filled({"$iri": template}, **cells) == iri


def test_a_concept_is_named_by_its_code() -> None:
    """Every character that a fragment may not have becomes a hyphen."""
    assert fragment_of("Non-EU27 (2020)") == "Non-EU27--2020-"


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (("ул. „Струма“ 1", "1202", "София"), "ул. „Струма“ 1, 1202 София"),
        (("ул. „Струма“ 1", "", "София"), "ул. „Струма“ 1, София"),
        (("", "1202", "София"), "1202 София"),
        (("ул. „Струма“ 1", "", ""), "ул. „Струма“ 1"),
        (("", "", ""), None),
    ],
)
def test_composed_text_closes_its_gaps(
    cells: tuple[str, str, str], text: str | None
) -> None:
    """What is missing takes its separator with it."""
    street, code, town = cells

    composed = filled(
        {"$text": "{street}, {code} {town}"}, street=street, code=code, town=town
    )

    assert composed == text


def test_each_value_of_a_list_fills_the_rest_of_the_object() -> None:
    """A list cell makes one value each, blanks around it dropped."""
    services: Json = {"$each": "services", "$iri": "id/scheme/service-kind#{}"}
    pages: Json = {"$each": "pages", "$by": " ", "iri": {"$url": "{}"}}

    assert filled(services, services="health; documents") == [
        f"{BASE}id/scheme/service-kind#health",
        f"{BASE}id/scheme/service-kind#documents",
    ]
    assert filled(pages, pages="http://a.bg/x;y  http://b.bg/") == [
        {"iri": "http://a.bg/x;y"},
        {"iri": "http://b.bg/"},
    ]
    assert filled(services, services="") is None


def test_lists_are_flat_and_lose_what_is_empty() -> None:
    """A list of values and lists is one list, and none at all when empty."""
    template: Json = ["Location", {"$each": "more", "$text": "{}"}, "{other}"]

    assert filled(template, more="A;B", other="") == ["Location", "A", "B"]
    assert filled(["{other}"], other="") is None


def test_alternatives_are_chosen_by_a_cell() -> None:
    """`$when` asks whether a cell is filled, `$switch` what it holds."""
    when: Json = {"$when": "id", "$then": "link", "$else": "name"}
    switch: Json = {"$switch": "kind", "$cases": {"ngo": None}, "$default": "public"}

    assert [filled(when, id="x"), filled(when, id="")] == ["link", "name"]
    assert [filled(switch, kind="ngo"), filled(switch, kind="moi")] == [None, "public"]
    assert filled({"$switch": "kind", "$cases": {}}, kind="ngo") is None


@pytest.mark.parametrize(
    ("written", "member"),
    [
        ("2024", {"issuedYear": "2024"}),
        ("2024-05", {"issuedMonth": "2024-05"}),
        ("2024-02-29", {"issuedDate": "2024-02-29"}),
        ("", {}),
    ],
)
def test_dates_are_published_as_exactly_as_they_are_known(
    written: str, member: dict[str, str]
) -> None:
    """The member that a date goes to says whether it is a day, month or year."""
    template: Json = {"name": "x", "$issued": "{date}"}

    assert filled(template, date=written) == {"name": "x", **member}


def test_an_isbn_loses_its_hyphens() -> None:
    """An ISBN is published as 13 digits."""
    isbn: Json = {"$isbn": "{isbn}"}

    assert filled(isbn, isbn="978-619-7700-05-3") == "9786197700053"
    assert filled(isbn, isbn="") is None


@pytest.mark.parametrize(
    ("template", "value", "rule"),
    [
        ({"$date": "{cell}"}, "31.05.2024", "bad-date"),
        ({"$date": "{cell}"}, "2023-02-29", "bad-date"),
        ({"$date": "{cell}"}, "2024-13", "bad-date"),
        ({"$date": "{cell}"}, "0000", "bad-date"),
        ({"$date": "{cell}"}, "٢٠٢٤", "bad-date"),
        ({"name": "x", "$issued": "{cell}"}, "24", "bad-date"),
        ({"$url": "{cell}"}, "www.example.bg", "bad-address"),
        ({"$url": "{cell}"}, "javascript:alert(1)", "bad-address"),
        ({"$url": "{cell}"}, "https:///path", "bad-address"),
        ({"$url": "{cell}"}, "http://a.bg/b c", "bad-address"),
        ({"$url": "{cell}"}, "http://a.bg/>", "bad-address"),
        ({"$url": "{cell}"}, "http://a.bg/%zz", "bad-address"),
        ({"$isbn": "{cell}"}, "978-619-7700-05-4", "bad-isbn"),
        ({"$isbn": "{cell}"}, "619-7700-05-3", "bad-isbn"),
        ({"$iri": "id/place/{cell}"}, "../scheme", "bad-key"),
        ({"$each": "cell", "$iri": "id/place/{}"}, "bg422;б", "bad-key"),
        ({"$each": "cell", "$text": "{}"}, "a;;b", "empty-part"),
        ({"$each": "cell", "$text": "{}"}, "a;", "empty-part"),
    ],
)
def test_values_that_break_a_rule_are_refused(
    template: Json, value: str, rule: str
) -> None:
    """The refusal names the rule and the column, even within a list."""
    with pytest.raises(CellError) as refusal:
        filled(template, cell=value)

    assert (refusal.value.rule, refusal.value.column) == (rule, "cell")
