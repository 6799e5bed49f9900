import pytest
from babel import Locale

from api.pages.periods import MOST, named, through


@pytest.mark.parametrize(
    ("period", "english", "bulgarian"),
    [
        ("2022", "2022", "2022"),
        ("2022-Q1", "Q1 2022", "1. трим. 2022 г."),
        ("2022-03", "March 2022", "март 2022 г."),
    ],
)
def test_periods_in_words(period: str, english: str, bulgarian: str) -> None:
    """A period is written as the language writes it."""
    assert named(period, Locale("en")) == english
    assert named(period, Locale("bg")).replace("\u202f", " ") == bulgarian


@pytest.mark.parametrize(
    ("periods", "wanted"),
    [
        ([], []),
        (["2007"], ["2007"]),
        (["2007", "2010"], ["2007", "2008", "2009", "2010"]),
        (["2007-Q3", "2008-Q1"], ["2007-Q3", "2007-Q4", "2008-Q1"]),
        (["2007-11", "2008-01"], ["2007-11", "2007-12", "2008-01"]),
    ],
)
def test_periods_between(periods: list[str], wanted: list[str]) -> None:
    """Those that a table lacks stand between those that it has."""
    assert list(through(periods)) == wanted


def test_periods_far_apart_are_left_as_they_are() -> None:
    """Two periods thousands apart do not bring all of those between."""
    far = ["0001-01", "9999-12"]

    assert list(through(far)) == far
    assert len(far) < MOST
