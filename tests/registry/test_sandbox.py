import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from registry import confinement
from registry.errors import MalformedDocument, QueryRefused
from registry.sandbox import (
    Reason,
    Started,
    Stopped,
    Worker,
    level,
    refusal,
    start,
    why,
)

MEMORY = 512 * 1024**2
HARM = "tests.registry.sandbox_tasks:misbehave"
ECHO = "tests.registry.sandbox_tasks:echo"


@pytest.fixture(scope="module")
def harmful() -> Iterator[Worker]:
    """A worker that does whatever harm it is told to."""
    with Worker(HARM, MEMORY) as worker:
        yield worker


def gone(pid: int) -> bool:
    """Tells whether the process has ended, waiting up to ten seconds for it."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        threading.Event().wait(0.01)
    return False


def test_answers_bytes_with_bytes() -> None:
    """A worker returns what its task returns, however long it is."""
    with Worker(ECHO, MEMORY) as worker:
        answers = [worker.call(body, 10) for body in (b"", b"a", b"b" * 10_000_000)]

    assert answers == [b"", b"a", b"b" * 10_000_000]


def test_process_is_kept() -> None:
    """Calls that end well are all served by the same process."""
    with Worker(HARM, MEMORY) as worker:
        pids = {json.loads(worker.call(b"describe", 10))["pid"] for _ in range(3)}

    assert len(pids) == 1


def test_process_can_be_started_beforehand() -> None:
    """The calls are served by the process that was begun, or by another if it died."""
    with Worker(HARM, MEMORY) as worker:
        worker.begin()
        begun = worker._started
        assert begun is not None
        answered = json.loads(worker.call(b"describe", 10))["pid"]
        worker.begin()
        again = json.loads(worker.call(b"describe", 10))["pid"]
    with Worker(HARM, MEMORY) as worker:
        worker.begin()
        died = worker._started
        assert died is not None
        died.kill()
        died.process.wait()
        other = json.loads(worker.call(b"describe", 10))["pid"]

    assert (answered, again) == (begun.process.pid, begun.process.pid)
    assert other != died.process.pid


def sleeps(pid: int) -> int:
    """Returns how often a process has begun to wait."""
    with open(f"/proc/{pid}/status") as file:
        found = next(line for line in file if line.startswith("voluntary_ctxt"))
    return int(found.split()[1])


def asleep(pid: int) -> bool:
    """Tells whether a process waits for something."""
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "S"


def until_asleep(started: Started) -> int:
    """Returns how often a worker has begun to wait, once it has answered and waits."""
    select.select([started.channel], [], [])
    while not asleep(started.process.pid):
        threading.Event().wait(0.001)
    return sleeps(started.process.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_process_is_woken_by_calls_alone(tmp_path: Path) -> None:
    """A worker sleeps once for each call: its caller taking an answer is no event."""
    started = start(ECHO, MEMORY, str(tmp_path))
    try:
        until_asleep(started)
        started.channel.recv(1024)
        counts = []
        for _ in range(20):
            confinement.send(started.channel, confinement.CALL, b"")
            counts.append(until_asleep(started))
            started.channel.recv(1024)
            threading.Event().wait(0.005)
    finally:
        started.kill()
        started.channel.close()
        started.reap()

    assert counts[-1] - counts[0] < 1.5 * 19


def test_refusal_crosses(harmful: Worker) -> None:
    """A refusal of the task is raised with its class, texts and extra members."""
    with pytest.raises(MalformedDocument) as caught:
        harmful.call(b"refuse", 10)

    assert caught.value.detail == {"en": "No.", "bg": "Не."}
    assert caught.value.extra == {"line": 3}


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        ("fail", Reason.DIED),
        ("crash", Reason.DIED),
        ("devour", Reason.MEMORY),
        ("sleep", Reason.DEADLINE),
    ],
)
def test_death_is_told_and_survived(harmful: Worker, harm: str, reason: Reason) -> None:
    """A worker that dies says why, and the next call finds a fresh one."""
    with pytest.raises(Stopped) as caught:
        harmful.call(harm.encode(), 0.5 if harm == "sleep" else 10)

    assert caught.value.reason == reason
    assert json.loads(harmful.call(b"describe", 10))["pid"]


def test_processor_time_is_limited() -> None:
    """The kernel ends a call that uses up its time, each call having its own."""
    with Worker(HARM, MEMORY, cpu=1) as worker:
        assert worker.call(b"describe", 10)
        with pytest.raises(Stopped) as caught:
            worker.call(b"spin", 60)

    assert caught.value.reason == Reason.DIED


def test_level_of_this_system() -> None:
    """The level is known before anything has to be read."""
    assert level() in {"seccomp", "namespace", "limits"}


def test_failure_is_reported(harmful: Worker) -> None:
    """The last words of a task that failed reach the log of the parent."""
    with pytest.raises(Stopped) as caught:
        harmful.call(b"fail", 10)

    assert "LookupError: nobody expected this" in caught.value.report


@pytest.mark.skipif(sys.platform != "linux", reason="needs seccomp or namespaces")
@pytest.mark.parametrize("harm", ["connect", "execute", "write"])
def test_rights_are_given_up(harmful: Worker, harm: str) -> None:
    """A worker can reach no network, start no program and write no file."""
    with pytest.raises(Stopped) as caught:
        harmful.call(harm.encode(), 10)

    assert caught.value.reason == Reason.DIED
    assert "Error" in caught.value.report
    assert harmful.level in {"seccomp", "namespace"}


def test_nothing_of_ours_is_seen() -> None:
    """A worker sees no variable of the server, no file beside it, leaves no core."""
    with Worker(HARM, MEMORY) as worker:
        facts = json.loads(worker.call(b"describe", 10))

    # Python sets the last one itself.
    ours = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"}
    memory = {"MALLOC_ARENA_MAX", "GLIBC_TUNABLES"}
    assert set(facts["environment"]) <= ours | memory
    assert facts["files"] == []
    assert facts["core"] == 0


def test_oversize_answer_is_refused() -> None:
    """An answer over the limit is never taken in."""
    with Worker(ECHO, MEMORY, answer=1000) as worker:
        assert worker.call(b"a" * 1000, 10) == b"a" * 1000
        with pytest.raises(Stopped) as caught:
            worker.call(b"a" * 1001, 10)

    assert caught.value.reason == Reason.OVERSIZE


def test_task_that_cannot_be_imported_is_told() -> None:
    """A worker whose task does not exist says so with the reason."""
    with (
        Worker("tests.registry.nowhere:task", MEMORY) as worker,
        pytest.raises(Stopped) as caught,
    ):
        worker.call(b"", 10)

    assert caught.value.reason == Reason.NOT_STARTED
    assert "ModuleNotFoundError" in caught.value.report


def test_threads_take_turns() -> None:
    """Calls from several threads each get their own answer."""
    bodies = [str(number).encode() for number in range(200)]
    with Worker(ECHO, MEMORY) as worker, ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda body: worker.call(body, 10), bodies))

    assert answers == bodies


def test_worker_outlives_the_thread_that_started_it() -> None:
    """The end of the thread that made the first call does not end the worker."""
    with Worker(HARM, MEMORY) as worker:
        pids: list[int] = []

        def describe() -> None:
            pids.append(json.loads(worker.call(b"describe", 10))["pid"])

        thread = threading.Thread(target=describe)
        thread.start()
        thread.join()
        describe()

    assert pids[0] == pids[1]


def test_worker_dies_with_its_parent() -> None:
    """A worker in the middle of its work ends when its parent is killed."""
    script = (
        "import json, sys\n"
        "from registry.sandbox import Worker\n"
        f"worker = Worker({HARM!r}, {MEMORY})\n"
        "print(json.loads(worker.call(b'describe', 10))['pid'], flush=True)\n"
        "worker.call(b'sleep', 60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)

    assert gone(pid)


@pytest.mark.parametrize(
    ("body", "why_not"),
    [
        (b"", "no JSON"),
        (b"[" * 100_000, "nested beyond reading"),
        (b"[]", "no object"),
        (b'{"slug": "invalid"}', "no texts"),
        (
            b'{"slug": "x", "detail": {"en": "", "bg": ""}, "extra": {}}',
            "no such error",
        ),
        (
            b'{"slug": "invalid", "detail": {"en": 1, "bg": ""}, "extra": {}}',
            "a text that is a number",
        ),
    ],
)
def test_forged_refusal_is_none(body: bytes, why_not: str) -> None:
    """What a worker sends as a refusal is taken for one only if it is one."""
    assert refusal(body) is None, why_not


def test_refusal_is_rebuilt_from_json() -> None:
    """A refusal is rebuilt by its slug, never unpickled."""
    error = refusal(
        b'{"slug": "query-refused", "detail": {"en": "a", "bg": "b"}, "extra": 1}'
    )

    assert isinstance(error, QueryRefused)
    assert (error.detail, error.extra) == ({"en": "a", "bg": "b"}, {})


def test_exhaustion_is_told_from_a_crash() -> None:
    """The last words tell exhausted memory from any other death."""
    assert why(-6, "memory allocation of 16 bytes failed") == Reason.MEMORY
    assert why(-6, "thread 'main' has overflowed its stack") == Reason.DIED
    assert why(-9, "") == Reason.KILLED
