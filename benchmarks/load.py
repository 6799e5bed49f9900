"""The load generator: a process of its own, with connections that stay open.

    echo PLAN | python -m benchmarks.load

It reads a plan as JSON and writes a sample as JSON. One request is under way
on each connection. It knows just enough of HTTP/1.1 to see that every answer
is a 200, is complete, and says what it should: parsing more would measure this
process instead of the server.
"""

import asyncio
import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from typing import cast

import uvloop

GRACE = 30.0
"""Seconds that answers may take beyond the end of a measurement."""


APART = 0.02
"""Seconds between two connections: those that come at the same moment would all be
taken by the first of several processes."""


@dataclass(frozen=True, slots=True)
class Target:
    """One request.

    Attributes:
        path: with its query string.
        contains: what the body of the answer must contain.
    """

    path: str
    contains: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask for, in a circle, until the time or the number is reached.

    Attributes:
        most: answers after which to stop in any case.
    """

    port: int
    accept: str
    targets: Sequence[Target]
    connections: int
    seconds: float
    most: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """What came of a plan.

    Attributes:
        busy: share of the time in which the load generator itself was computing;
            near 1 it is the limit, and the server could do more.
    """

    answers: int
    seconds: float
    busy: float

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds


def measure(plan: Plan) -> Sample:
    """Carries out a plan in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=plan.seconds + 2 * GRACE,
    )
    return Sample(**json.loads(done.stdout))


class AnswerError(Exception):
    """The server did not answer as it should."""


class _Run:
    """What the connections of one measurement share."""

    def __init__(self, plan: Plan) -> None:
        self._requests: Iterator[tuple[bytes, bytes]] = cycle(
            [(_request(plan, t), t.contains.encode()) for t in plan.targets]
        )
        self._most = plan.most
        self._seconds = plan.seconds
        self._until = math.inf
        self._open = plan.connections
        self.answers = 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def begin(self) -> float:
        """Counts from now on; returns the time."""
        now = time.perf_counter()
        self._until, self.answers = now + self._seconds, 0
        return now

    def next(self) -> tuple[bytes, bytes] | None:
        """Returns a request and what its answer must contain, or `None` to stop."""
        over = time.perf_counter() >= self._until
        # A rate needs one answer at least, however slow the machine is.
        if self.answers >= self._most or (over and self.answers):
            return None
        return next(self._requests)

    def finished(self) -> None:
        self._open -= 1
        if not self._open and not self.over.done():
            self.over.set_result(None)

    def fail(self, reason: str) -> None:
        if not self.over.done():
            self.over.set_exception(AnswerError(reason))


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as an answer is complete."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._received = bytearray()
        self._contains = b""
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not derive from those of asyncio.
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        following = self._run.next()
        if following is None:
            self._ended = True
            self._transport.close()
            self._run.finished()
            return
        request, self._contains = following
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        try:
            body = complete(self._received)
        except AnswerError as error:
            self._run.fail(str(error))
            return
        if body is None:
            return
        if self._contains not in body:
            self._run.fail(f"an answer lacks {self._contains!r}: {body[:200]!r}")
            return
        self._received.clear()
        self._run.answers += 1
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended:
            self._run.fail(f"the server closed a connection: {exc}")


def complete(received: bytearray) -> bytes | None:
    """Returns the body of the answer once all of it is there.

    Raises:
        AnswerError: it is no 200, or its length is not stated.
    """
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(received[:end]).lower()
    if not head.startswith(b"http/1.1 200 "):
        raise AnswerError(f"not a 200: {bytes(received[:500])!r}")
    if b"\r\ntransfer-encoding: chunked" in head:
        return _chunks(received, end + 4)
    _, stated, rest = head.partition(b"\r\ncontent-length:")
    if not stated:
        raise AnswerError(f"no length: {head!r}")
    last = end + 4 + int(rest.partition(b"\r\n")[0])
    return bytes(received[end + 4 : last]) if len(received) >= last else None


def _chunks(received: bytearray, at: int) -> bytes | None:
    """Returns a chunked body without its framing (RFC 9112, section 7.1)."""
    body = bytearray()
    while (end := received.find(b"\r\n", at)) >= 0:
        size = int(received[at:end], 16)
        at = end + 2 + size + 2
        if len(received) < at:
            return None
        if not size:
            return bytes(body)
        body += received[end + 2 : at - 2]
    return None


def _request(plan: Plan, target: Target) -> bytes:
    return (
        f"GET {target.path} HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{plan.port}\r\n"
        f"Accept: {plan.accept}\r\n\r\n"
    ).encode()


async def generate(plan: Plan) -> Sample:
    """Carries out a plan in this process.

    Raises:
        AnswerError: an answer is not a complete 200 with what it should contain.
    """
    loop = asyncio.get_running_loop()
    run = _Run(plan)
    for _ in range(plan.connections):
        await loop.create_connection(lambda: _Connection(run), "127.0.0.1", plan.port)
        await asyncio.sleep(APART)
    started, computed = run.begin(), time.process_time()
    async with asyncio.timeout(plan.seconds + GRACE):
        await run.over
    seconds = time.perf_counter() - started
    return Sample(run.answers, seconds, (time.process_time() - computed) / seconds)


def main() -> None:
    """Reads a plan from stdin and writes the sample to stdout."""
    given = json.load(sys.stdin)
    targets = [Target(**target) for target in given.pop("targets")]
    sample = uvloop.run(generate(Plan(targets=targets, **given)))
    print(json.dumps(asdict(sample)))


if __name__ == "__main__":
    main()
