"""Sends an answer that is whole in one piece, its head and its body together.

uvicorn looks at each header, and writes the head by itself: for a small answer that
takes as long as making it. Any other answer is left to it.
"""

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

MOST = 64 * 1024
"""Bytes of a body up to which a copy costs less than another call of the system."""

_ENDS = (b"connection", b"transfer-encoding")
_TEXT = bytes({*b"\t\r\n", *range(0x20, 0x7F), *range(0x80, 0x100)})
"""What may stand in a head.

**Source:** RFC 9110, section 5.5.
"""


class Whole:
    """An application of which an answer that is whole is sent in one piece.

    Args:
        app: what answers.
        cycle: in which it does so once.
    """

    def __init__(self, app: ASGIApp, cycle: RequestResponseCycle) -> None:
        self._app = app
        self._cycle = cycle
        self._start: Message | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers."""

        async def together(message: Message) -> None:
            if message["type"] == "http.response.start" and self._start is None:
                self._start = message
            elif not self._given(message):
                await self._begin(send)
                await send(message)

        try:
            await self._app(scope, receive, together)
        finally:
            await self._begin(send)

    async def _begin(self, send: Send) -> None:
        """Sends the head that was held back, if one was."""
        start, self._start = self._start, None
        if start:
            await send(start)

    def _given(self, message: Message) -> bool:
        """Sends the head together with all of the body, if this is; says whether."""
        cycle, body = self._cycle, message.get("body", b"")
        if self._start is None or message.get("more_body") or len(body) > MOST:
            return False
        if cycle.flow.write_paused or cycle.disconnected or cycle.access_log:
            return False
        if not cycle.keep_alive or cycle.scope["method"] == "HEAD":
            return False
        head = _head([*cycle.default_headers, *self._start["headers"]], len(body))
        if head is None:
            return False
        line = STATUS_LINE[self._start["status"]]
        self._start = None
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.transport.write(b"".join((line, head, b"\r\n", body)))
        cycle.message_event.set()
        cycle.on_response()
        return True


def _head(headers: Sequence[tuple[bytes, bytes]], size: int) -> bytes | None:
    """Returns the lines of a head, or `None` if it is not for us to judge."""
    fields = dict(headers)
    if fields.get(b"content-length") != b"%d" % size or any(n in fields for n in _ENDS):
        return None
    head = b"".join([b"%b: %b\r\n" % header for header in headers])
    # No header ends early, so that nobody writes others, or the body.
    lines = head.count(b"\n") == head.count(b"\r") == len(headers)
    return head if lines and not head.translate(None, _TEXT) else None
