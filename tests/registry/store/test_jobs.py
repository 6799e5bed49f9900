import asyncio
import io
import json
from collections.abc import Callable, Coroutine
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from registry.errors import (
    EngineUnavailable,
    NotFound,
    QueryTimeout,
    RegistryError,
    TooMany,
)
from registry.ports import Answer, Job, JobState, Query
from registry.store.jobs import JobLimits, Jobs
from tests.conftest import ticking

CSV = "text/csv"
LATE = QueryTimeout("Late.", "Късно.", extra={"rule": "deadline", "limit": 600})


class _Stored(io.BytesIO):
    """A large answer; it says how large, which may be a lie."""

    def __init__(self, body: bytes, size: int) -> None:
        super().__init__(body)
        self.size = size

    def read(self, most: int | None = -1) -> bytes:
        return super().read(most)


class _Pool:
    """Does what the text of a query says."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.cancelled = False

    async def work(self, query: Query, media_type: str, folder: Path) -> Answer:
        self.asked.append(query.text)
        folder.mkdir(parents=True)
        (folder / media_type.replace("/", "-")).touch()
        if query.text == "late":
            raise LATE
        if query.text == "broken":
            raise RuntimeError("a defect")
        if query.text == "for ever":
            await self._for_ever()
        if query.text == "large":
            return Answer(b"", 7, _Stored(b"x" * 3_000_000, 3_000_000))
        if query.text == "cut":
            return Answer(b"", 7, _Stored(b"x" * 10, 11))
        return Answer(query.text.encode(), 7)

    async def _for_ever(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled = True


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 20))


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


def jobs_in(folder: Path, pool: _Pool | None = None, **limits: Any) -> Jobs:
    return Jobs(pool or _Pool(), folder, JobLimits(**limits), ticking())


def submit(jobs: Jobs, text: str, client: str = "a") -> str:
    job = jobs.submit(Query(text), CSV, written=("text/csv", "csv"), client=client)
    assert job.state is JobState.QUEUED
    return job.id


async def ended(jobs: Jobs, id: str) -> Job:
    await until(lambda: jobs.find(id).ended)
    return jobs.find(id)


def files(folder: Path) -> set[str]:
    return {path.suffix for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("text", "body"), [("small", b"small"), ("large", b"x" * 3_000_000)]
)
def test_answer_is_fetched_later(tmp_path: Path, text: str, body: bytes) -> None:
    """A job is done with its answer whole on disk, and nothing else left there."""

    async def work() -> None:
        jobs = jobs_in(tmp_path)
        await jobs.start()
        job = await ended(jobs, submit(jobs, text))
        await until(lambda: files(tmp_path) == {".json", ".answer"})
        answer = jobs.answer(job.id)

        assert (job.state, job.sequence, job.size) == (JobState.DONE, 7, len(body))
        assert answer.read() == body
        answer.close()
        await jobs.close()

    run(work())


@pytest.mark.parametrize(
    ("text", "kind", "extra"),
    [
        ("late", QueryTimeout, LATE.extra),
        ("broken", RegistryError, {}),
        ("cut", EngineUnavailable, {"reason": "spool"}),
    ],
)
def test_failure_is_told(
    tmp_path: Path, text: str, kind: type[RegistryError], extra: dict[str, object]
) -> None:
    """A job that failed says why, has no answer, and the next one runs."""

    async def work() -> None:
        jobs = jobs_in(tmp_path)
        await jobs.start()
        job = await ended(jobs, submit(jobs, text))
        following = await ended(jobs, submit(jobs, "fine", "b"))

        assert job.state is JobState.FAILED
        assert type(job.error) is kind
        assert job.error.extra == extra
        with pytest.raises(kind):
            jobs.answer(job.id)
        assert not (tmp_path / f"{job.id}.answer").exists()
        assert following.state is JobState.DONE
        await jobs.close()

    run(work())


def test_jobs_run_one_by_one_and_can_be_cancelled(tmp_path: Path) -> None:
    """Cancelling ends what runs and forgets what waits."""

    async def work() -> None:
        pool = _Pool()
        jobs = jobs_in(tmp_path, pool)
        await jobs.start()
        first, second = submit(jobs, "for ever"), submit(jobs, "second")
        third = submit(jobs, "third", "b")
        await until(lambda: jobs.find(first).state is JobState.RUNNING)
        with pytest.raises(NotFound) as waiting:
            jobs.answer(first)
        assert jobs.find(second).state is JobState.QUEUED
        jobs.cancel(second)
        jobs.cancel(first)
        await ended(jobs, third)

        assert waiting.value.extra["state"] == "running"
        assert pool.cancelled
        assert pool.asked == ["for ever", "third"]
        for gone in (first, second):
            with pytest.raises(NotFound):
                jobs.find(gone)
        await until(lambda: files(tmp_path) == {".json", ".answer"})
        await jobs.close()

    run(work())


def test_line_is_bounded(tmp_path: Path) -> None:
    """A client has so many jobs open, and all clients together so many more."""

    async def work() -> None:
        jobs = jobs_in(tmp_path, client=1, waiting=1)
        await jobs.start()
        submit(jobs, "for ever", "a")
        with pytest.raises(TooMany) as greedy:
            submit(jobs, "more", "a")
        submit(jobs, "second", "b")
        with pytest.raises(EngineUnavailable) as full:
            submit(jobs, "third", "c")

        assert greedy.value.extra["rule"] == "jobs-client"
        assert full.value.extra["reason"] == "jobs-busy"
        await jobs.close()

    run(work())


def test_restart_never_leaves_a_part_of_an_answer(tmp_path: Path) -> None:
    """What was done is still there; what was not has failed, and says why."""

    async def work() -> None:
        jobs = jobs_in(tmp_path)
        await jobs.start()
        done = await ended(jobs, submit(jobs, "done"))
        running, waiting = submit(jobs, "for ever"), submit(jobs, "waiting")
        await until(lambda: jobs.find(running).state is JobState.RUNNING)
        await until(lambda: (tmp_path / f"{running}.snapshot").exists())
        await jobs.close()
        # As if killed while it wrote.
        (tmp_path / f"{running}.part").write_bytes(b"half")
        (tmp_path / f"{running}.answer").write_bytes(b"half")
        (tmp_path / "odd.json").write_bytes(b"{")
        again = jobs_in(tmp_path)
        await again.start()

        assert again.find(done.id) == done
        answer = again.answer(done.id)
        assert answer.read() == b"done"
        answer.close()
        for id in (running, waiting):
            job = again.find(id)
            assert job.error
            assert job.error.extra == {"reason": "restarted"}
            with pytest.raises(EngineUnavailable):
                again.answer(id)
        assert sorted(path.suffix for path in tmp_path.iterdir()) == [
            ".answer",
            ".json",
            ".json",
            ".json",
        ]
        await again.close()

    run(work())


def test_answers_are_forgotten(tmp_path: Path) -> None:
    """An answer is kept for a time, and the oldest goes when there is no room."""

    async def work() -> None:
        jobs = jobs_in(tmp_path, kept=timedelta(hours=1), bytes=8)
        await jobs.start()
        first = await ended(jobs, submit(jobs, "first"))
        second = await ended(jobs, submit(jobs, "second"))

        with pytest.raises(NotFound):
            jobs.find(first.id)
        assert jobs.expires(second) == (second.ended or second.submitted) + timedelta(
            hours=1
        )
        await jobs.close()
        late = Jobs(
            _Pool(),
            tmp_path,
            JobLimits(kept=timedelta(hours=1)),
            ticking(second.submitted + timedelta(hours=2)),
        )
        await late.start()
        with pytest.raises(NotFound):
            late.find(second.id)
        assert not list(tmp_path.iterdir())
        await late.close()

    run(work())


def test_damaged_answer_is_not_sent(tmp_path: Path) -> None:
    """A file that is not as long as it was is an error, not an answer."""

    async def work() -> None:
        jobs = jobs_in(tmp_path)
        await jobs.start()
        job = await ended(jobs, submit(jobs, "whole"))
        (tmp_path / f"{job.id}.answer").write_bytes(b"who")

        with pytest.raises(EngineUnavailable):
            jobs.answer(job.id)
        assert "whole" not in json.dumps(
            json.loads((tmp_path / f"{job.id}.json").read_text())
        )
        await jobs.close()

    run(work())


def test_processes_show_the_jobs_of_each_other(tmp_path: Path) -> None:
    """Another one finds a job, leaves it alone when it starts, and may cancel it."""

    async def work() -> None:
        pool = _Pool()
        own, other = jobs_in(tmp_path, pool), jobs_in(tmp_path)
        await own.start()
        running, done = submit(own, "for ever"), submit(own, "answer")
        await until(lambda: own.find(running).state is JobState.RUNNING)
        await other.start()

        assert other.find(running).state is JobState.RUNNING
        other.cancel(running)
        await until(lambda: pool.cancelled)
        await until(lambda: other.find(done).state is JobState.DONE)
        with closing(other.answer(done)) as answer:
            assert answer.read() == b"answer"
        with pytest.raises(NotFound):
            other.find("../" + done)
        await other.close()
        await own.close()

    run(work())
