"""Queries in the background: a line, one worker, and answers kept for a while.

    {folder}/{id}.json        the state of a job
    {folder}/{id}.answer      its answer, once it is whole
    {folder}/{id}.snapshot/   what it asks, while it runs
    {folder}/{id}.lock        held by the process that works on it

The text of a query is kept in memory alone. So a job that a restart interrupts has
failed, and says so; it never leaves a part of an answer behind. Several processes
share the folder: each works off a line of its own, and shows the jobs of all.
"""

import asyncio
import fcntl
import json
import logging
import os
import re
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from registry import sandbox
from registry.errors import EngineUnavailable, NotFound, RegistryError, TooMany
from registry.ports import Answer, Job, JobState, Query

log = logging.getLogger(__name__)

_PIECE = 1024**2
_ID = re.compile(r"[0-9A-Za-z_-]{32}")
_LOOK = 1.0
"""Seconds between two looks whether another process has cancelled a job."""
_OPEN = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class JobLimits:
    """What work in the background may take.

    Attributes:
        waiting: jobs that may wait.
        client: jobs that a client may have open.
        kept: how long an answer is kept.
        bytes: of all answers together; the oldest is removed first.
    """

    waiting: int = 16
    client: int = 2
    kept: timedelta = timedelta(hours=24)
    bytes: int = 2 * 1024**3


class Backstage(Protocol):
    """The part of a query pool that works in the background."""

    async def work(self, query: Query, media_type: str, folder: Path) -> Answer:
        """Runs a query: see `registry.store.queries.QueryPool.work`."""


class AnswerFile:
    """The answer of a job, which may be forgotten while it is read.

    Attributes:
        size: bytes that it has.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.size = os.fstat(self._file.fileno()).st_size

    def read(self, most: int = -1) -> bytes:
        """Returns what comes next, nothing at the end."""
        return self._file.read(most)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class _Asked:
    query: Query
    media_type: str
    client: str


class Jobs:
    """The jobs of one server.

    Args:
        pool: runs the queries, one at a time.
        folder: where states and answers are.
        limits: what the work may take.
        now: the clock.
    """

    def __init__(
        self,
        pool: Backstage,
        folder: Path,
        limits: JobLimits,
        now: Callable[[], datetime],
    ) -> None:
        self._pool = pool
        self._folder = folder
        self._limits = limits
        self._now = now
        self._jobs: dict[str, Job] = {}
        self._asked: dict[str, _Asked] = {}
        self._locks: dict[str, int] = {}
        self._line: asyncio.Queue[str] = asyncio.Queue()
        self._running: tuple[str, asyncio.Task[None]] | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Reads what there is, and begins to work off the line."""
        await asyncio.to_thread(self._read)
        self._line = asyncio.Queue()
        self._serving = asyncio.create_task(self._serve())

    async def close(self) -> None:
        """Ends what runs; a job that is not done has failed after the next start."""
        for lock in self._locks.values():
            os.close(lock)
        self._locks.clear()
        tasks = [self._serving, self._running[1] if self._running else None]
        self._serving = self._running = None
        stopped = [task for task in tasks if task]
        for task in stopped:
            task.cancel()
        await asyncio.gather(*stopped, return_exceptions=True)

    def submit(
        self, query: Query, media_type: str, *, written: tuple[str, str], client: str
    ) -> Job:
        """Puts a query into the line: see `registry.ports.JobService`."""
        self._forget()
        open_ = [asked for asked in self._asked.values() if asked.client == client]
        if len(open_) >= self._limits.client:
            raise _too_many(self._limits.client)
        if len(self._asked) > self._limits.waiting:
            raise _full(self._limits.waiting)
        job = Job(
            secrets.token_urlsafe(24), JobState.QUEUED, *written, submitted=self._now()
        )
        try:
            self._hold(job.id)
            self._put(job)
        except OSError as error:
            self._remove(job.id)
            raise EngineUnavailable(*_NO_ROOM, extra={"reason": "spool"}) from error
        self._asked[job.id] = _Asked(query, media_type, client)
        self._line.put_nowait(job.id)
        return job

    def find(self, id: str) -> Job:
        """Returns a job: see `registry.ports.JobService`."""
        self._forget()
        job = self._jobs.get(id) or self._elsewhere(id)
        if job is None:
            raise NotFound(
                "There is no such query in the background, or no more.",
                "Няма такава заявка във фонов режим или вече е премахната.",
            )
        return job

    def _elsewhere(self, id: str) -> Job | None:
        """Returns a job that another process has, and keeps it once it has ended."""
        path = self._path(id, "json")
        job = _job(path) if _ID.fullmatch(id) and path.is_file() else None
        if job and job.ended:
            self._jobs[id] = job
        return job

    def answer(self, id: str) -> "AnswerFile":
        """Returns the file of an answer: see `registry.ports.JobService`."""
        job = self.find(id)
        if job.error:
            raise job.error
        if job.state is not JobState.DONE:
            raise NotFound(
                "The answer is not there yet.",
                "Отговорът още не е готов.",
                extra={"state": job.state.value, "retryAfter": 5},
            )
        file = AnswerFile(self._path(id, "answer"))
        if file.size != job.size:
            file.close()
            raise EngineUnavailable(*_DAMAGED, extra={"reason": "damaged"})
        return file

    def expires(self, job: Job) -> datetime | None:
        """Returns when a job is forgotten: see `registry.ports.JobService`."""
        return job.ended + self._limits.kept if job.ended else None

    def cancel(self, id: str) -> None:
        """Ends and forgets a job: see `registry.ports.JobService`."""
        self.find(id)
        if self._running and self._running[0] == id:
            self._running[1].cancel()
        self._remove(id)

    async def _serve(self) -> None:
        while True:
            id = await self._line.get()
            if id not in self._asked:
                continue  # it was cancelled
            task = asyncio.create_task(self._work(id, self._asked[id]))
            self._running = (id, task)
            while not (await asyncio.wait({task}, timeout=_LOOK))[0]:
                if not self._path(id, "json").exists():
                    task.cancel()  # by another process
            self._running = None
            self._asked.pop(id, None)
            await asyncio.to_thread(
                shutil.rmtree, self._path(id, "snapshot"), ignore_errors=True
            )
            if not task.cancelled() and (error := task.exception()):
                log.error("query in the background failed", exc_info=error)
                self._end(id, RegistryError(*_BROKEN))
            self._forget()

    async def _work(self, id: str, asked: _Asked) -> None:
        self._put(replace(self._jobs[id], state=JobState.RUNNING, started=self._now()))
        try:
            folder = self._path(id, "snapshot")
            answer = await self._pool.work(asked.query, asked.media_type, folder)
            await asyncio.to_thread(_store, answer, self._path(id, "answer"))
        except RegistryError as error:
            self._end(id, error)
        except OSError:
            log.exception("no room for an answer of the background")
            self._end(id, EngineUnavailable(*_NO_ROOM, extra={"reason": "spool"}))
        else:
            self._done(id, answer)

    def _done(self, id: str, answer: Answer) -> None:
        if id not in self._jobs or not self._path(id, "json").exists():
            self._remove(id)  # cancelled while its answer was written
            return
        self._put(
            replace(
                self._jobs[id],
                state=JobState.DONE,
                ended=self._now(),
                sequence=answer.sequence,
                size=self._path(id, "answer").stat().st_size,
            )
        )

    def _end(self, id: str, error: RegistryError) -> None:
        if id in self._jobs:
            job = self._jobs[id]
            self._put(
                replace(job, state=JobState.FAILED, ended=self._now(), error=error)
            )

    def _put(self, job: Job) -> None:
        self._jobs[job.id] = job
        self._folder.mkdir(parents=True, exist_ok=True)
        _write(self._path(job.id, "json"), _document(job).encode())
        if job.ended:
            self._asked.pop(job.id, None)
            self._let_go(job.id)

    def _hold(self, id: str) -> None:
        """Lets others see that this process works on a job, for as long as it lives."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._path(id, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        self._locks[id] = lock
        fcntl.flock(lock, fcntl.LOCK_EX)

    def _let_go(self, id: str) -> None:
        if id in self._locks:
            os.close(self._locks.pop(id))
            self._path(id, "lock").unlink(missing_ok=True)

    def _path(self, id: str, suffix: str) -> Path:
        return self._folder / f"{id}.{suffix}"

    def _read(self) -> None:
        """Reads the jobs of before, and removes what is left of unfinished ones."""
        held = {lock.stem for lock in self._folder.glob("*.lock") if _is_held(lock)}
        for file in self._folder.glob("*.json"):
            job = _job(file)
            if job is None:
                file.unlink(missing_ok=True)
            elif job.id not in held:
                self._jobs[job.id] = job
                if job.state in _OPEN:
                    self._end(job.id, EngineUnavailable(*_RESTARTED, extra=_RESTART))
        for left in self._folder.glob("*"):
            if left.stem not in held:
                self._tidy(left)
        self._forget()

    def _tidy(self, left: Path) -> None:
        """Removes a file that belongs to no job, or to one that did not end well."""
        job = self._jobs.get(left.stem)
        done = job is not None and job.state is JobState.DONE
        if left.suffix == ".snapshot":
            shutil.rmtree(left, ignore_errors=True)
        elif left.suffix != ".json" and not (done and left.suffix == ".answer"):
            left.unlink(missing_ok=True)

    def _forget(self) -> None:
        """Removes what is too old, then the oldest if all together is too much."""
        ended = sorted(
            (job for job in self._jobs.values() if job.ended),
            key=lambda job: job.ended or job.submitted,
        )
        size = sum(job.size or 0 for job in ended)
        now = self._now()
        for job in ended:
            ends = self.expires(job)
            if size <= self._limits.bytes and ends and ends > now:
                break
            size -= job.size or 0
            self._remove(job.id)

    def _remove(self, id: str) -> None:
        self._jobs.pop(id, None)
        self._asked.pop(id, None)
        self._let_go(id)
        for suffix in ("json", "answer"):
            self._path(id, suffix).unlink(missing_ok=True)


def _is_held(path: Path) -> bool:
    """Says whether a living process works on the job of a lock."""
    try:
        lock = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _store(answer: Answer, path: Path) -> None:
    """Writes an answer under a name that it gets when it is whole."""
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            file.write(answer.body)
            while answer.file and (piece := answer.file.read(_PIECE)):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if part.stat().st_size != answer.size:
            raise OSError("the answer was not written whole")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
        if answer.file:
            answer.file.close()


def _write(path: Path, body: bytes) -> None:
    part = path.with_suffix(".json-part")
    part.write_bytes(body)
    part.replace(path)


def _document(job: Job) -> str:
    error = job.error and {
        "slug": job.error.slug,
        "detail": dict(job.error.detail),
        "extra": dict(job.error.extra),
    }
    return json.dumps(asdict(replace(job, error=None)) | {"error": error}, default=str)


def _job(file: Path) -> Job | None:
    """Returns the job of a file, or `None` if it cannot be one."""
    with suppress(ValueError, TypeError, KeyError):
        read = json.loads(file.read_bytes())
        error = read["error"] and sandbox.refusal(json.dumps(read["error"]).encode())
        moments = {
            name: datetime.fromisoformat(read[name]) if read[name] else None
            for name in ("submitted", "started", "ended")
        }
        state = JobState(read["state"])
        return Job(**{**read, **moments, "state": state, "error": error or None})
    return None


def _too_many(limit: int) -> TooMany:
    return TooMany(
        f"{limit} of your queries are in the background already, which is the limit.",
        f"Във фонов режим вече има {limit} Ваши заявки, колкото е ограничението.",
        extra={"rule": "jobs-client", "limit": limit, "retryAfter": 60},
    )


def _full(limit: int) -> EngineUnavailable:
    return EngineUnavailable(
        "Too many queries are waiting in the background; try again later.",
        "Твърде много заявки чакат във фонов режим; опитайте отново по-късно.",
        extra={"reason": "jobs-busy", "limit": limit, "retryAfter": 60},
    )


_RESTARTED = (
    "The server was restarted before the answer was there; submit the query again.",
    "Сървърът беше рестартиран, преди отговорът да е готов; изпратете заявката отново.",
)
_RESTART = {"reason": "restarted"}
_NO_ROOM = (
    "There is no room for large answers at the moment.",
    "В момента няма място за големи отговори.",
)
_DAMAGED = (
    "The answer was damaged on our disk; submit the query again.",
    "Отговорът е повреден на диска ни; изпратете заявката отново.",
)
_BROKEN = (
    "The fault is ours and has been logged.",
    "Грешката е при нас и е записана.",
)
