"""Moments that readers name, from which on they want to know what happened.

**Source:** RFC 3339, section 5.6.
"""

import re
from datetime import UTC, datetime

from registry.errors import BadParameter

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)


def past(value: str, parameter: str, now: datetime) -> datetime:
    """Returns the moment, in UTC; a date means its beginning, so nothing is missed.

    Raises:
        BadParameter: it is neither a date nor a date and time with its zone, or it
            is yet to come.
    """
    found = _moment(value)
    if found is None:
        raise BadParameter(
            f"The parameter “{parameter}” can be: a date or an RFC 3339 date and time "
            "with its zone, as 2026-05-31T12:00:00Z.",
            f"Параметърът „{parameter}“ може да бъде: дата или дата и час с часова "
            "зона по RFC 3339, като 2026-05-31T12:00:00Z.",
            extra={"parameter": parameter, "value": value},
        )
    if found > now:
        here = f"{now.astimezone(UTC).isoformat(timespec='seconds')[:19]}Z"
        raise BadParameter(
            f"The parameter “{parameter}” lies in the future: here it is {here}.",
            f"Параметърът „{parameter}“ сочи към бъдещето: тук сега е {here}.",
            extra={"parameter": parameter, "value": value, "now": here},
        )
    return found


def _moment(value: str) -> datetime | None:
    try:
        if _DATE.match(value):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        # A plus that the reader did not encode has become a space.
        value = re.sub(r" (?=[0-9]{2}:[0-9]{2}\Z)", "+", value)
        if _MOMENT.match(value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    return None
