"""The pool of query workers.

Each worker is a confined process (`registry.sandbox`) with the current snapshot
open. A query has one to itself. Past its deadline, or when nobody waits for the
answer any more, the process is killed and another takes its place.
"""

import asyncio
import json
import logging
import math
import os
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from registry import confinement, sandbox
from registry.confinement import FRAME
from registry.errors import EngineUnavailable, QueryTimeout, RegistryError
from registry.ports import Answer, Query, QueryForm
from registry.sandbox import Reason, Started
from registry.store.gate import GateLimits, admit
from registry.store.oxigraph import Snapshot, read_current

log = logging.getLogger(__name__)

TASK = "registry.store.answering:serve"
"""What runs in a worker."""

_BUFFER = 4 * 1024**2
_REFUSAL = 1024**2


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What a query may cost.

    Attributes:
        workers: queries that may run at one time.
        waiting: queries that may wait for a worker at one time.
        deadline: seconds that a query may run, and may wait.
        memory: bytes of address space of a worker.
        rows: rows or triples that an answer may have.
        result_bytes: bytes that an answer may have.
        gate: limits on the text.
    """

    workers: int = 2
    waiting: int = 64
    deadline: float = 10.0
    memory: int = 1536 * 1024**2
    rows: int = 1_000_000
    result_bytes: int = 64 * 1024**2
    gate: GateLimits = field(default_factory=GateLimits)


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process that is ready, and the streams that lead to it."""

    started: Started
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def kill(self) -> None:
        """Ends the process at once; `bury` must follow."""
        self.started.kill()

    async def bury(self) -> tuple[int, str]:
        """Returns the exit status and the last words once the process is gone."""
        self.writer.transport.abort()
        return await asyncio.to_thread(self.started.reap)


@dataclass(slots=True)
class _Place:
    """A place in the pool, and the worker that holds it, if there is one."""

    worker: _Worker | None = None


class QueryPool:
    """Answers queries from snapshots, in killable workers.

    Queries are served in the order in which they come.

    Args:
        folder: the folder that an `OxigraphWriter` publishes in.
        base: base IRI of the registry.
        limits: what a query may cost.
    """

    def __init__(self, folder: Path, base: str, limits: QueryLimits) -> None:
        # A worker runs elsewhere, so that it needs the whole path.
        self._folder = folder.absolute()
        self._pointer = str(self._folder / "current")
        self._mark = (0, 0)
        self._snapshot: Snapshot | None = None
        self._base = base
        self._limits = limits
        self._places = [_Place() for _ in range(limits.workers)]
        self._idle = list(self._places)
        self._free = asyncio.Semaphore(limits.workers)
        self._waiting = 0
        self._closing = False
        self._level = ""
        self._tasks: set[asyncio.Task[object]] = set()
        self._empty: tempfile.TemporaryDirectory[str] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Starts the workers and returns when they are ready."""
        self._empty = tempfile.TemporaryDirectory(prefix="registry-")
        await asyncio.gather(*(self._hire(place) for place in self._places))

    async def close(self) -> None:
        """Ends every worker, whatever it is doing."""
        self._closing = True
        self._kill_all()
        # Whoever holds a place finds out that its worker is gone, and leaves.
        for _ in self._places:
            await self._free.acquire()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._kill_all()
        for place in self._places:
            if place.worker:
                await place.worker.bury()
                place.worker = None
        if self._empty:
            self._empty.cleanup()

    def _kill_all(self) -> None:
        for place in self._places:
            if place.worker:
                place.worker.kill()

    def form(self, text: str) -> QueryForm:
        """Passes the text through the gate and returns its form.

        Raises:
            QueryRefused: see `registry.store.gate.admit`.
        """
        return admit(text, self._limits.gate)

    def health(self) -> dict[str, object]:
        """Returns how the pool is, for people and monitors.

        `sandbox` is how far the workers are confined, see
        `registry.confinement.confine`; `sequence` that of the snapshot, or `None`
        if there is none.
        """
        alive = sum(place.worker is not None for place in self._places)
        snapshot = read_current(self._folder)
        return {
            "workers": self._limits.workers,
            "alive": alive,
            "running": self._limits.workers - len(self._idle),
            "waiting": self._waiting,
            "sandbox": self._level,
            "sequence": snapshot.sequence if snapshot else None,
        }

    async def ask(self, query: Query, media_type: str) -> Answer:
        """Runs a query that passed the gate and returns its answer.

        When the caller is cancelled, so is the query: its worker is killed.

        Args:
            query: what to run.
            media_type: one that `registry.store.answering` knows.

        Raises:
            QueryMalformed: a syntax error; `extra` has line and column.
            NotAcceptable: the answer has no form in the media type.
            QueryTimeout: the deadline or the memory cap was passed; `extra`
                has `rule` and `limit`.
            ResultTooLarge: the answer passed the limit of rows or bytes.
            EngineUnavailable: no worker can be had, nothing is published, or
                the engine crashed; `extra["reason"]` tells which.
        """
        place = await self._take()
        try:
            return await self._answer(place, query, media_type)
        finally:
            self._give_back(place)

    async def _take(self) -> _Place:
        self._check_open()
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()
        place = self._idle.pop()
        try:
            self._check_open()
        except EngineUnavailable:
            self._give_back(place)
            raise
        return place

    async def _wait(self) -> None:
        if self._waiting >= self._limits.waiting:
            raise self._busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._limits.deadline):
                await self._free.acquire()
        except TimeoutError:
            raise self._busy() from None
        finally:
            self._waiting -= 1

    def _check_open(self) -> None:
        if self._closing:
            raise _unavailable("closing")

    def _give_back(self, place: _Place) -> None:
        if place.worker or self._closing:
            self._idle.append(place)
            self._free.release()
        else:
            self._later(self._restore(place))

    async def _restore(self, place: _Place) -> None:
        try:
            await self._hire(place)
        except EngineUnavailable:
            # It is in the log; the next query that gets this place tries again.
            return
        finally:
            self._idle.append(place)
            self._free.release()

    async def _hire(self, place: _Place) -> _Worker:
        folder = self._empty.name if self._empty else tempfile.gettempdir()
        started = sandbox.start(TASK, self._limits.memory, folder)
        reader, writer = await asyncio.open_unix_connection(
            sock=started.channel, limit=_BUFFER
        )
        worker = _Worker(started, reader, writer)
        try:
            async with asyncio.timeout(sandbox.START):
                _, level = await _frame(reader, self._most)
        except (EOFError, OSError) as error:
            worker.kill()
            _, report = await worker.bury()
            log.error("query worker did not start", extra={"report": report})
            raise _unavailable("not-started") from error
        except BaseException:
            self._lose(worker)
            raise
        self._level = level.decode(errors="replace")
        place.worker = worker
        return worker

    def _current(self) -> Snapshot | None:
        """Returns the snapshot to ask, reading its name only when it changed."""
        try:
            found = os.stat(self._pointer)
        except FileNotFoundError:
            return None
        # The pointer is replaced as a whole, never written over.
        mark = (found.st_ino, found.st_mtime_ns)
        if mark != self._mark:
            self._snapshot, self._mark = read_current(self._folder), mark
        return self._snapshot

    async def _answer(self, place: _Place, query: Query, media_type: str) -> Answer:
        snapshot = self._current()
        if snapshot is None:
            raise _unavailable("unpublished")
        worker = place.worker or await self._hire(place)
        payload = self._payload(snapshot, query, media_type)
        kind, body = await self._exchange(place, worker, payload)
        if kind == confinement.ANSWER:
            return Answer(body, snapshot.sequence)
        error = sandbox.refusal(body) or _unavailable("crashed")
        gone = error.extra.get("reason") == "snapshot"
        if gone and self._current() != snapshot:
            # It was replaced, and removed, between our look and the worker's.
            return await self._answer(place, query, media_type)
        raise error

    def _payload(self, snapshot: Snapshot, query: Query, media_type: str) -> bytes:
        # What `answering.Request` holds, without a detour through one.
        request = {
            "snapshot": str(snapshot.path),
            "base": self._base,
            "text": query.text,
            "default_graphs": query.default_graphs,
            "named_graphs": query.named_graphs,
            "media_type": media_type,
            "rows": self._limits.rows,
            "size": self._limits.result_bytes,
        }
        return json.dumps(request).encode()

    async def _exchange(
        self, place: _Place, worker: _Worker, payload: bytes
    ) -> tuple[bytes, bytes]:
        try:
            async with asyncio.timeout(self._limits.deadline):
                head = FRAME.pack(confinement.CALL, len(payload))
                worker.writer.write(head + payload)
                return await _frame(worker.reader, self._most)
        except TimeoutError:
            place.worker = None
            self._lose(worker)
            raise self._late() from None
        except (EOFError, ConnectionError):
            place.worker = None
            status, report = await worker.bury()
            raise self._death(status, report) from None
        except BaseException:
            # Nobody waits for the answer, so nobody may get it by mistake.
            place.worker = None
            self._lose(worker)
            raise

    def _lose(self, worker: _Worker) -> None:
        worker.kill()
        self._later(worker.bury())

    def _later(self, work: Coroutine[None, None, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def _most(self) -> int:
        """What a worker may send: an answer, or an error that is a little text."""
        return max(self._limits.result_bytes, _REFUSAL)

    def _late(self) -> QueryTimeout:
        deadline = self._limits.deadline
        return QueryTimeout(
            f"The query ran for {deadline:g} seconds, which is the limit, and was "
            "stopped.",
            f"Заявката работи {deadline:g} секунди, колкото е ограничението, и беше "
            "спряна.",
            extra={"rule": "deadline", "limit": deadline},
        )

    def _death(self, status: int, report: str) -> RegistryError:
        reason = sandbox.why(status, report)
        log.warning("query worker died", extra={"reason": reason, "report": report})
        if reason != Reason.MEMORY:
            return _unavailable("crashed")
        memory = self._limits.memory
        return QueryTimeout(
            f"The query needed more than {memory // 1024**2} MiB of memory, which is "
            "the limit, and was stopped.",
            f"Заявката изразходва повече от {memory // 1024**2} MiB памет, колкото е "
            "ограничението, и беше спряна.",
            extra={"rule": "memory", "limit": memory},
        )

    def _busy(self) -> EngineUnavailable:
        return EngineUnavailable(
            "Too many queries are waiting; try again a little later.",
            "Твърде много заявки чакат; опитайте отново след малко.",
            extra={
                "reason": "busy",
                "limit": self._limits.waiting,
                "retryAfter": math.ceil(self._limits.deadline),
            },
        )


async def _frame(reader: asyncio.StreamReader, most: int) -> tuple[bytes, bytes]:
    kind, length = FRAME.unpack(await reader.readexactly(FRAME.size))
    if length > most:
        raise EOFError("the worker sends more than it may")
    return kind, await reader.readexactly(length)


def _unavailable(reason: str) -> EngineUnavailable:
    english, bulgarian = _REASONS[reason]
    return EngineUnavailable(english, bulgarian, extra={"reason": reason})


_REASONS = {
    "unpublished": (
        "No data have been published for queries yet.",
        "Все още няма публикувани данни, към които да се отправят заявки.",
    ),
    "closing": (
        "The server is shutting down.",
        "Сървърът се спира.",
    ),
    "not-started": (
        "The query engine cannot be started.",
        "Машината за заявки не може да бъде стартирана.",
    ),
    "crashed": (
        "The query made the engine crash; other queries are not affected.",
        "Заявката предизвика срив на машината за заявки; другите заявки не са "
        "засегнати.",
    ),
}
