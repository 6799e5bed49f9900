from datetime import UTC, datetime

import pytest

from api.moments import past
from registry.errors import BadParameter

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        pytest.param("2026-05-31", datetime(2026, 5, 31, tzinfo=UTC), id="a date"),
        pytest.param(
            "2026-05-31T12:00:00Z", datetime(2026, 5, 31, 12, tzinfo=UTC), id="UTC"
        ),
        pytest.param(
            "2026-05-31t12:00:00.5z",
            datetime(2026, 5, 31, 12, 0, 0, 500_000, tzinfo=UTC),
            id="small letters and a part of a second",
        ),
        pytest.param(
            "2026-05-31T12:00:00+03:00",
            datetime(2026, 5, 31, 9, tzinfo=UTC),
            id="another zone",
        ),
        pytest.param(
            "2026-05-31T12:00:00 03:00",
            datetime(2026, 5, 31, 9, tzinfo=UTC),
            id="a plus that nobody encoded",
        ),
        pytest.param(
            "2026-05-31 12:00:00Z",
            datetime(2026, 5, 31, 12, tzinfo=UTC),
            id="a space, which the RFC lets pass",
        ),
        pytest.param("2026-06-15T12:00:00Z", NOW, id="this very moment"),
    ],
)
def test_moments_are_understood(value: str, moment: datetime) -> None:
    """A date is its beginning, so that nothing that happened on it is missed."""
    found = past(value, "since", NOW)

    assert (found, found.tzinfo) == (moment, UTC)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="nothing"),
        pytest.param("yesterday", id="a word"),
        pytest.param("2026-02-30", id="no such day"),
        pytest.param("2026-05-31T12:00:00", id="no zone"),
        pytest.param("31.05.2026", id="another order"),
        pytest.param("0001-01-01T00:00:00+14:00", id="before the calendar"),
        pytest.param("2026-W22", id="a week"),
        pytest.param("1780000000", id="seconds"),
    ],
)
def test_what_is_no_moment_is_refused(value: str) -> None:
    """The refusal says what can be written."""
    with pytest.raises(BadParameter, match="RFC 3339") as refused:
        past(value, "since", NOW)

    assert refused.value.extra == {"parameter": "since", "value": value}


@pytest.mark.parametrize("value", ["2026-06-16", "2026-06-15T12:00:01Z"])
def test_what_is_yet_to_come_is_refused(value: str) -> None:
    """The refusal says what the time is here, for clocks may differ."""
    with pytest.raises(BadParameter, match="future: here it is 2026-06-15T12:00:00Z"):
        past(value, "since", NOW)
