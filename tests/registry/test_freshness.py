from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from registry.freshness import Ages, Freshness, ages, fields, since
from registry.lifecycle import Status
from registry.record import Version
from tests.versions import BASE, version

PUBLISHED = date(2026, 3, 1)


def institution(**facts: object) -> Version:
    """Returns an institution that was published on the first of March 2026."""
    document: dict[str, Any] = {"type": "Organization", "name": {"en": "One"}, **facts}
    return version("institution/one", document)


def with_telephone() -> Version:
    return institution(
        contact={
            "id": f"{BASE}id/institution/one#contact",
            "type": "ContactPoint",
            "telephone": "+359 2 000000",
        }
    )


def confirmed(found: Version, at: datetime) -> Version:
    return replace(found, head=replace(found.head, verified=at))


def test_a_record_ages_from_the_day_of_its_publication() -> None:
    """It is fresh, then ageing, then stale, by the lifetime of its kind."""
    assert ages(institution()) == Ages(PUBLISHED, date(2026, 11, 26), date(2027, 3, 1))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 26), Freshness.FRESH),
        (date(2026, 11, 27), Freshness.AGEING),
        (date(2027, 2, 28), Freshness.AGEING),
        (date(2027, 3, 1), Freshness.STALE),
    ],
)
def test_how_fresh_it_is_follows_from_the_day(day: date, expected: Freshness) -> None:
    """The last fresh day is fresh, and the first stale one is stale."""
    found = ages(institution())

    assert found is not None
    assert found.on(day) is expected


def test_a_field_that_changes_fast_ages_the_record() -> None:
    """A telephone is to be checked sooner than the institution that has it."""
    found = with_telephone()
    telephone = Ages(PUBLISHED, date(2026, 8, 28), date(2027, 3, 1))

    assert fields(found) == {"telephone": telephone}
    assert ages(found) == telephone


def test_a_confirmation_counts_from_its_day() -> None:
    """Its day is that of UTC."""
    at = datetime(2026, 9, 9, 23, 59, tzinfo=UTC)

    assert since(confirmed(institution(), at)) == date(2026, 9, 9)


def test_a_confirmation_before_the_publication_counts_no_more() -> None:
    """Whoever published the version has seen it whole."""
    at = datetime(2026, 1, 1, tzinfo=UTC)

    assert since(confirmed(institution(), at)) == PUBLISHED


def test_a_record_can_say_when_it_was_verified() -> None:
    """That day counts instead of the publication, but never a later one."""
    assert since(institution(verified="2025-05-05")) == date(2025, 5, 5)
    assert since(institution(verified="2099-01-01")) == PUBLISHED


def test_some_records_do_not_age() -> None:
    """Neither places, which no time changes, nor what is no longer public."""
    place = version("place/bg", {"type": "Location", "name": {"en": "Bulgaria"}})
    found = institution()
    retired = replace(found, head=replace(found.head, status=Status.RETIRED))

    assert ages(place) is None
    assert ages(retired) is None
    assert fields(retired) == {}
