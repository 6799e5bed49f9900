import asyncio
import os
import signal

import pytest

from registry.confinement import ANSWER, CALL
from registry.errors import EngineUnavailable
from registry.store.workers import Crew
from tests.registry.store.pools import run

MEMORY = 512 * 1024**2
ECHO = "tests.registry.sandbox_tasks:echo"


def crew(task: str = ECHO) -> Crew:
    """Returns a crew of workers that answer what they are sent."""
    return Crew(task, MEMORY, 60, network=False)


def gone(pid: int) -> bool:
    """Tells whether there is no such process, not even one to be reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_workers_are_hired_and_ended() -> None:
    """One that is ready is confined and answers; when it was ended it is gone."""

    async def work() -> None:
        hired = crew()
        worker = await hired.hire()
        worker.channel.send(CALL, b"question")

        assert await worker.channel.receive(100) == (ANSWER, b"question")
        assert hired.level in {"seccomp", "namespace", "limits"}
        assert 0 < worker.worked() < 60
        assert await hired.end(worker) == (-signal.SIGKILL, "")
        assert gone(worker.started.process.pid)
        assert worker.worked() == float("inf")
        await hired.close()

    run(work())


def test_one_that_cannot_start_is_told() -> None:
    """Nothing is left of it."""

    async def work() -> None:
        hired = crew("tests.registry.sandbox_tasks:nothing")
        with pytest.raises(EngineUnavailable) as caught:
            await hired.hire()

        assert caught.value.extra == {"reason": "not-started"}
        await hired.close()

    run(work())


def test_nobody_is_left_when_it_closes() -> None:
    """Neither those who work nor those who are still starting."""

    async def work() -> None:
        hired = crew()
        workers = await asyncio.gather(*(hired.hire() for _ in range(2)))
        starting = asyncio.create_task(hired.hire())
        await asyncio.sleep(0.01)
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        hired.kill()
        await hired.close()

        assert all(gone(worker.started.process.pid) for worker in workers)

    run(work())
