import asyncio
import contextlib
import os
import random
import signal
from pathlib import Path

import pytest

from registry.errors import EngineUnavailable
from registry.ports import Answer, Query
from registry.store.queries import QueryLimits, QueryPool
from tests.registry.store.pools import (
    BASE,
    COUNT,
    CSV,
    SLOW,
    caught,
    children,
    number,
    numbers,
    run,
    until,
)

EMPTY = {"running": 0, "waiting": 0}
CRASH = Query("ASK" + "{" * 20_000)


def asking(pool: QueryPool, count: int) -> list[asyncio.Task[Answer]]:
    """Asks for so many numbers at one time."""
    return [asyncio.create_task(pool.ask(number(n), CSV)) for n in range(count)]


def lanes(pool: QueryPool) -> tuple[object, object]:
    """Returns how many run in the short lane, and how many wait."""
    health = pool.health()
    return health["running"], health["waiting"]


def test_small_queries_go_to_the_worker_that_is_awake(folder: Path) -> None:
    """They are handed over ahead, and each still gets its own answer."""
    limits = QueryLimits(workers=2, reuse_bytes=0)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            seen = set()
            for _ in range(20):
                small = asking(pool, 6)
                await asyncio.sleep(0)
                seen.add(lanes(pool))
                assert numbers(await asyncio.gather(*small)) == [*range(6)]
                assert lanes(pool) == (0, 0)
            # Who gets the processor too late to see that it is awake wakes the other.
            assert (1, 5) in seen

    run(work())


def test_what_waits_behind_a_slow_query_goes_to_another_worker(folder: Path) -> None:
    """Which query is slow shows only when it runs; nobody else pays for it."""
    limits = QueryLimits(workers=2, short=20, deadline=20)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            slow = asyncio.create_task(caught(pool.ask(SLOW, CSV)))
            small = asking(pool, 5)

            assert numbers(await asyncio.gather(*small)) == [*range(5)]
            assert lanes(pool) == (1, 0)
            assert not slow.done()
            slow.cancel()
            await asyncio.gather(slow, return_exceptions=True)

    run(work())


def test_what_waits_behind_a_slow_query_is_first_in_line(folder: Path) -> None:
    """With no other worker it waits until the slow one has left the short lane."""
    limits = QueryLimits(workers=1, waiting=2, short=1)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            order: list[int] = []

            async def ask(n: int) -> None:
                await pool.ask(number(n), CSV)
                order.append(n)

            slow = asyncio.create_task(caught(pool.ask(SLOW, CSV)))
            behind = asyncio.create_task(ask(0))
            await asyncio.sleep(0.1)
            late = asyncio.create_task(ask(1))
            await asyncio.sleep(0)
            assert lanes(pool) == (1, 2)
            await asyncio.gather(behind, late)

            assert order == [0, 1]
            assert pool.health()["long"] == {"running": 1, "waiting": 0}
            slow.cancel()
            await asyncio.gather(slow, return_exceptions=True)

    run(work())


def test_only_what_was_begun_is_blamed_for_a_crash(folder: Path) -> None:
    """Those that waited behind it are answered, by the worker after that."""

    async def work() -> None:
        async with QueryPool(folder, BASE, QueryLimits(workers=1)) as pool:
            crashing = asyncio.create_task(caught(pool.ask(CRASH, CSV)))
            small = asking(pool, 5)

            assert (await crashing).extra == {"reason": "crashed"}
            assert numbers(await asyncio.gather(*small)) == [*range(5)]
            stopped = {"moved": 0, "deadline": 0, "memory": 0, "died": 1}
            assert pool.health()["stopped"] == stopped

    run(work())


def test_who_gives_up_in_line_harms_nobody(folder: Path) -> None:
    """A query that was handed over and not begun costs no worker if it is given up."""

    async def work() -> None:
        async with QueryPool(folder, BASE, QueryLimits(workers=1)) as pool:
            before = children()
            small = asking(pool, 5)
            await asyncio.sleep(0)
            small.pop(2).cancel()

            assert numbers(await asyncio.gather(*small)) == [0, 1, 3, 4]
            assert (await pool.ask(COUNT, CSV)).body == b"n\r\n2001\r\n"
            assert children() == before

    run(work())


class _Crowd:
    """People who ask all kinds of things, by chance."""

    large = Query("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000")

    def __init__(self, pool: QueryPool, seed: int) -> None:
        self.pool = pool
        self.chance = random.Random(seed)  # noqa: S311 - a test
        self.kinds = {
            self.small: 80,
            self.sizable: 6,
            self.crashing: 1,
            self.slow: 1,
            self.leaving: 10,
            self.killing: 1,
        }

    async def somebody(self, who: int) -> None:
        for turn in range(40):
            (kind,) = self.chance.choices([*self.kinds], [*self.kinds.values()])
            # Who is not to blame for a crash may still be hit by a kill.
            with contextlib.suppress(EngineUnavailable, TimeoutError):
                await kind(1000 * who + turn)

    async def small(self, n: int) -> None:
        assert numbers([await self.pool.ask(number(n), CSV)]) == [n]

    async def sizable(self, _: int) -> None:
        answer = await self.pool.ask(self.large, CSV)
        whole = answer.file.read() if answer.file else answer.body
        assert whole.count(b"\r\n") == 20_001

    async def crashing(self, _: int) -> None:
        await self.pool.ask(CRASH, CSV)

    async def slow(self, _: int) -> None:
        await asyncio.wait_for(self.pool.ask(SLOW, CSV), 0.3)

    async def leaving(self, n: int) -> None:
        leaver = asyncio.create_task(self.small(n))
        await asyncio.sleep(0)
        leaver.cancel()
        await asyncio.gather(leaver, return_exceptions=True)

    async def killing(self, _: int) -> None:
        for pid in children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("seed", range(4))
def test_everybody_gets_their_own_answer_whatever_others_do(
    folder: Path, seed: int
) -> None:
    """Among slow queries, crashes, large answers, killed workers and who leaves."""
    limits = QueryLimits(workers=2, short=0.2, reuse_bytes=0)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            crowd = _Crowd(pool, seed)
            await asyncio.gather(*map(crowd.somebody, range(9)))

            await until(lambda: pool.health()["alive"] == 2)
            await asyncio.gather(*map(crowd.small, range(20)))
            assert lanes(pool) == (0, 0)
            assert pool.health()["long"] == EMPTY

    run(work())
