from registry.forms.field import Field, Form, Group, Style


def _field(term: str, *nested: Field) -> Field:
    return Field(
        code=term,
        term=term,
        path=f"urn:{term}",
        name={},
        help={},
        style=Style.NODES if nested else Style.ADDRESS,
        several=True,
        tier=None,
        rules={},
        nested=nested,
    )


def test_a_form_has_the_fields_of_its_groups_in_order() -> None:
    """A nested field comes after the one that it is nested in."""
    one, three = _field("one", _field("two")), _field("three")
    form = Form("course", (Group("a", {}, (one,)), Group("b", {}, (three,))), ())

    assert form.fields == (one, three)
    assert [field.term for field in form.walk()] == ["one", "two", "three"]
