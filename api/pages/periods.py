"""Periods of tables, in words, and all of them between two.

Source: Unicode CLDR, by Babel.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from babel import Locale
from babel.dates import format_skeleton

MOST = 1_200
"""Periods between two, at most: a hundred years of months."""

_QUARTERS, _MONTHS = 4, 12


def named(period: str, locale: Locale) -> str:
    """Returns a period as people write it: `2022`, `Q1 2022`, `January 2022`."""
    year, _, part = period.partition("-")
    if not part:
        return period
    if part.startswith("Q"):
        first = date(int(year), 3 * int(part[1:]) - 2, 1)
        return format_skeleton("yQQQ", first, locale=locale)
    first = date(int(year), int(part), 1)
    return format_skeleton("yMMMM", first, locale=locale)


def through(periods: Sequence[str]) -> Sequence[str]:
    """Returns the periods from the first to the last, those between them too.

    Periods that are more than `MOST` apart are returned as they are.

    Args:
        periods: of one kind, in their order.
    """
    if len(periods) < 2:
        return list(periods)
    found = []
    for period in _from(periods[0]):
        found.append(period)
        if period >= periods[-1] or len(found) > MOST:
            break
    return found if set(periods) <= set(found) else list(periods)


def _from(period: str) -> Iterator[str]:
    year, _, part = period.partition("-")
    if not part:
        for number in range(int(year), 10_000):
            yield f"{number:04}"
        return
    quarter = part.startswith("Q")
    count = _QUARTERS if quarter else _MONTHS
    number = int(year) * count + int(part.removeprefix("Q")) - 1
    while True:
        whole, rest = divmod(number, count)
        yield f"{whole:04}-Q{rest + 1}" if quarter else f"{whole:04}-{rest + 1:02}"
        number += 1
