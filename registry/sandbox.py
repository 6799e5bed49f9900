"""Killable workers: one named task in a confined process, with a deadline.

Native parsers and query engines can be crashed, or kept busy for ever, by a
few bytes of text, and no exception helps. So such text is only ever handed to
a process that may die:

    with Worker("registry.admission:serve", memory=1 << 30) as worker:
        answer = worker.call(payload, deadline=5.0)

What comes back from a worker has been near hostile text and is untrusted: it
is bytes of bounded length, and refusals are rebuilt from plain JSON.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self

from registry import confinement
from registry.confinement import FRAME
from registry.errors import RegistryError, tree

START = 30.0
"""Seconds that a worker may take to be ready; a loaded machine is slow."""

ENDING = 1.0
"""Seconds that a process may take to die by itself."""

ANSWER = 256 * 1024**2
"""Bytes that an answer may have unless told otherwise."""

CPU = 900
"""Seconds of processor time that a call may take, whatever became of who waits."""

_STDERR = 16 * 1024


class Reason(StrEnum):
    """Why a worker gave no answer."""

    DEADLINE = "deadline"
    MEMORY = "memory"
    DIED = "died"
    KILLED = "killed"
    """From outside, and so for nothing that it did itself."""
    OVERSIZE = "oversize"
    NOT_STARTED = "not-started"
    BUSY = "busy"
    """Others had it for all the time that there was."""


PASSING = frozenset({Reason.BUSY, Reason.NOT_STARTED, Reason.KILLED})
"""Reasons for which what was handed to the worker cannot be blamed."""


class Stopped(Exception):  # noqa: N818 - named like the refusals
    """The worker gave no answer and is gone; the next call has a fresh one.

    It is not a `RegistryError`: only the caller knows what the work was, and
    so what to tell the person who asked for it.

    Args:
        reason: what happened.
        report: the last words of the process, for the log.
    """

    def __init__(self, reason: Reason, report: str = "") -> None:
        super().__init__(f"{reason}: {report}" if report else str(reason))
        self.reason = reason
        self.report = report


class Caller(Protocol):
    """A worker that answers bytes with bytes."""

    def call(self, payload: bytes, deadline: float) -> bytes:
        """Returns what the task returned, or raises if it had to be stopped."""


@dataclass(frozen=True, slots=True)
class Started:
    """A worker process and our end of its channel.

    Attributes:
        process: what runs; its standard input is its lifeline.
        channel: carries frames, see `registry.confinement`.
    """

    process: "subprocess.Popen[bytes]"
    channel: socket.socket

    def kill(self) -> None:
        """Ends the process at once; `reap` must follow."""
        self.process.kill()

    def worked(self) -> float:
        """Returns the seconds of processor time that the process has had so far.

        Raises:
            OSError: it was reaped.
        """
        # clock_getcpuclockid(3), which Python has for threads only.
        return time.clock_gettime(~self.process.pid << 3 | 2)

    def reap(self) -> tuple[int, str]:
        """Waits until the process is gone and frees what belonged to it.

        One that is still dying by itself gets a second for it. It takes some
        milliseconds per gigabyte that the process held. The channel stays open.

        Returns:
            The exit status, negative for a signal, and its last words.
        """
        try:
            status = self.process.wait(timeout=ENDING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        report = b""
        if self.process.stderr:
            report = self.process.stderr.read(_STDERR)
            self.process.stderr.close()
        if self.process.stdin:
            self.process.stdin.close()
        return status, report.decode(errors="replace").strip()


def start(
    task: str, memory: int, folder: str, cpu: int = CPU, *, network: bool = False
) -> Started:
    """Starts a worker process, without waiting until it is ready.

    Args:
        task: `module:function`, a function from bytes to bytes.
        memory: bytes of address space it may use.
        folder: an empty folder to run in.
        cpu: seconds of processor time that each call may take.
        network: whether it may use the network, as no reader of texts may.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [
                sys.executable,
                # -S: the path is handed over complete, so that the site
                # packages need not be searched; -P: the folder is not on it.
                "-SPm",
                "registry.confinement",
                task,
                str(memory),
                str(cpu),
                str(theirs.fileno()),
                str(int(network)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(theirs.fileno(),),
            cwd=folder,
            # Nothing else of the environment: it may hold secrets.
            env={
                "PYTHONPATH": os.pathsep.join(os.path.abspath(p) for p in sys.path),
                "PYTHONDONTWRITEBYTECODE": "1",
                # Else each thread reserves 64 MiB of the address space.
                "MALLOC_ARENA_MAX": "2",
                # The engine makes and frees thousands of small things for each query:
                # they are kept at hand instead of being put together again.
                "GLIBC_TUNABLES": "glibc.malloc.tcache_count=2000",
            },
        )
    return Started(process, ours)


def why(status: int, report: str) -> Reason:
    """Returns why a process died by itself.

    Args:
        status: its exit status.
        report: its last words.
    """
    exhausted = (
        "memory allocation of",
        "MemoryError",
        "bad_alloc",
        # A thread for which no stack is left.
        "Resource temporarily unavailable",
    )
    if status and any(word in report for word in exhausted):
        return Reason.MEMORY
    return Reason.KILLED if status == -signal.SIGKILL else Reason.DIED


def refusal(body: bytes) -> RegistryError | None:
    """Rebuilds an error that a worker sent, or `None` if it is not one."""
    try:
        sent = json.loads(body)
        slug, detail, extra = sent["slug"], sent["detail"], sent["extra"]
        texts = (detail["en"], detail["bg"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    kind = {error.slug: error for error in tree()}.get(str(slug))
    if kind is None or not all(isinstance(text, str) for text in texts):
        return None
    return kind(*texts, extra=extra if isinstance(extra, Mapping) else None)


def level() -> str:
    """Returns how far a worker is confined on this system, by starting one.

    See `registry.confinement.confine`.
    """
    # Bytes made of bytes are the same ones: a task that does nothing.
    with Worker("builtins:bytes", memory=1 << 30) as trial:
        trial.call(b"", START)
        return trial.level


class Worker:
    """Runs a task in a confined process that is killed if it takes too long.

    Calls from several threads take turns; waiting counts as time taken.

    Args:
        task: `module:function`, a function from bytes to bytes. A
            `RegistryError` that it raises is raised by `call`.
        memory: bytes of address space the process may use.
        answer: bytes an answer may have.
        cpu: seconds of processor time that a call may take.
    """

    def __init__(
        self, task: str, memory: int, *, answer: int = ANSWER, cpu: int = CPU
    ) -> None:
        self._task = task
        self._cpu = cpu
        self._memory = memory
        self._answer = answer
        self._folder = tempfile.TemporaryDirectory(prefix="registry-")
        self._turn = threading.Lock()
        self._started: Started | None = None
        self._ready = False
        self._level = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def level(self) -> str:
        """How far the process is confined, empty before the first call.

        See `registry.confinement.confine`.
        """
        return self._level

    def begin(self) -> None:
        """Starts the process, if there is none; the next call waits until it is ready.

        Otherwise the first call does, which then takes so much longer.
        """
        with self._turn:
            self._launched()

    def call(self, payload: bytes, deadline: float) -> bytes:
        """Returns what the task made of the payload.

        Args:
            payload: handed to the task.
            deadline: seconds until the process is killed.

        Raises:
            Stopped: there was no answer in time, or the process died.
            RegistryError: the task refused the payload.
        """
        ends = time.monotonic() + deadline
        if not self._turn.acquire(timeout=deadline):
            raise Stopped(Reason.BUSY)
        try:
            kind, body = self._exchange(payload, ends)
        finally:
            self._turn.release()
        if kind == confinement.REFUSAL:
            raise refusal(body) or Stopped(Reason.DIED)
        return body

    def close(self) -> None:
        """Ends the process, if there is one; no call may follow."""
        with self._turn:
            self._stop()
            self._folder.cleanup()

    def _exchange(self, payload: bytes, ends: float) -> tuple[bytes, bytes]:
        try:
            channel = self._channel()
            channel.settimeout(max(ends - time.monotonic(), 0.001))
            confinement.send(channel, confinement.CALL, payload)
            return _receive(channel, ends, self._answer)
        except TimeoutError:
            self._stop()
            raise Stopped(Reason.DEADLINE) from None
        except (EOFError, ConnectionError):
            # It closed its end, so it is dying by itself; its status tells why.
            status, report = self._stop(killing=False)
            raise Stopped(why(status, report), report) from None
        except BaseException:
            # An answer may be on its way that nobody will collect.
            self._stop()
            raise

    def _launched(self) -> Started:
        if self._started and self._started.process.poll() is not None:
            self._stop()
        if self._started is None:
            self._started = start(
                self._task, self._memory, self._folder.name, self._cpu
            )
            self._ready = False
        return self._started

    def _channel(self) -> socket.socket:
        channel = self._launched().channel
        if not self._ready:
            try:
                ready = _receive(channel, time.monotonic() + START, self._answer)
            except (EOFError, OSError):
                _, report = self._stop()
                raise Stopped(Reason.NOT_STARTED, report) from None
            self._level = ready[1].decode(errors="replace")
            self._ready = True
        return channel

    def _stop(self, *, killing: bool = True) -> tuple[int, str]:
        if self._started is None:
            return 0, ""
        started, self._started = self._started, None
        if killing:
            started.kill()
        started.channel.close()
        return started.reap()


def insist(worker: Caller, payload: bytes, deadline: float) -> bytes:
    """Returns what a worker answers, another one if the first was killed from outside.

    Nothing that it was handed does that; the next one may get to its end.
    """
    try:
        return worker.call(payload, deadline)
    except Stopped as stopped:
        if stopped.reason is not Reason.KILLED:
            raise
        return worker.call(payload, deadline)


def _receive(channel: socket.socket, ends: float, most: int) -> tuple[bytes, bytes]:
    kind, length = FRAME.unpack(_exactly(channel, FRAME.size, ends))
    if length > most:
        raise Stopped(Reason.OVERSIZE)
    return kind, bytes(_exactly(channel, length, ends))


def _exactly(channel: socket.socket, length: int, ends: float) -> bytearray:
    body = bytearray(length)
    view = memoryview(body)
    while view:
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        channel.settimeout(left)
        count = channel.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return body
