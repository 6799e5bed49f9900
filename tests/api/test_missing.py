from datetime import date

import pytest

from api.missing import FILTERS, WANTS, Messages, query
from api.site import Site
from registry.errors import BadParameter
from registry.iris import RecordId
from registry.ports import Gap, GapQuery, Missing, Want
from tests.api.conftest import START, Sample, site_of


@pytest.fixture
def site(sample: Sample) -> Site:
    """The site of the sample registry."""
    return site_of(sample)


def test_every_filter_that_is_given_counts(site: Site) -> None:
    """An empty one asks for nothing; today is that of the registry."""
    given = {"kind": "institution", "gap": "english", "place": "bg"}

    assert query(site, given) == GapQuery(
        START.date(), kind="institution", want=Want.ENGLISH, place="bg"
    )
    assert query(site, dict.fromkeys(FILTERS, "")) == GapQuery(START.date())


@pytest.mark.parametrize(
    ("name", "value"), [("kind", "castle"), ("gap", "money"), ("place", "../x")]
)
def test_a_value_that_does_not_exist_is_refused(
    site: Site, name: str, value: str
) -> None:
    """The refusal names the parameter."""
    with pytest.raises(BadParameter) as refused:
        query(site, {name: value})

    assert refused.value.extra["parameter"] == name


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("stale", "Check whether everything is still right, and confirm it."),
        ("name-en-missing", "Add the name in English."),
        ("a-rule-that-was", "No English text"),
    ],
)
def test_every_gap_says_what_to_do(site: Site, code: str, said: str) -> None:
    """In our words, in those of the rule or, if it is gone, in general."""
    gap = Gap(code, Want.ENGLISH, date(2026, 3, 1))
    missing = Missing(RecordId("institution", "centre"), {}, gap)

    assert Messages(site).of(missing)["en"] == said


def test_everything_that_can_be_missing_has_a_name() -> None:
    """In both languages."""
    assert WANTS.keys() == set(Want)
    assert all(text.keys() == {"bg", "en"} for text in WANTS.values())
