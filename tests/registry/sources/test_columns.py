"""Which columns fill which terms."""

import pytest

from registry.sources.columns import columns
from registry.sources.template import Json


def test_columns_of_a_template_are_known_by_term() -> None:
    """Each term tells its columns, the nearest to the root where it has several."""
    template: Json = {
        "type": ["Organization", {"$switch": "kind", "$cases": {"a": "{unit}"}}],
        "name": {"bg": "{name_bg}", "en": "{name_en}"},
        "contact": {"id": "#contact", "email": "{email}", "name": {"en": "{who}"}},
        "parent": {"$when": "of", "$then": {"$iri": "id/institution/{of}"}},
        "areaServed": {"$each": "area", "$iri": "id/place/{}"},
        "$issued": "{year}",
    }

    found = columns(template)

    assert found == {
        "": (
            *("kind", "unit", "name_bg", "name_en", "email", "who", "of", "area"),
            "year",
        ),
        "type": ("kind", "unit"),
        "name": ("name_bg", "name_en"),
        "contact": ("email", "who"),
        "email": ("email",),
        "parent": ("of",),
        "areaServed": ("area",),
        "issuedYear": ("year",),
        "issuedMonth": ("year",),
        "issuedDate": ("year",),
    }


def test_unknown_operators_are_noticed() -> None:
    """A member with a dollar sign that means nothing is an error."""
    with pytest.raises(ValueError, match=r"\$lower"):
        columns({"$lower": "{name}"})
