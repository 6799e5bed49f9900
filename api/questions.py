"""Answers a query of a reader whose other requests are known, before it is parsed.

What stands between a request for `/sparql` and its answer (hosts, sizes, negotiation,
budgets, headers) goes by the form of the query, and by all bytes of the request but
those of its text. So one that differs from an earlier request in that text alone is
answered as that was: `api.wire` asks here before anything is parsed.

What is refused, is late or is large is answered by the application, which is told what
became of the query: none is run twice.
"""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import cookies
from api.asking import Asking, Outcome, headers_of
from api.budgets import client_of
from api.front import PEER, bytes_of
from api.observing import ID, LEFT, Noted, Observer
from api.whole import MOST
from registry.errors import RegistryError
from registry.ports import Answer, Query, QueryForm

QUESTIONS = "registry.questions"
"""In the state of the server: what knows readers who ask queries."""

PATH = "/sparql"
READERS = 2048
"""Readers who are remembered, each with one way of asking."""
LONGEST = 4096
"""Bytes of a request that is looked at."""

_ASKED = "registry.asked"
_LENGTH, _ID = "content-length", ID.decode()
_QUERY = re.compile(
    rb"GET /sparql\?query=([0-9A-Za-z%._~!$'()*,:;=/?@+-]+)(?= HTTP/1\.1\r\n)"
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a reader is answered a form of query.

    Attributes:
        media_type: what the answer is written in.
        head: the beginning of the answer, but for what each has of its own.
    """

    media_type: str
    head: bytes


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose requests differ in the query alone.

    Attributes:
        client: whose budget is used up.
        manners: by form of query, those that were seen.
    """

    client: str
    manners: dict[QueryForm, Manner] = field(default_factory=dict)


@dataclass(slots=True)
class Question:
    """A request that can be answered without being parsed.

    Attributes:
        text: of the query.
        reader: who asks.
        id: of the request.
        begun: when it came, by `time.perf_counter`.
        outcome: what became of the query, if it was run or refused.
    """

    text: str
    reader: Reader
    id: str
    begun: float = field(default_factory=time.perf_counter)
    outcome: Outcome | None = None


class Questions:
    """Gets to know readers, and answers those who are known.

    Args:
        app: what answers otherwise, and says by `note_asked` how it was asked.
        asking: the query service.
        observer: is told of what is answered here.
    """

    def __init__(self, app: ASGIApp, asking: Asking, observer: Observer) -> None:
        self.app = app
        self._asking = asking
        self._observer = observer
        self._readers: dict[tuple[str, bytes], Reader] = {}

    def question(self, host: str, request: bytes, id: str) -> Question | None:
        """Returns what a request asks, if its reader is known.

        Args:
            host: at the other end of the connection.
            request: all of its bytes, as `Front.unnamed` returns it.
            id: of the request, if it has one.
        """
        found = _split(request)
        reader = self._readers.get((host, found[1])) if found else None
        if found is None or reader is None:
            return None
        try:
            text = unquote_to_bytes(found[0].replace(b"+", b" ")).decode()
        except UnicodeDecodeError:
            return None
        return Question(text, reader, id or self._observer.ids.next())

    async def answer(self, question: Question, always: bytes) -> bytes | None:
        """Returns the answer to a question, or `None` if the application has it.

        Args:
            question: its outcome is noted for the application.
            always: lines that every answer has in its head, as those with the date.
        """
        client = question.reader.client
        try:
            form = self._asking.form_for(client, question.text)
            manner = question.reader.manners.get(form)
            if manner is None:
                return None
            query = Query(question.text)
            answer = await self._asking.answer(client, query, manner.media_type)
        except RegistryError as error:
            question.outcome = Outcome(error=error)
            return None
        if answer.file or len(answer.body) > MOST:
            question.outcome = Outcome(answer)
            return None
        return self._written(question, manner, always, answer)

    def note_left(self, question: Question) -> None:
        """Notes that the reader left before there was an answer."""
        self._note(question, LEFT, 0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the application answer, and learns how it answers whom."""
        request = bytes_of(scope)
        found = _split(request) if request is not None else None
        # What somebody gets who has one of our cookies is kept by nobody.
        if found is None or cookies.personal(scope):
            await self.app(scope, receive, send)
            return
        asked: list[tuple[QueryForm, str]] = []
        start: Message = {}

        async def watched(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            await send(message)

        await self.app({**scope, _ASKED: asked}, receive, watched)
        if asked and start.get("status") == 200:
            form, media_type = asked[0]
            manner = Manner(media_type, _head(start["headers"]))
            self._reader(scope, found[1]).manners[form] = manner

    def _reader(self, scope: Scope, rest: bytes) -> Reader:
        if len(self._readers) >= READERS:
            self._readers.clear()
        new = Reader(client_of(Request(scope)))
        return self._readers.setdefault((scope[PEER], rest), new)

    def _written(
        self, question: Question, manner: Manner, always: bytes, answer: Answer
    ) -> bytes:
        own = headers_of(answer).items()
        lines = "".join([f"{name.lower()}: {value}\r\n" for name, value in own])
        ending = f"{_LENGTH}: {len(answer.body)}\r\n{_ID}: {question.id}\r\n\r\n"
        self._note(question, 200, len(answer.body))
        head = f"{lines}{ending}".encode()
        return b"".join((manner.head, always, head, answer.body))

    def _note(self, question: Question, status: int, size: int) -> None:
        took = time.perf_counter() - question.begun
        self._observer.note(question.id, Noted("GET", PATH, status, took, size))


def note_asked(scope: Scope, form: QueryForm, media_type: str) -> None:
    """Notes what a query is, and what its answer is written in."""
    if _ASKED in scope:
        scope[_ASKED].append((form, media_type))


def _split(request: bytes) -> tuple[bytes, bytes] | None:
    """Returns the query in a request as it was sent, and all that follows it."""
    if len(request) > LONGEST:
        return None
    found = _QUERY.match(request)
    return (found[1], request[found.end() :]) if found else None


def _head(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Returns what the heads of all answers of a manner begin with."""
    kept = [header for header in headers if header[0].lower() not in _OWN]
    return b"HTTP/1.1 200 OK\r\n" + b"".join([b"%b: %b\r\n" % h for h in kept])


_OWN = frozenset({b"content-length", b"cache-control", b"registry-sequence", ID})
"""What each answer has of its own in its head."""
