"""Our end of the channel to a query worker: frames as `registry.confinement` has them.

An answer that comes in one piece, as nearly all do, is handed on as it is. Any other
is read as a stream.
"""

import asyncio
import socket
from typing import cast, overload

from registry.confinement import FRAME

_BUFFER = 4 * 1024**2
_TOO_MUCH = "the worker sends more than it may"


class Channel(asyncio.StreamReaderProtocol):
    """Sends calls and receives answers, one at a time.

    Attributes:
        reader: gives what `receive` has left.
    """

    def __init__(self) -> None:
        self.reader = asyncio.StreamReader(_BUFFER)
        super().__init__(self.reader)
        self._frame: asyncio.Future[tuple[bytes, bytes] | None] | None = None
        self._held = 0
        self._over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes the socket."""
        super().connection_made(transport)
        # Those of uvloop do not derive from this class.
        self._wire = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Hands a whole frame to who waits for it, and all else to the stream."""
        frame = _frame(data) if self._frame and not self._held else None
        if frame is None:
            self._held += len(data)
            super().data_received(data)
        self._tell(frame)

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
        self._tell(None)

    def _tell(self, frame: tuple[bytes, bytes] | None) -> None:
        waiting, self._frame = self._frame, None
        if waiting and not waiting.done():
            waiting.set_result(frame)

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
    async def receive(self, most: int, least: int) -> tuple[bytes, bytes | int]: ...

    async def receive(
        self, most: int, least: int | None = None
    ) -> tuple[bytes, bytes | int]:
        """Returns the kind and the body of the next frame.

        Args:
            most: bytes that the body may have.
            least: bytes from which on a body is left to the reader; returned is
                how many it has.

        Raises:
            EOFError: the worker died, or sends more than it may.
        """
        if not self._held and not self._over:
            self._frame = asyncio.get_running_loop().create_future()
            frame = await self._frame
            if frame:
                if len(frame[1]) > most:
                    raise EOFError(_TOO_MUCH)
                return frame
        kind, length = FRAME.unpack(await self.reader.readexactly(FRAME.size))
        if length > most:
            raise EOFError(_TOO_MUCH)
        self._held -= FRAME.size + length
        if least is not None and length > least:
            return kind, length
        return kind, await self.reader.readexactly(length)


def _frame(data: bytes) -> tuple[bytes, bytes] | None:
    """Returns the kind and the body of a frame if the data are just that."""
    if len(data) < FRAME.size:
        return None
    kind, length = FRAME.unpack_from(data)
    return (kind, data[FRAME.size :]) if len(data) == FRAME.size + length else None


async def opened(end: socket.socket) -> Channel:
    """Returns the channel over a socket."""
    loop = asyncio.get_running_loop()
    _, protocol = await loop.create_unix_connection(Channel, sock=end)
    return protocol
