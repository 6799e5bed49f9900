import pytest

from api.pace import Pace
from registry.errors import TooMany
from tests.desk import ANN, BOB, REV


def test_a_person_may_send_so_much() -> None:
    """Others may go on."""
    pace = Pace(person=2, organisation=0)
    pace.count(ANN)
    pace.count(ANN)
    with pytest.raises(TooMany) as refusal:
        pace.count(ANN)
    pace.count(REV)

    assert (refusal.value.extra["rule"], refusal.value.extra["limit"]) == ("person", 2)
    assert refusal.value.extra["retryAfter"] in range(1, 61)


def test_an_organisation_may_send_so_much() -> None:
    """All its people together; those of another one may go on."""
    pace = Pace(person=0, organisation=2)
    pace.count(ANN)
    pace.count(REV)
    with pytest.raises(TooMany) as refusal:
        pace.count(ANN)
    pace.count(BOB)

    assert refusal.value.extra["rule"] == "organisation"
    assert "организацията" in refusal.value.detail["bg"]


def test_nothing_is_counted_without_a_limit() -> None:
    """As for tests, and for registries that nobody else reaches."""
    pace = Pace(person=0, organisation=0)
    for _ in range(200):
        pace.count(ANN)
