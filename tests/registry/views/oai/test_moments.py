from datetime import UTC, datetime, timedelta, timezone

import pytest

from registry.views.oai.moments import position_before, read, stamp


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-02-28", (2026, 2, 28), (2026, 3, 1)),
        ("2026-02-28T23:59:59Z", (2026, 2, 28, 23, 59, 59), (2026, 3, 1)),
        ("0001-01-01", (1, 1, 1), (1, 1, 2)),
    ],
)
def test_read(text: str, start: tuple[int, ...], end: tuple[int, ...]) -> None:
    """A date is a day of UTC, and a moment is a second."""
    assert read(text) == (
        datetime(*start, tzinfo=UTC),  # type: ignore[arg-type, misc]
        datetime(*end, tzinfo=UTC),  # type: ignore[arg-type, misc]
    )


def test_the_last_day_of_the_calendar_has_an_end() -> None:
    """Harvesters that mean “for ever” are understood."""
    period = read("9999-12-31")

    assert period is not None
    assert period[1] == datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-02",
        "2026-02-30",
        "2026-02-28T23:59Z",
        "2026-02-28T23:59:60Z",
        "2026-02-28T23:59:59",
        "2026-02-28T23:59:59+02:00",
        "2026-02-28T23:59:59.5Z",
        "2026-02-28 23:59:59Z",
        "20260228",
        "٢٠٢٦-02-28",
        "2026-02-28\n",
        "0000-01-01",
    ],
)
def test_not_a_moment(text: str) -> None:
    """Only the two forms of the protocol are understood."""
    assert read(text) is None


def test_stamp() -> None:
    """A moment is written in whole seconds of UTC."""
    sofia = timezone(timedelta(hours=2))

    assert stamp(datetime(2026, 1, 1, 1, 2, 3, 999, sofia)) == "2025-12-31T23:02:03Z"


def test_position_is_found_with_few_questions() -> None:
    """What happened at the moment itself is not before it."""
    start, asked = datetime(2026, 1, 1, tzinfo=UTC), []

    def at(position: int) -> datetime:
        asked.append(position)
        return start + timedelta(seconds=position // 2)

    def before(seconds: int, last: int = 1_000_000) -> int:
        return position_before(start + timedelta(seconds=seconds), last, at)

    assert [before(0), before(1), before(2), before(10**9)] == [0, 1, 3, 1_000_000]
    assert len(asked) <= 4 * 20
    assert before(5, last=0) == 0
