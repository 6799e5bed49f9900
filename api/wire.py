"""A connection of the server that gives answers which are known, before it parses.

So are queries answered whose reader is known. Everything else is what uvicorn makes of
it. It costs less to compare the bytes of a request with those of earlier ones than to
take them apart.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)

from api.asking import OUTCOME
from api.front import FRONT, PEER, WIRE, Front
from api.observing import BEGUN
from api.questions import QUESTIONS, Question, Questions
from api.whole import Whole
from registry import logs


class Connection(HttpToolsProtocol):
    """Speaks HTTP/1.1 with one client."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._front: Front | None = self.app_state.get(FRONT)
        self._questions: Questions | None = self.app_state.get(QUESTIONS)
        self._begun = self._complete = 0
        self._waiting = b""
        self._asking: asyncio.Task[None] | None = None
        self._ends = False
        self._last = 0.0
        self._defaults: Sequence[tuple[bytes, bytes]] = ()
        self._always = b""

    @property
    def _peer(self) -> str:
        return self.client[0] if self.client else ""

    def data_received(self, data: bytes) -> None:
        """Takes what came; a known request is answered in the next turn of the loop.

        In that turn the position of the journal is newer than the request.
        """
        if self._asking:  # whoever sends before being answered waits in a line
            self._waiting += data
            self.flow.pause_reading()
        elif self._waiting:
            data, self._waiting = self._waiting + data, b""
            self._parse(data)
        elif not self._front or not self._is_between():
            self._parse(data)
        else:
            self._meet(data, *self._front.unnamed(data))

    def _meet(self, data: bytes, request: bytes, id: str) -> None:
        """Takes what may be a request that is known, or a reader who is."""
        assert self._front  # noqa: S101 - `data_received` looked
        if self._front.knows(request):
            self._waiting = data
            self.loop.call_soon(self._give)
            return
        question = (
            self._questions.question(self._peer, request, id)
            if self._questions
            else None
        )
        if question is None or self._front.is_back(request):
            self._parse(data)
            return
        self._asking = self.loop.create_task(self._ask(question, data))
        self._asking.add_done_callback(self.tasks.discard)
        self.tasks.add(self._asking)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops what was asked: nobody waits for it any more."""
        if self._asking:
            self._asking.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Answers what was received, and lets the client go."""
        if self._asking:
            self._ends = True
            return
        self._give()
        super().shutdown()

    def _is_between(self) -> bool:
        """Says whether the next byte begins a request, and nobody waits."""
        answered = self.cycle is None or self.cycle.response_complete
        return answered and self._begun == self._complete and not self.flow.write_paused

    async def _ask(self, question: Question, data: bytes) -> None:
        assert self._questions  # noqa: S101 - it knew the reader
        logs.REQUEST.set(question.id)
        answer = None
        try:
            answer = await self._questions.answer(question, self._lines())
        except asyncio.CancelledError:
            self._questions.note_left(question)
            self.transport.close()
            raise
        finally:
            # Should it have failed, the application fails as well, and says so.
            self._asking = None
            if not self.transport.is_closing():
                self._go_on(question, data, answer)

    def _go_on(self, question: Question, data: bytes, answer: bytes | None) -> None:
        """Sends the answer, or lets the application; then takes what came since."""
        if answer is None:
            self._parse(data, _of(question))
        else:
            self._answer(answer)
        late, self._waiting = self._waiting, b""
        if late:
            self.flow.resume_reading()
            self.data_received(late)
        if self._ends:
            self.shutdown()

    def _give(self) -> None:
        data, self._waiting = self._waiting, b""
        if not data or self.transport.is_closing():
            return
        assert self._front  # noqa: S101 - it knew the request
        answer = self._front.answer(*self._front.unnamed(data), self._lines())
        if answer is None:
            self._parse(data)
            return
        self._answer(answer)

    def _answer(self, answer: bytes) -> None:
        """Sends an answer, and waits for the next request."""
        self.transport.write(answer)
        self.server_state.total_requests += 1
        self._last = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wait(self.timeout_keep_alive)

    def _wait(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def timeout_keep_alive_handler(self) -> None:
        """Lets a client go who has not asked for long.

        To look here whether there were answers costs less than to set the timer anew
        for each.
        """
        rest = self._last + self.timeout_keep_alive - self.loop.time()
        if self._asking or self._waiting:
            rest = self.timeout_keep_alive
        if rest > 0:
            self._wait(rest)
        else:
            super().timeout_keep_alive_handler()

    def _lines(self) -> bytes:
        """Returns the lines of the head that the server has for every answer."""
        defaults = self.server_state.default_headers
        if defaults is not self._defaults:  # each second there are others
            self._defaults = defaults
            self._always = b"".join(b"%b: %b\r\n" % header for header in defaults)
        return self._always

    def _parse(self, data: bytes, noted: Mapping[str, object] | None = None) -> None:
        between = self._begun == self._complete
        before = self._complete
        super().data_received(data)
        if between and self._begun == self._complete == before + 1:
            # The application begins in the next turn, and so will find it.
            scope = cast(dict[str, object], self.scope)
            request, _ = self._front.unnamed(data) if self._front else (data, "")
            scope.update({WIRE: request, PEER: self._peer, **(noted or {})})

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


def _of(question: Question) -> Mapping[str, object]:
    """Returns what the application is told of a question that was put before."""
    begun = {BEGUN: (question.id, question.begun)}
    return {**begun, OUTCOME: question.outcome} if question.outcome else begun
