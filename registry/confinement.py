"""The far side of a sandbox: gives up its rights, then answers frame by frame.

Started by `registry.sandbox` as
`python -m registry.confinement TASK MEMORY CPU FD NETWORK` and never imported by the
server. Whatever text a task is handed, the process can then open no socket, start no
program, write to no file and outgrow no limit, and it ends with the process that
started it. Only a task that asks a SPARQL server may open sockets.
"""

import contextlib
import ctypes
import fcntl
import gc
import importlib
import json
import os
import platform
import resource
import select
import signal
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

from registry.errors import RegistryError

FRAME = struct.Struct(">cI")
"""What precedes every frame: its kind and the length of its body."""

HELLO, CALL, ANSWER, REFUSAL, RECALL = b"h", b"c", b"a", b"r", b"b"
"""The kinds: ready, with the level reached; a payload; its answer; an error; and, one
way, that no call is to be begun which was sent before, the other, that it was not."""

LIMITS = "limits"
"""The level of a process that is kept from the network by nothing but its limits."""

_SMALL = 64 * 1024

LIFELINE = 0
"""The descriptor whose other end closes when the starting process ends."""

_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000

_RET_KILL, _RET_ERRNO, _RET_ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_LOAD, _JUMP_EQ, _JUMP_GE, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_OFFSET, _ARCHITECTURE_OFFSET = 0, 4
_X32_CALLS = 0x40000000
"""x86-64 has a second set of numbers for the same calls, from here on."""

CONNECTED = "connected"
"""The level of a process that may use the network, and still start no program."""

# Audit number of the architecture, then: socket, execve, execveat, ptrace and
# io_uring_setup, for a ring can open sockets without the call named socket.
_DENIED = {
    "x86_64": (0xC000003E, (41, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, (198, 221, 281, 117, 425)),
}


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("program", ctypes.c_void_p))


def program(machine: str, *, network: bool = False) -> bytes | None:
    """Returns the seccomp filter for a machine, or `None` if none is known.

    Args:
        machine: its architecture.
        network: whether sockets may be opened.

    **Source:** Linux kernel documentation, "Seccomp BPF".
    """
    if machine not in _DENIED:
        return None
    architecture, (socket_, *others) = _DENIED[machine]
    denied = others if network else [socket_, *others]
    refuse = len(denied) + 1
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_OFFSET),
        (_JUMP_EQ, 1, 0, architecture),
        (_RETURN, 0, 0, _RET_KILL),
        (_LOAD, 0, 0, _NUMBER_OFFSET),
        (_JUMP_GE, refuse, 0, _X32_CALLS),
        *(
            (_JUMP_EQ, refuse - 1 - index, 0, number)
            for index, number in enumerate(denied)
        ),
        (_RETURN, 0, 0, _RET_ALLOW),
        (_RETURN, 0, 0, _RET_ERRNO | 1),  # 1 is EPERM
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def confine(memory: int, *, network: bool = False) -> str:
    """Gives up what no task needs and returns the level that was reached.

    Args:
        memory: bytes of address space the process may use.
        network: whether it may use the network.

    Returns:
        `seccomp` or `namespace` if the process cannot reach any network,
        `limits` if the system offers neither; `connected` if it may reach it.
    """
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, 1024)
    _limit(resource.RLIMIT_AS, memory)
    if sys.platform != "linux":
        return LIMITS
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    code = program(platform.machine(), network=network)
    if code is not None:
        buffer = ctypes.create_string_buffer(code, len(code))
        filter_ = _Filter(len(code) // 8, ctypes.addressof(buffer))
        pointer = ctypes.byref(filter_)
        if not libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, pointer, 0, 0):
            return CONNECTED if network else "seccomp"
    if network:
        return LIMITS
    return LIMITS if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) else "namespace"


def _give_way() -> None:
    """Lets whoever calls go on with what else there is to do before we start."""
    with contextlib.suppress(AttributeError, OSError):  # only Linux has it
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _limit(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    try:
        resource.setrlimit(kind, (most, most))
    except (OSError, ValueError):
        # macOS knows some limits by name only.
        return


def follow_parent() -> None:
    """Ends this process as soon as the other end of the lifeline closes.

    The kernel does it by a signal, so that it works in the middle of native
    code. A death signal (`PR_SET_PDEATHSIG`) would not do: it is sent when the
    *thread* that started the process ends.
    """
    if sys.platform != "linux":
        threading.Thread(target=_wait_for_parent, daemon=True).start()
        return
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(LIFELINE, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(
        LIFELINE,
        fcntl.F_SETFL,
        fcntl.fcntl(LIFELINE, fcntl.F_GETFL) | os.O_ASYNC,
    )
    if select.select([LIFELINE], [], [], 0)[0]:
        os._exit(0)


def _wait_for_parent() -> None:
    os.read(LIFELINE, 1)
    os._exit(0)


def allot(seconds: int, granted: int = 0) -> int:
    """Grants processor time from now on; the kernel kills whoever takes more.

    The caller has a deadline of its own and does the same; this holds even while the
    caller is stopped.

    Args:
        seconds: to be granted.
        granted: what was returned before; the same is not granted again.

    Returns:
        The second of processor time that ends it.
    """
    most = int(time.process_time()) + seconds + 1
    if granted != most:
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        bounded = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (bounded, hard))
    return most


class Calls:
    """The calls that come through a channel, in their order.

    Some may have come while another was worked on. Each gets one frame in answer, and
    so does a recall: if it was not begun by then, one that says so.

    Args:
        channel: carries the frames.
    """

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._coming = select.poll()
        self._coming.register(channel, select.POLLIN)
        self._waiting: deque[bytes] = deque()

    def __iter__(self) -> Iterator[bytes]:
        """Yields payloads until the channel closes."""
        while self._look():
            if self._waiting:
                yield self._waiting.popleft()

    def _look(self) -> bool:
        """Takes what has come, or waits for it; says whether more can come."""
        # What was recalled meanwhile must not be begun.
        flags = socket.MSG_DONTWAIT if self._waiting else 0
        if not self._waiting:
            # Whoever waits in `recv` is woken for nothing when the last answer is read.
            self._coming.poll()
        try:
            data = self._channel.recv(_SMALL, flags)
        except BlockingIOError:
            return True
        left = data
        while left:
            left = self._taken(left)
        return bool(data)

    def _taken(self, data: bytes) -> bytes:
        """Takes the first frame, to its end; returns what follows."""
        if len(data) < FRAME.size:
            data += self._channel.recv(FRAME.size - len(data), socket.MSG_WAITALL)
        kind, length = FRAME.unpack_from(data)
        end = FRAME.size + length
        payload = data[FRAME.size : end]
        if len(data) < end:
            payload += self._channel.recv(end - len(data), socket.MSG_WAITALL)
        if kind == CALL:
            self._waiting.append(payload)
        else:
            for _ in [*self._waiting, RECALL]:
                send(self._channel, RECALL, b"")
            self._waiting.clear()
        return data[end:]


def serve(task: Callable[[bytes], bytes], channel: socket.socket, cpu: int) -> None:
    """Answers calls one by one until the channel closes.

    A refusal crosses as text. Any other exception ends the process, so that
    the next call finds a fresh one.

    Args:
        task: a function from bytes to bytes.
        channel: carries the frames.
        cpu: seconds of processor time for each call.
    """
    granted = 0
    for payload in Calls(channel):
        granted = allot(cpu, granted)
        try:
            send(channel, ANSWER, task(payload))
        except RegistryError as error:
            refusal = {
                "slug": error.slug,
                "detail": dict(error.detail),
                "extra": dict(error.extra),
            }
            send(channel, REFUSAL, json.dumps(refusal).encode())


def send(channel: socket.socket, kind: bytes, body: bytes) -> None:
    """Sends one frame."""
    head = FRAME.pack(kind, len(body))
    if len(body) <= _SMALL:
        channel.sendall(head + body)
    else:
        # Two calls cost less than a copy.
        channel.sendall(head)
        channel.sendall(body)


def main(task: str, memory: int, cpu: int, descriptor: int, network: int = 0) -> None:
    """Confines the process, then imports the task and serves it.

    Args:
        task: `module:function`, a function from bytes to bytes.
        memory: bytes of address space.
        cpu: seconds of processor time for each call.
        descriptor: the socket to serve on.
        network: whether the task may use the network; 0 if not.
    """
    # Ctrl-C reaches every process of a terminal; the server ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_blocking(sys.stderr.fileno(), False)
    follow_parent()
    level = confine(memory, network=bool(network))
    module, _, function = task.partition(":")
    # What is imported stays: it need not be searched for what can go.
    gc.disable()
    work: Callable[[bytes], bytes] = getattr(importlib.import_module(module), function)
    gc.freeze()
    gc.enable()
    with socket.socket(fileno=descriptor) as channel:
        send(channel, HELLO, level.encode())
        _give_way()
        serve(work, channel, cpu)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
