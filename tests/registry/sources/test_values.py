"""Dates, web addresses and ISBNs, right and wrong."""

import pytest

from registry.sources.values import is_address, is_date, isbn_digits


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("2024", True),
        ("2024-05", True),
        ("2024-02-29", True),
        ("2023-02-29", False),  # no leap year
        ("2024-13", False),  # no such month
        ("0000", False),  # no year nought
        ("31.05.2024", False),
        ("2024-5", False),
        ("2024\n", False),
        ("", False),
    ],
)
def test_dates_are_days_months_or_years(written: str, right: bool) -> None:
    """A date is written as in ISO 8601 and exists in the calendar."""
    assert is_date(written) is right


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("https://www.haskovo.bg", True),
        ("http://bgimigranti.com:8080/Main.do;a=1?b=2#c", True),
        ("https://пример.bg/страница", True),
        ("https://", False),  # no host
        ("ftp://example.org/", False),  # no web address
        ("javascript:alert(1)", False),
        ("https://example.org/a b", False),
        ("https://example.org/%zz", False),  # no right escape
        ("", False),
    ],
)
def test_addresses_are_of_the_web(written: str, right: bool) -> None:
    """An address can be followed and is a right IRI."""
    assert is_address(written) is right


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("978-619-7700-05-3", "9786197700053"),
        ("978 619 7700 05 3", "9786197700053"),
        ("9786197700054", None),  # wrong check digit
        ("9776197700053", None),  # no book
        ("619-7700-05-3", None),  # ten digits
        ("", None),
    ],
)
def test_an_isbn_has_a_right_check_digit(written: str, digits: str | None) -> None:
    """Hyphens and blanks are dropped, the check digit is computed."""
    assert isbn_digits(written) == digits
