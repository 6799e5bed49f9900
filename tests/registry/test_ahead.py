from collections.abc import Callable
from contextlib import closing
from functools import partial
from threading import Event

import pytest

from registry.ahead import ahead
from registry.errors import NotFound


def test_each_is_done_while_the_one_before_is_used() -> None:
    """One that is used can wait for the next, which nobody asked for yet."""
    begun = [Event() for _ in range(3)]

    def task(number: int) -> int:
        begun[number].set()
        return number

    used = []
    for number in ahead(partial(task, number) for number in range(3)):
        used.append(number)
        if number < 2:
            assert begun[number + 1].wait(10)

    assert used == [0, 1, 2]


def test_nothing_is_done_further_ahead() -> None:
    """However many there are, no more than two are held."""
    taken: list[int] = []

    def tasks(number: int) -> Callable[[], int]:
        taken.append(number)
        return lambda: number

    with closing(ahead(map(tasks, range(9)))) as results:
        assert next(results) == 0
        assert taken == [0, 1]


def test_what_fails_is_told_in_its_turn() -> None:
    """What was done before it is used first."""

    def fail() -> int:
        raise NotFound("No.", "Не.")

    results = ahead([lambda: 1, fail])

    assert next(results) == 1
    with pytest.raises(NotFound):
        next(results)


def test_what_nobody_took_is_discarded() -> None:
    """Who leaves early leaves nothing open, and hears of no further failure."""
    discarded: list[int] = []

    def fail() -> int:
        raise NotFound("No.", "Не.")

    with closing(ahead([lambda: 1, lambda: 2], discarded.append)) as results:
        next(results)
    with closing(ahead([lambda: 3, fail], discarded.append)) as results:
        next(results)

    assert discarded == [2]
