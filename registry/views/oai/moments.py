"""The moments of `from` and `until`, and the positions that they stand for.

Source: OAI-PMH 2.0, sections 2.7.1 and 3.3.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

GRANULARITY = "YYYY-MM-DDThh:mm:ssZ"
"""To the second, in UTC; a plain date is understood too."""

_END = datetime.max.replace(tzinfo=UTC)
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
_FORMS = (
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"), _DAY),
    (
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z"),
        _SECOND,
    ),
)


def read(text: str) -> tuple[datetime, datetime] | None:
    """Returns when the day or second begins, and when the next one does.

    Returns:
        `None` if the text is neither, or no such day exists.
    """
    for form, length in _FORMS:
        if form.match(text):
            try:
                start = datetime.fromisoformat(text).replace(tzinfo=UTC)
            except ValueError:
                return None
            return start, start + min(length, _END - start)
    return None


def stamp(at: datetime) -> str:
    """Returns the moment as the protocol writes it, in whole seconds of UTC."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def position_before(moment: datetime, last: int, at: Callable[[int], datetime]) -> int:
    """Returns the last position that was reached before a moment, 0 for none.

    It asks for as many positions as `last` has binary digits.

    Args:
        moment: what happened at it is not counted.
        last: the position that has been reached; the first is 1.
        at: tells when a position was reached, never earlier than the one before.
    """
    return bisect_left(range(1, last + 1), moment, key=at)
