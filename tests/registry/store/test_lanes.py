import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from registry.errors import EngineUnavailable
from registry.store.lanes import Full, Lane


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 10))


async def until(condition: Any) -> None:
    while not condition():
        await asyncio.sleep(0)


def test_places_go_to_those_who_wait_longest() -> None:
    """Who comes first is served first, and nobody passes the line."""

    async def work() -> None:
        lane, order = Lane(1, 9), []

        async def enter(name: int) -> None:
            await lane.enter(5)
            order.append(name)
            lane.leave()

        assert lane.enter_now()
        waiting = [asyncio.create_task(enter(name)) for name in range(3)]
        await until(lambda: lane.waiting == 3)
        assert not lane.enter_now()
        lane.leave()
        await asyncio.gather(*waiting)

        assert order == [0, 1, 2]
        assert (lane.taken, lane.waiting) == (0, 0)

    run(work())


def test_line_has_an_end() -> None:
    """A full line and a wait too long are the same to who asks."""

    async def work() -> None:
        lane = Lane(1, 1)
        await lane.enter(1)
        first = asyncio.create_task(lane.enter(0.05))
        await until(lambda: lane.waiting)
        with pytest.raises(Full):
            await lane.enter(1)
        with pytest.raises(Full):
            await first

        assert (lane.taken, lane.waiting) == (1, 0)

    run(work())


def test_place_given_to_somebody_who_leaves_is_passed_on() -> None:
    """A place handed over at the moment of a cancellation is not lost."""

    async def work() -> None:
        lane = Lane(1, 2)
        await lane.enter(1)
        leaving = asyncio.create_task(lane.enter(1))
        await until(lambda: lane.waiting)
        lane.leave()
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving

        assert lane.taken == 0

    run(work())


def test_closing_sends_everybody_away() -> None:
    """Those who wait are told why, and the last one inside is awaited."""

    async def work() -> None:
        lane, reason = Lane(1, 2), EngineUnavailable("Closing.", "Затваряне.")
        await lane.enter(1)
        waiting = asyncio.create_task(lane.enter(1))
        await until(lambda: lane.waiting)
        closing = asyncio.create_task(lane.close(reason))
        with pytest.raises(EngineUnavailable):
            await waiting
        assert not closing.done()
        lane.leave()
        await closing
        with pytest.raises(EngineUnavailable):
            await lane.enter(1)

        assert not lane.enter_now()

    run(work())


def test_who_had_a_place_is_first_in_line() -> None:
    """In the order in which they lost it, even if the line is full."""

    async def work() -> None:
        lane, order = Lane(1, 1), []

        async def enter(name: str, *, first: bool) -> None:
            await lane.enter(5, first=first)
            order.append(name)
            lane.leave()

        await lane.enter(1)
        waiting = [asyncio.create_task(enter("new", first=False))]
        await until(lambda: lane.waiting == 1)
        waiting += [asyncio.create_task(enter(name, first=True)) for name in "ab"]
        await until(lambda: lane.waiting == 3)
        lane.leave()
        await asyncio.gather(*waiting)

        assert order == ["a", "b", "new"]

    run(work())


def test_number_of_places_may_change() -> None:
    """With more, those who wait come in; with fewer, those who are in may stay."""

    async def work() -> None:
        lane = Lane(1, 9)
        waiting = [asyncio.create_task(lane.enter(5)) for _ in range(3)]
        await until(lambda: lane.waiting == 2)
        lane.resize(3)
        await asyncio.gather(*waiting)
        assert lane.taken == 3

        lane.resize(1)
        lane.leave()
        lane.leave()
        assert not lane.enter_now()
        lane.leave()
        assert lane.enter_now()

    run(work())
