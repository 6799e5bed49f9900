"""A connection of the server that gives answers which are known, before it parses.

Everything else is what uvicorn makes of it. It costs less to compare the bytes of a
request with those of earlier ones than to take them apart.
"""

from collections.abc import Sequence
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)

from api.front import FRONT, WIRE, Front
from api.whole import Whole


class Connection(HttpToolsProtocol):
    """Speaks HTTP/1.1 with one client."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._front: Front | None = self.app_state.get(FRONT)
        self._begun = self._complete = 0
        self._waiting = b""
        self._defaults: Sequence[tuple[bytes, bytes]] = ()
        self._always = b""

    def data_received(self, data: bytes) -> None:
        """Takes what came; a known request is answered in the next turn of the loop.

        In that turn the position of the journal is newer than the request.
        """
        if self._waiting:  # whoever sends before being answered waits in a line
            data, self._waiting = self._waiting + data, b""
            self._parse(data)
        elif self._front and self._front.knows(data) and self._is_between():
            self._unset_keepalive_if_required()
            self._waiting = data
            self.loop.call_soon(self._give)
        else:
            self._parse(data)

    def shutdown(self) -> None:
        """Answers what was received, and lets the client go."""
        self._give()
        super().shutdown()

    def _is_between(self) -> bool:
        """Says whether the next byte begins a request, and nobody waits."""
        answered = self.cycle is None or self.cycle.response_complete
        return answered and self._begun == self._complete and not self.flow.write_paused

    def _give(self) -> None:
        data, self._waiting = self._waiting, b""
        if not data or self.transport.is_closing():
            return
        assert self._front  # noqa: S101 - it knew the request
        answer = self._front.answer(data, self._lines())
        if answer is None:
            self._parse(data)
            return
        self.transport.write(answer)
        self.on_response_complete()

    def _lines(self) -> bytes:
        """Returns the lines of the head that the server has for every answer."""
        defaults = self.server_state.default_headers
        if defaults is not self._defaults:  # each second there are others
            self._defaults = defaults
            self._always = b"".join(b"%b: %b\r\n" % header for header in defaults)
        return self._always

    def _parse(self, data: bytes) -> None:
        between = self._begun == self._complete
        before = self._complete
        super().data_received(data)
        if between and self._begun == self._complete == before + 1:
            # The application begins in the next turn, and so will find it.
            cast(dict[str, object], self.scope)[WIRE] = data

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        whole: Any = Whole(app, cycle)  # the types of uvicorn are closer
        super()._start_asgi_task(cycle, whole)

    def on_message_begin(self) -> None:
        """Counts a request."""
        self._begun += 1
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Counts a request that is there as a whole."""
        self._complete += 1
        super().on_message_complete()
