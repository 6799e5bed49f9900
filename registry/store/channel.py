"""Our end of the channel to a query worker: frames as `registry.confinement` has them.

A worker answers calls in their order, so that the next may be sent before the last is
answered. An answer that comes in one piece, as nearly all do, is handed on as it is.
Any other is read as a stream.
"""

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar, cast, overload

from registry.confinement import ANSWER, FRAME, RECALL

_BUFFER = 4 * 1024**2
_TOO_MUCH = "the worker sends more than it may"

T = TypeVar("T")

Taking = Callable[[asyncio.StreamReader, int], Awaitable[T]]
"""Reads so many bytes from a stream."""

_Turn = asyncio.Future["tuple[bytes, bytes] | None"]


class Recalled(Exception):  # noqa: N818 - an event between the pool and its worker
    """The call was taken back; if it had been begun, nobody gets its answer."""


class Channel(asyncio.StreamReaderProtocol):
    """Sends calls, and receives their answers in the same order."""

    def __init__(self) -> None:
        self._reader = asyncio.StreamReader(_BUFFER)
        super().__init__(self._reader)
        self._turns: deque[_Turn] = deque()
        self._reading: _Turn | None = None
        self._held = 0
        self._over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes the socket."""
        super().connection_made(transport)
        # Those of uvloop do not derive from this class.
        self._wire = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Hands whole frames to those who wait for them, and all else to the stream."""
        start = 0
        if not self._held and not self._reading:
            while self._turns and (frame := _frame(data, start)):
                start += FRAME.size + len(frame[1])
                _tell(self._turns.popleft(), frame)
        rest = data[start:] if start else data
        if rest:
            self._held += len(rest)
            super().data_received(rest)
            self._read_on()

    def eof_received(self) -> bool:
        """Ends the stream."""
        self._end()
        return bool(super().eof_received())

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends the stream, by an error if there was one."""
        super().connection_lost(exc)
        self._end()

    def _end(self) -> None:
        self._over = True
        self._read_on()

    def _read_on(self) -> None:
        """Lets who is next read the stream, if there is anything in it."""
        while self._turns and not self._reading and (self._held or self._over):
            turn = self._turns[0]
            if not turn.done():
                self._reading = turn
                turn.set_result(None)
            elif not self._over:
                return  # it was given up: the worker is about to end
            self._turns.popleft()

    def send(self, kind: bytes, body: bytes) -> None:
        """Sends a frame."""
        if self._wire.is_closing():
            raise ConnectionResetError
        self._wire.write(FRAME.pack(kind, len(body)) + body)

    def abort(self) -> None:
        """Closes the channel at once."""
        self._wire.abort()

    @overload
    async def receive(self, most: int) -> tuple[bytes, bytes]: ...

    @overload
    async def receive(
        self, most: int, least: int, take: Taking[T]
    ) -> tuple[bytes, bytes | T]: ...

    async def receive(
        self, most: int, least: int | None = None, take: Taking[T] | None = None
    ) -> tuple[bytes, bytes | T]:
        """Returns the kind and the body of the next frame that nobody waits for yet.

        Args:
            most: bytes that the body may have.
            least: bytes from which on the body of an answer is for `take`.
            take: reads it; what it returns stands in place of the body.

        Raises:
            EOFError: the worker died, or sends more than it may.
            Recalled: see `recall`.
        """
        return await self._received(self._line_up(), most, least, take)

    def recall(self, most: int) -> Coroutine[None, None, None]:
        """Takes back every call that waits behind the first, at once.

        Whoever waits for their answers is told so by `Recalled`.

        Args:
            most: bytes that the body of a frame may have.

        Returns:
            What is to be awaited before the worker is called again. It raises
            `EOFError` as `receive` does.

        Raises:
            ConnectionError: the worker is gone.
        """
        self.send(RECALL, b"")
        kept = 0 if self._reading else 1
        others = [*self._turns][kept:]
        self._turns = deque([*self._turns][:kept])
        # The frames of those that were begun come all the same.
        in_vain = [self._line_up() for _ in [*others, RECALL]]
        for turn in others:
            if not turn.done():
                turn.set_exception(Recalled())
        return self._settled(in_vain, most)

    async def _settled(self, turns: list[_Turn], most: int) -> None:
        for turn in turns:
            with contextlib.suppress(Recalled):
                await self._received(turn, most)

    def _line_up(self) -> _Turn:
        turn: _Turn = asyncio.get_running_loop().create_future()
        self._turns.append(turn)
        self._read_on()
        return turn

    async def _received(
        self,
        turn: _Turn,
        most: int,
        least: int | None = None,
        take: Taking[T] | None = None,
    ) -> tuple[bytes, bytes | T]:
        try:
            frame: tuple[bytes, bytes | T] | None = await turn
            if frame is None:
                frame = await self._streamed(most, least, take)
        finally:
            if self._reading is turn:
                self._reading = None
                self._read_on()
        kind, body = frame
        if kind == RECALL:
            raise Recalled
        if isinstance(body, bytes) and len(body) > most:
            raise EOFError(_TOO_MUCH)
        return kind, body

    async def _streamed(
        self, most: int, least: int | None, take: Taking[T] | None
    ) -> tuple[bytes, bytes | T]:
        kind, length = FRAME.unpack(await self._reader.readexactly(FRAME.size))
        if length > most:
            raise EOFError(_TOO_MUCH)
        self._held -= FRAME.size + length
        if take and least is not None and length > least and kind == ANSWER:
            return kind, await take(self._reader, length)
        return kind, await self._reader.readexactly(length)


def _tell(turn: _Turn, frame: tuple[bytes, bytes]) -> None:
    # Nobody waits any more for the answer to a call that was given up.
    if not turn.done():
        turn.set_result(frame)


def _frame(data: bytes, start: int) -> tuple[bytes, bytes] | None:
    """Returns the kind and the body of the frame that starts there, if all of it is."""
    body = start + FRAME.size
    if len(data) < body:
        return None
    kind, length = FRAME.unpack_from(data, start)
    end = body + length
    return (kind, data[body:end]) if len(data) >= end else None


async def opened(end: socket.socket) -> Channel:
    """Returns the channel over a socket."""
    loop = asyncio.get_running_loop()
    _, protocol = await loop.create_unix_connection(Channel, sock=end)
    return protocol
