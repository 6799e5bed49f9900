"""Tasks that behave well and badly, for workers under test."""

import json
import os
import resource
import signal
import socket
import subprocess
import time

from registry.errors import MalformedDocument


def echo(payload: bytes) -> bytes:
    """Returns what it is given."""
    return payload


def misbehave(payload: bytes) -> bytes:
    """Does the harm that the payload names."""
    return _HARM[payload.decode()]()


def _refuse() -> bytes:
    raise MalformedDocument("No.", "Не.", extra={"line": 3})


def _fail() -> bytes:
    raise LookupError("nobody expected this")


def _sleep() -> bytes:
    time.sleep(60)
    return b""


def _spin() -> bytes:
    while True:
        pass


def _devour() -> bytes:
    return bytes(4 << 30)


def _crash() -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def _connect() -> bytes:
    with socket.socket() as channel:
        channel.connect(("127.0.0.1", 9))
    return b"connected"


def _execute() -> bytes:
    return subprocess.check_output(["/bin/echo", "executed"])


def _write() -> bytes:
    with open("file", "wb") as file:
        file.write(b"written")
    return b"written"


def _describe() -> bytes:
    facts = {
        "pid": os.getpid(),
        "files": os.listdir(),
        "environment": sorted(os.environ),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
    }
    return json.dumps(facts).encode()


_HARM = {
    "refuse": _refuse,
    "fail": _fail,
    "sleep": _sleep,
    "devour": _devour,
    "spin": _spin,
    "crash": _crash,
    "connect": _connect,
    "execute": _execute,
    "write": _write,
    "describe": _describe,
}
