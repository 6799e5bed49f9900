"""Query workers: confined processes that are hired, called, and ended.

Each has a channel (`registry.store.channel`), and the current snapshot open.
"""

import asyncio
import contextlib
import logging
import math
import os
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TypeVar

from registry import sandbox
from registry.errors import EngineUnavailable
from registry.sandbox import Started
from registry.store import channel
from registry.store.channel import Channel

log = logging.getLogger(__name__)

REFUSAL = 1024**2
"""Bytes that a worker may send if it sends no answer: a little text."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that is ready, and the channel that leads to it."""

    started: Started
    channel: Channel

    def kill(self) -> None:
        """Ends the process at once; `Crew.end` must follow."""
        self.started.kill()

    async def bury(self) -> tuple[int, str]:
        """Returns the exit status and the last words once the process is gone."""
        self.channel.abort()
        return await asyncio.to_thread(self.started.reap)

    def worked(self) -> float:
        """Returns the processor time that it has had; endless if it is gone."""
        try:
            return self.started.worked()
        except OSError:
            return math.inf

    def yield_to_others(self, by: int) -> None:
        """Lets the processor serve others first, for good."""
        with contextlib.suppress(OSError):  # it may have ended
            os.setpriority(os.PRIO_PROCESS, self.started.process.pid, by)


class Crew:
    """All workers of a pool, and what is done about them meanwhile.

    Args:
        task: `module:function` that runs in each.
        memory: bytes of address space of each.
        cpu: seconds of processor time of a call.
        network: whether they may use the network.

    Attributes:
        level: how far they are confined, see `registry.confinement.confine`; empty
            before the first was hired.
    """

    def __init__(self, task: str, memory: int, cpu: int, *, network: bool) -> None:
        self._task, self._memory, self._cpu = task, memory, cpu
        self._network = network
        self.level = ""
        self._workers: dict[int, Worker] = {}
        self._tasks: set[asyncio.Task[object]] = set()
        self._empty: tempfile.TemporaryDirectory[str] | None = None

    async def hire(self) -> Worker:
        """Starts a worker and returns it when it is ready.

        Raises:
            EngineUnavailable: it did not start, which is in the log.
        """
        if self._empty is None:
            self._empty = tempfile.TemporaryDirectory(prefix="registry-")
        started = sandbox.start(
            self._task, self._memory, self._empty.name, self._cpu, network=self._network
        )
        worker = Worker(started, await channel.opened(started.channel))
        self._workers[started.process.pid] = worker
        try:
            async with asyncio.timeout(sandbox.START):
                _, level = await worker.channel.receive(REFUSAL)
        except (EOFError, OSError) as error:
            _, report = await self.ended(worker)
            log.error("query worker did not start", extra={"report": report})
            raise EngineUnavailable(
                "The query engine cannot be started.",
                "Машината за заявки не може да бъде стартирана.",
                extra={"reason": "not-started"},
            ) from error
        except BaseException:
            self.later(self.end(worker))
            raise
        self.level = level.decode(errors="replace")
        return worker

    async def end(self, worker: Worker) -> tuple[int, str]:
        """Kills a worker; returns its exit status and last words when it is gone."""
        worker.kill()
        left = await worker.bury()
        self._workers.pop(worker.started.process.pid, None)
        return left

    async def ended(self, worker: Worker) -> tuple[int, str]:
        """As `end`, which goes on if its caller is cancelled."""
        return await asyncio.shield(self.later(self.end(worker)))

    def later(self, work: Coroutine[None, None, T]) -> "asyncio.Task[T]":
        """Does something that nobody waits for; `close` does."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def kill(self) -> None:
        """Kills every worker, whatever it is doing; `close` must follow."""
        for worker in self._workers.values():
            worker.kill()

    async def close(self) -> None:
        """Returns when all is done, and every worker is gone."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in list(self._workers.values()):
            await self.end(worker)
        if self._empty:
            self._empty.cleanup()
