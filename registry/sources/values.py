"""What a date, a web address and an ISBN look like."""

import re
from datetime import date

from pyoxigraph import NamedNode

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?\Z", re.ASCII)
_WEB = re.compile(r"https?://[^/?#]")
_ISBN = re.compile(r"97[89]\d{10}\Z", re.ASCII)


def is_date(written: str) -> bool:
    """Tells whether the text is a day, month or year of the calendar."""
    if not _DATE.match(written):
        return False
    try:
        date.fromisoformat(written + "-01-01"[len(written) - 4 :])
    except ValueError:
        return False
    return True


def is_address(written: str) -> bool:
    """Tells whether the text is an http(s) address and a right IRI."""
    try:
        NamedNode(written)
    except ValueError:
        return False
    return _WEB.match(written) is not None


def isbn_digits(written: str) -> str | None:
    """Returns the 13 digits of an ISBN, or `None` if the text is not one.

    Source: ISO 2108:2017, annex C (the check digit).
    """
    digits = re.sub(r"[\s-]", "", written)
    if not _ISBN.match(digits):
        return None
    weighted = sum(map(int, digits[0::2])) + 3 * sum(map(int, digits[1::2]))
    return None if weighted % 10 else digits
