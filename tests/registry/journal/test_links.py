from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from registry.journal.links import SqlLinks
from registry.journal.sql import SqlJournal, create
from tests.conftest import BASE

PAGE = "https://page.example/"
START = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Setting:
    """A clock that a test sets."""

    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Setting:
    """Noon of the first of May."""
    return Setting()


@pytest.fixture
def kept(place: str | Path, time: Setting) -> Iterator[SqlJournal]:
    """A journal whose time a test sets."""
    made = create(place, BASE, time)
    yield made
    made.close()


@pytest.fixture
def links(kept: SqlJournal) -> SqlLinks:
    """What was found of links so far: nothing."""
    return kept.links


def test_an_address_is_dead_when_it_was_so_twice_a_day_apart(
    links: SqlLinks, time: Setting
) -> None:
    """Once is a bad moment, and so is twice within an hour."""
    links.note(PAGE, "404", alive=False)
    assert links.dead() == {}
    time.now += timedelta(hours=23)
    links.note(PAGE, "timeout", alive=False)
    assert links.dead() == {}

    time.now += timedelta(hours=1)
    links.note(PAGE, "404", alive=False)

    assert links.dead() == {PAGE: date(2026, 5, 1)}
    assert links.tried() == {PAGE: time.now}


def test_an_address_that_answers_is_alive_again(links: SqlLinks, time: Setting) -> None:
    """What was seen before no longer counts."""
    for alive in (False, False, True, False):
        links.note(PAGE, "", alive=alive)
        time.now += timedelta(days=2)

    assert links.dead() == {}


def test_the_state_tells_whether_anything_was_noted(
    links: SqlLinks, time: Setting
) -> None:
    """Whoever has taken it in need not look again."""
    states = [links.state()]
    for address in (PAGE, PAGE, "https://other.example/"):
        time.now += timedelta(seconds=1)
        links.note(address, "200", alive=True)
        states.append(links.state())

    assert len(set(states)) == 4
