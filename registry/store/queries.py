"""The pool of query workers.

Each worker is a confined process (`registry.sandbox`) with the current snapshot
open, and works on one query at a time. Past its deadline, or when nobody waits for the
answer any more, the process is killed and another takes its place.

A query starts in the short lane. One that takes longer than a query there may
goes on in the long lane if that has a place: it keeps its worker, and the short
lane gets a fresh one. If it has none, the query is stopped, waits for a place,
and starts again. So no query works for longer than `short` in the short lane. What
counts is the processor time of its worker, so that a small query is not taken for a
slow one while others use the processors; but after a few times `short` it has to leave
in any case. Background work has a lane of its own.

In the short lane a worker may be handed small queries ahead, see
`registry.store.places`.
"""

import asyncio
import json
import logging
import math
import os
import shutil
from collections.abc import Callable, Hashable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from registry import confinement, sandbox
from registry.errors import EngineUnavailable, QueryTimeout, RegistryError
from registry.ports import Answer, Query, QueryForm
from registry.sandbox import Reason
from registry.store import reuse
from registry.store.channel import Recalled
from registry.store.dialects import Server
from registry.store.gate import GateLimits, admit
from registry.store.lanes import Full, Lane
from registry.store.oxigraph import Snapshot, read_current
from registry.store.places import AHEAD, MOMENT, Places, Run
from registry.store.reuse import Answers
from registry.store.spool import LEAST, Overfull, Spool, SpooledFile
from registry.store.workers import REFUSAL, Crew, Worker

log = logging.getLogger(__name__)

TASK = "registry.store.answering:serve"
"""What runs in a worker."""

RELAY = "registry.store.relaying:serve"
"""What runs in a worker if the graphs are on a SPARQL server."""

_ENCODER = json.JSONEncoder()

_STARVED = 5
"""How many times `short` a query may stay in the short lane whose worker gets no
processor, or waits for the disk."""

_LONG, _BACKGROUND = 10, 19
"""How far those who are not in a hurry let others use the processor first."""


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What a query may cost.

    Attributes:
        workers: queries that may run in the short lane at one time.
        long_workers: queries that may run in the long lane at one time.
        waiting: queries that may wait for a worker of a lane at one time.
        short: seconds of processor time that a query may run in the short lane.
        deadline: seconds from the arrival of a query to its answer.
        background: seconds that a query in the background may run.
        memory: bytes of address space of a worker.
        rows: rows or triples that an answer may have.
        result_bytes: bytes that an answer may have.
        spool_bytes: bytes of large answers that slow readers have not taken yet.
        reuse_bytes: bytes of answers kept to be given again.
        columns: whether sums over tables may be worked out from their columns.
        gate: limits on the text.
    """

    workers: int = 2
    long_workers: int = 1
    waiting: int = 64
    short: float = 1.0
    deadline: float = 30.0
    background: float = 600.0
    memory: int = 1536 * 1024**2
    rows: int = 1_000_000
    result_bytes: int = 64 * 1024**2
    spool_bytes: int = 1024**3
    reuse_bytes: int = 16 * 1024**2
    columns: bool = True
    gate: GateLimits = field(default_factory=GateLimits)

    @property
    def processes(self) -> int:
        """Workers that there are at most, one for the background among them."""
        return self.workers + self.long_workers + 1

    @property
    def cpu(self) -> int:
        """Seconds of processor time after which the kernel ends a run itself."""
        return 2 * math.ceil(max(self.deadline, self.background)) + 10


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked, in which form, and of which snapshot.

    A `pinned` snapshot is not removed when it is replaced. `lasting` says whether the
    answer is the same each time.
    """

    query: Query
    media_type: str
    spent: Callable[[float], None]
    snapshot: Snapshot
    pinned: bool = False
    lasting: bool = False


def _unbilled(_: float) -> None:
    """Nobody is told how long a query ran."""


class _Moved(Exception):  # noqa: N818 - an event within the pool
    """The query was stopped in the short lane and is to wait for the long one."""


class QueryPool:
    """Answers queries from snapshots, in killable workers.

    Queries of a lane are served in the order in which they come.

    Args:
        folder: the folder that an `OxigraphWriter` publishes in.
        base: base IRI of the registry.
        limits: what a query may cost.
        server: that has the graphs, as `registry.store.remote` puts them; none for
            snapshots.
    """

    def __init__(
        self,
        folder: Path,
        base: str,
        limits: QueryLimits,
        server: Server | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._server = server.reader if server else None
        self._away = ""
        # A worker runs elsewhere, so that it needs the whole path.
        self._folder = folder.absolute()
        self._pointer = str(self._folder / "current")
        self._mark = (0, 0)
        self._snapshot: Snapshot | None = None
        self._base = base
        self._limits = limits
        self._crew = Crew(
            RELAY if server else TASK, limits.memory, limits.cpu, network=bool(server)
        )
        self._short = Places(
            self._crew,
            Lane(limits.workers, limits.waiting),
            limits.workers,
            # What a SPARQL server has to do is not for us to tell.
            1 if server else AHEAD,
            limits.short,
            self._most,
            self._overdue,
        )
        self._long = Lane(limits.long_workers, limits.waiting)
        self._background = Lane(1, 1)
        self._spool = Spool(self._folder, limits.spool_bytes)
        self._answers = Answers(limits.reuse_bytes)
        # What `answering.Request` holds for every query.
        common: dict[str, object] = {
            "base": base,
            "rows": limits.rows,
            "size": limits.result_bytes,
            "columns": limits.columns,
        }
        if self._server:
            common["server"] = asdict(self._server)
        self._common = _ENCODER.encode(common)
        self._closing = False
        self._stopped = dict.fromkeys(("moved", "deadline", "memory", "died"), 0)

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
        """Starts the workers of the short lane and returns when they are ready.

        Where one did not start, which is in the log, the next query starts another:
        who only wants to read records need not wait for that.
        """
        await self._short.fill()

    async def close(self) -> None:
        """Ends every worker, whatever it is doing."""
        self._closing = True
        self._crew.kill()
        # Whoever has a place finds out that its worker is gone, and leaves.
        for lane in (self._short, self._long, self._background):
            await lane.close(_unavailable("closing"))
        await self._crew.close()

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
        if there is none; `engine` the dialect of the SPARQL server, or `embedded`, and
        `away` why that server did not answer the last query, if it did not. Those who
        wait behind a query that a worker has begun are `waiting` as well.
        """
        snapshot = read_current(self._folder)
        return {
            "engine": self._server.dialect if self._server else "embedded",
            "away": self._away or None,
            "workers": self._limits.workers,
            "alive": self._short.alive,
            "running": self._short.running,
            "waiting": self._short.waiting,
            "long": {"running": self._long.taken, "waiting": self._long.waiting},
            "background": {"running": self._background.taken},
            "spooled": self._spool.used,
            "reused": self._answers.health(),
            "stopped": dict(self._stopped),
            "sandbox": self._crew.level,
            "sequence": snapshot.sequence if snapshot else None,
        }

    async def ask(
        self,
        query: Query,
        media_type: str,
        spent: Callable[[float], None] = _unbilled,
    ) -> Answer:
        """Runs a query that passed the gate and returns its answer.

        When the caller is cancelled, so is the query: its worker is killed.

        Args:
            query: what to run.
            media_type: one that `registry.store.answering` knows.
            spent: is told the seconds of each run, whatever came of it.

        Raises:
            QueryMalformed: a syntax error; `extra` has line and column.
            NotAcceptable: the answer has no form in the media type.
            QueryTimeout: the deadline or the memory cap was passed; `extra`
                has `rule` and `limit`.
            ResultTooLarge: the answer passed the limit of rows or bytes.
            EngineUnavailable: no worker can be had, nothing is published, or
                the engine crashed; `extra["reason"]` tells which.
        """
        if self._closing:
            raise _unavailable("closing")
        snapshot = self.current()
        key = reuse.key(query, media_type)
        kept = self._answers.find(key, str(snapshot.path)) if key else None
        if kept:
            return kept
        lasting = key is not None
        question = _Question(query, media_type, spent, snapshot, lasting=lasting)
        snapshot, answer = await self._anew(question)
        if key and snapshot == self._snapshot:
            self._answers.keep(key, str(snapshot.path), answer)
        return answer

    def position(self) -> Hashable:
        """Returns the name of the snapshot to ask: see `registry.ports`."""
        try:
            return str(self.current().path)
        except EngineUnavailable:
            return None

    async def _anew(self, question: _Question) -> tuple[Snapshot, Answer]:
        seconds = self._limits.deadline
        ends = asyncio.get_running_loop().time() + seconds
        try:
            return await self._briefly(question, ends)
        except _Moved:
            await self._enter(self._long, ends)
            run = Run(ends, seconds)
            return await self._apart(self._long, _LONG, run, question)

    async def work(self, query: Query, media_type: str, folder: Path) -> Answer:
        """Runs a query in the background; as `ask`, but for its deadline.

        Args:
            query: what to run.
            media_type: as for `ask`.
            folder: made here, for a copy of the snapshot, which may be removed
                meanwhile; to be removed by the caller.
        """
        seconds = self._limits.background
        loop = asyncio.get_running_loop()
        await self._enter(self._background, loop.time() + seconds)
        run = Run(loop.time() + seconds, seconds)
        try:
            copy = await self._pinned(folder)
        except BaseException:
            self._background.leave()
            raise
        question = _Question(query, media_type, _unbilled, copy, pinned=True)
        return (await self._apart(self._background, _BACKGROUND, run, question))[1]

    async def _pinned(self, folder: Path) -> Snapshot:
        while True:
            snapshot = self.current()
            if self._server:
                return snapshot
            try:
                await asyncio.to_thread(_link, snapshot.path, folder)
            except FileNotFoundError:
                # Replaced and removed while we looked; a loss of it is an error.
                if self.current() == snapshot:
                    raise _unavailable("unpublished") from None
            except OSError as error:
                raise _unavailable("spool") from error
            else:
                return Snapshot(folder.absolute(), snapshot.sequence)

    async def _enter(self, lane: Lane, ends: float, *, first: bool = False) -> None:
        try:
            seconds = ends - asyncio.get_running_loop().time()
            await lane.enter(seconds, first=first)
        except Full:
            raise self._busy(lane) from None

    async def _briefly(
        self, question: _Question, ends: float
    ) -> tuple[Snapshot, Answer]:
        """Answers in the short lane, or in the long one without a break."""
        lane = self._short.lane
        if not lane.enter_now():
            await self._enter(lane, ends)
        while True:
            run = Run(ends, self._limits.deadline)
            if self._short.sit(run):
                try:
                    return await self._answer(run, question)
                except Recalled:
                    question = replace(question, snapshot=self.current())
                finally:
                    self._leave(run)
            else:
                lane.leave()  # the seat was lost before we got there
            await self._enter(lane, ends, first=True)

    def _leave(self, run: Run) -> None:
        """Gives back what a run has, once its answer is there or lost."""
        if run.place:
            self._short.leave(run)
        else:
            self._crew.later(self._vacate(self._long, run.worker))

    async def _apart(
        self, lane: Lane, nice: int, run: Run, question: _Question
    ) -> tuple[Snapshot, Answer]:
        """Answers with a worker of its own, in a lane in which we have a place."""
        try:
            run.worker = await self._hired(lane, run)
            run.worker.yield_to_others(nice)
            return await self._answer(run, question)
        finally:
            self._crew.later(self._vacate(lane, run.worker))

    async def _vacate(self, lane: Lane, worker: Worker | None) -> None:
        """Gives a place of the long lane back when its worker has gone."""
        try:
            if worker:
                await self._crew.end(worker)
        finally:
            lane.leave()

    async def _hired(self, lane: Lane, run: Run) -> Worker:
        """Returns a fresh worker, if it is ready before the run has to end."""
        try:
            async with asyncio.timeout_at(run.ends):
                return await self._crew.hire()
        except TimeoutError:
            raise self._busy(lane) from None

    def current(self) -> Snapshot:
        """Returns the snapshot to ask, reading its name only when it changed.

        Raises:
            EngineUnavailable: nothing is published.
        """
        try:
            found = os.stat(self._pointer)
        except FileNotFoundError:
            raise _unavailable("unpublished") from None
        # The pointer is replaced as a whole, never written over.
        mark = (found.st_ino, found.st_mtime_ns)
        if mark != self._mark or self._snapshot is None:
            self._snapshot, self._mark = read_current(self._folder), mark
        if self._snapshot is None:
            raise _unavailable("unpublished")
        return self._snapshot

    async def _answer(self, run: Run, question: _Question) -> tuple[Snapshot, Answer]:
        asked = question.snapshot
        if run.worker is None:
            run.worker = await self._hired(self._short.lane, run)
        try:
            payload = self._payload(question)
            body, file = await self._exchange(run, payload, question.spent)
            self._away = ""
        except EngineUnavailable as error:
            self._away = str(error.extra.get("reason")) if self._server else ""
            gone = error.extra.get("reason") == "snapshot" and not question.pinned
            if not gone or self.current() == asked:
                raise
            # It was replaced, and removed, between our look and the worker's.
            if run.place:
                raise Recalled from None
            newer = replace(question, snapshot=self.current())
            return await self._answer(run, newer)
        return asked, Answer(body, asked.sequence, file, question.lasting)

    def _payload(self, question: _Question) -> bytes:
        # To encode a text by itself takes a third of what an object of it takes.
        query = question.query
        texts = (str(question.snapshot.path), query.text, question.media_type)
        snapshot, text, media_type = map(_ENCODER.encode, texts)
        payload = (
            f'{self._common[:-1]}, "snapshot": {snapshot}, "text": {text}, '
            f'"media_type": {media_type}, '
            f'"default_graphs": {_listed(query.default_graphs)}, '
            f'"named_graphs": {_listed(query.named_graphs)}}}'
        )
        return payload.encode()

    async def _exchange(
        self, run: Run, payload: bytes, spent: Callable[[float], None]
    ) -> tuple[bytes, SpooledFile | None]:
        """Returns the answer of the worker, in memory or in a file."""
        worker = run.worker
        assert worker  # noqa: S101 - hired before
        self._hand_over(run, worker)
        try:
            worker.channel.send(confinement.CALL, payload)
            kind, body = await worker.channel.receive(self._most, LEAST, self._spooled)
        except Recalled:
            raise
        except (EOFError, ConnectionError):
            raise await self._lost(run, worker) from None
        except BaseException:
            # Nobody waits for the answer, so nobody may get it by mistake.
            if run.has_begun:
                run.stopped = run.stopped or _unavailable("crashed")
            raise
        finally:
            self._finish(run, spent)
        if isinstance(body, SpooledFile):
            return b"", body
        if kind == confinement.ANSWER:
            return body, None
        raise sandbox.refusal(body) or _unavailable("crashed")

    def _hand_over(self, run: Run, worker: Worker) -> None:
        """Begins a run, unless its worker is busy with another."""
        if run.place is None:
            loop = asyncio.get_running_loop()
            run.began = loop.time()
            run.timer = loop.call_at(run.ends, self._overdue, run, worker)
        else:
            self._short.handed_over(run)

    def _finish(self, run: Run, spent: Callable[[float], None]) -> None:
        if run.timer:
            run.timer.cancel()
            run.timer = None
        if run.has_begun:
            spent(asyncio.get_running_loop().time() - run.began)
        if run.stopped:
            self._lose(run)

    async def _lost(self, run: Run, worker: Worker) -> Exception:
        """Returns what a run ends in whose worker is gone."""
        if not run.has_begun:
            return Recalled()  # whatever it was, it was another
        return run.stopped or await self._death(run, worker)

    async def _spooled(self, reader: asyncio.StreamReader, size: int) -> SpooledFile:
        try:
            return await self._spool.receive(reader, size)
        except Overfull:
            raise _unavailable("spool") from None

    def _overdue(self, run: Run, worker: Worker) -> None:
        """Moves a query to the long lane, or stops it."""
        loop = asyncio.get_running_loop()
        early = run.place is not None and run.ends - loop.time() > MOMENT
        more = self._more(run, worker) if early else 0.0
        if more > MOMENT:
            run.timer = loop.call_later(more, self._overdue, run, worker)
            return
        if early and self._long.enter_now():
            worker.yield_to_others(_LONG)
            self._short.move_out(run)
            run.timer = loop.call_at(run.ends, self._overdue, run, worker)
            return
        run.stopped = _Moved() if early else self._late(run.seconds)
        self._stopped["moved" if early else "deadline"] += 1
        worker.kill()
        # What it may still have sent is of no use; the reader sees the end.
        worker.channel.abort()

    def _more(self, run: Run, worker: Worker) -> float:
        """Returns for how much longer a query may stay in the short lane."""
        if self._server:
            return 0.0  # the work is done elsewhere
        now = asyncio.get_running_loop().time()
        short = self._limits.short
        return min(
            short - (worker.worked() - run.worked),
            run.began + _STARVED * short - now,
            run.ends - now,
        )

    def _lose(self, run: Run) -> None:
        """Kills the worker of a run."""
        worker = run.worker
        if worker is None:
            return
        worker.kill()
        if run.place:
            run.place.leaving = self._crew.later(self._crew.end(worker))
            self._short.lose(run)

    @property
    def _most(self) -> int:
        """What a worker may send: an answer, or an error that is a little text."""
        return max(self._limits.result_bytes, REFUSAL)

    def _late(self, seconds: float) -> QueryTimeout:
        return QueryTimeout(
            f"The query was not answered within {seconds:g} seconds, which is the "
            "limit, and was stopped.",
            f"Заявката не получи отговор за {seconds:g} секунди, колкото е "
            "ограничението, и беше спряна.",
            extra={"rule": "deadline", "limit": seconds},
        )

    async def _death(self, run: Run, worker: Worker) -> RegistryError:
        self._short.lose(run)
        status, report = await self._crew.ended(worker)
        reason = sandbox.why(status, report)
        self._stopped["memory" if reason is Reason.MEMORY else "died"] += 1
        log.warning("query worker died", extra={"reason": reason, "status": status})
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

    def _busy(self, lane: Lane) -> EngineUnavailable:
        long = lane is self._long
        english, bulgarian = _LINES[long]
        return EngineUnavailable(
            english,
            bulgarian,
            extra={
                "reason": "busy-long" if long else "busy",
                "limit": self._limits.waiting,
                "retryAfter": math.ceil(
                    self._limits.deadline if long else self._limits.short
                ),
            },
        )


def _listed(graphs: tuple[str, ...]) -> str:
    return _ENCODER.encode(graphs) if graphs else "[]"


def _link(snapshot: Path, folder: Path) -> None:
    """Makes a folder with the same files, which takes no room while both exist."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in snapshot.iterdir():
        os.link(file, folder / file.name)


def _unavailable(reason: str) -> EngineUnavailable:
    english, bulgarian = _REASONS[reason]
    return EngineUnavailable(english, bulgarian, extra={"reason": reason})


_LINES = {
    False: (
        "Too many queries are waiting; try again a little later.",
        "Твърде много заявки чакат; опитайте отново след малко.",
    ),
    True: (
        "The query takes longer than a moment, and too many such queries are being "
        "worked on; try again later, or run it in the background.",
        "Заявката изисква повече време, а в момента се изпълняват твърде много такива "
        "заявки; опитайте по-късно или я изпълнете във фонов режим.",
    ),
}
"""What is said when there is no place in the short lane, and in the long one."""

_REASONS = {
    "spool": (
        "There is no room for large answers at the moment.",
        "В момента няма място за големи отговори.",
    ),
    "unpublished": (
        "No data have been published for queries yet.",
        "Все още няма публикувани данни, към които да се отправят заявки.",
    ),
    "closing": (
        "The server is shutting down.",
        "Сървърът се спира.",
    ),
    "crashed": (
        "The query made the engine crash; other queries are not affected.",
        "Заявката предизвика срив на машината за заявки; другите заявки не са "
        "засегнати.",
    ),
}
