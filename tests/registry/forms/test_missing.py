from registry.forms.missing import gaps
from tests.forms import forms


def test_gaps_are_fields_that_must_or_should_be_filled_in() -> None:
    """A text that lacks a language lacks that alone; what may be left out does not."""
    document = {"title": {"bg": "Курс"}, "state": "urn:s", "targetGroup": []}

    found = gaps(forms()["course"], document)

    assert [(gap.field.term, gap.language) for gap in found] == [
        ("title", "en"),
        ("targetGroup", None),
        ("providedBy", None),
    ]
