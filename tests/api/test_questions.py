import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.application import application
from api.asking import Asking, headers_of
from api.budgets import Budgets
from api.front import FRONT, Front
from api.observing import LEFT, Noted, Observed, Observer
from api.questions import QUESTIONS, READERS, Questions, note_asked
from api.shelf import Shelf
from api.whole import MOST
from registry.errors import QueryRefused, QueryTimeout, RegistryError
from registry.ports import Answer, Query, QueryForm
from tests.api.conftest import Sample
from tests.api.queries import BROKEN, TIMEOUT
from tests.listening import listening
from tests.versions import BASE


@dataclass
class Service:
    """A query service, a registry around it, and what both were asked."""

    asked: list[str] = field(default_factory=list)
    parsed: list[str] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)
    running: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def form(self, text: str) -> QueryForm:
        if "refused" in text:
            raise QueryRefused("No.", "Не.")
        return QueryForm.ASK if "ask" in text else QueryForm.SELECT

    def position(self) -> None:
        """Says nothing of how long answers last."""

    async def ask(
        self, query: Query, media_type: str, spent: Callable[[float], None]
    ) -> Answer:
        self.asked.append(query.text)
        spent(0.001)
        if "waits" in query.text:
            await self._wait()
        if "late" in query.text:
            raise QueryTimeout("Late.", "Късно.")
        size = MOST + 1 if "large" in query.text else 1
        return Answer(f"{query.text} in {media_type};".encode() * size, 7)

    async def _wait(self) -> None:
        self.running.set()
        try:
            await asyncio.to_thread(self.released.wait, 30)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    def served(self, errors: int = 0) -> "contextlib.AbstractContextManager[str]":
        """Serves it by connections of ours; yields the address."""
        asking = Asking("", self, Budgets(seconds=0, errors=errors, parallel=0))

        async def endpoint(request: Request) -> Response:
            text = request.query_params["query"]
            self.parsed.append(text)
            try:
                form = asking.form(request, text)
                note_asked(request.scope, form, "text/csv")
                answer = await asking.ask(request, Query(text), "text/csv")
            except RegistryError as error:
                return PlainTextResponse(error.slug, 503)
            return Response(answer.body, headers=dict(headers_of(answer)))

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[dict[str, object]]:
            yield {FRONT: front, QUESTIONS: questions}

        observer = Observer(self.noted.append)
        routes = [Route("/sparql", endpoint)]
        front = Front(Starlette(routes=routes, lifespan=lifespan), Shelf(0), observer)
        questions = Questions(front, asking, observer)
        return listening(Observed(questions, observer, trusting=False))


class Reader:
    """Somebody with a connection."""

    def __init__(self, address: str) -> None:
        place = urlsplit(address)
        self.end = socket.create_connection((place.hostname, place.port), 10)
        self._answers = self.end.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._answers.close()
        self.end.close()

    def send(self, *texts: str, header: str = "Accept: */*") -> None:
        requests = (
            f"GET /sparql?query={quote(text, safe='')} HTTP/1.1\r\nHost: x\r\n"
            f"{header}\r\n\r\n"
            for text in texts
        )
        self.end.sendall("".join(requests).encode())

    def answer(self) -> tuple[str, dict[str, str], str]:
        """Returns the status, the headers but for what is of its own, and the body."""
        status = self._answers.readline().decode().split(" ", 2)[1]
        headers = {}
        while line := self._answers.readline().decode().strip():
            name, _, value = line.partition(": ")
            headers[name] = value
        body = self._answers.read(int(headers["content-length"])).decode()
        for name in ("date", "x-request-id"):
            assert headers.pop(name)
        return status, headers, body

    def ask(self, *texts: str, header: str = "Accept: */*") -> list[str]:
        """Returns the bodies of the answers."""
        self.send(*texts, header=header)
        return [self.answer()[2] for _ in texts]


@pytest.fixture
def service() -> Service:
    """A service that has not been asked anything."""
    return Service()


@pytest.fixture
def reader(service: Service) -> Iterator[Reader]:
    """A reader who has asked one thing."""
    with service.served() as address, Reader(address) as reader:
        assert reader.ask("first") == ["first in text/csv;"]
        yield reader


def test_another_query_of_a_known_reader_is_not_parsed(
    service: Service, reader: Reader
) -> None:
    """It gets what it would have got otherwise, whatever is in it."""
    texts = ["second", "café, площад & 1+1=2 %41", "third"]
    for text in texts:
        reader.send(text)
        known = reader.answer()
        reader.send(f"{text} ", header=f"X-Not-Known: {len(text)}")
        unknown = reader.answer()

        assert known[0] == unknown[0] == "200"
        assert known[2] == f"{text} in text/csv;"
        length = {"content-length": ""}
        assert {**known[1], **length} == {**unknown[1], **length}

    assert service.parsed == ["first", *(f"{text} " for text in texts)]
    assert [(n.route, n.status) for n in service.noted if n.size] == [
        ("/sparql" if number % 2 else "other", 200) for number in range(7)
    ]


@pytest.mark.parametrize(
    ("text", "status", "body"),
    [
        ("late", "503", "query-timeout"),
        ("refused", "503", "query-refused"),
        ("large", "200", "large in text/csv;" * (MOST + 1)),
    ],
)
def test_no_query_is_run_twice(
    service: Service, reader: Reader, text: str, status: str, body: str
) -> None:
    """What the application has to answer it answers with what is there already."""
    reader.send(text)
    found = reader.answer()

    assert (found[0], found[2]) == (status, body)
    assert service.asked == ["first", *([] if text == "refused" else [text])]
    assert service.parsed == ["first", text]
    assert reader.ask("next") == ["next in text/csv;"]


def test_another_form_is_learnt_first(service: Service, reader: Reader) -> None:
    """Each form of query is negotiated by itself."""
    for text in ("ask 1", "ask 2", "select"):
        reader.ask(text)

    assert service.parsed == ["first", "ask 1"]


@pytest.mark.parametrize("header", ["Accept: */* ", "X-Request-Id: 0123456789abcdef"])
def test_who_sends_something_else_is_somebody_else(
    service: Service, reader: Reader, header: str
) -> None:
    """All that is not the query has to be the same."""
    reader.ask("second", header=header)

    assert service.parsed == ["first", "second"]


def test_whoever_comes_again_is_known_to_the_front(
    service: Service, reader: Reader
) -> None:
    """A query that was sent before is one of those for which answers are kept."""
    for _ in range(2):
        reader.ask("second")

    assert service.parsed == ["first", "second"]


def test_answers_come_in_the_order_of_the_requests(
    service: Service, reader: Reader
) -> None:
    """Whatever is sent before the answer waits, in whatever pieces it comes."""
    reader.send("waits")
    assert service.running.wait(10)
    reader.send("a", "b")
    reader.send("c")
    service.released.set()

    bodies = [reader.answer()[2].partition(" ")[0] for _ in range(4)]
    assert bodies == ["waits", "a", "b", "c"]


def test_a_reader_who_leaves_stops_the_query(service: Service, reader: Reader) -> None:
    """Nobody waits for it any more, and that is noted."""
    reader.send("waits")
    assert service.running.wait(10)
    reader.end.shutdown(socket.SHUT_RDWR)
    stopped = service.cancelled.wait(10)
    service.released.set()

    assert stopped
    while len(service.noted) < 2:
        pass
    assert service.noted[-1].status == LEFT


def test_what_was_asked_is_answered_before_the_server_ends(service: Service) -> None:
    """It lets the reader go afterwards."""
    with ExitStack() as server, ExitStack() as stack:
        address = server.enter_context(service.served())
        reader = stack.enter_context(Reader(address))
        reader.ask("first")
        reader.send("waits")
        assert service.running.wait(10)
        ending = threading.Thread(target=server.close)
        ending.start()
        with contextlib.suppress(ConnectionError):
            while True:
                with Reader(address):
                    pass
        service.released.set()

        assert reader.answer()[2] == "waits in text/csv;"
        assert reader.end.recv(1) == b""
        ending.join(30)


def test_a_known_reader_has_the_same_budget(service: Service) -> None:
    """What fails is counted once, and who failed too often is told so."""
    texts = ("first", "late", "refused", "late 2", "second")
    with service.served(errors=3) as address, Reader(address) as reader:
        bodies = [reader.ask(text)[0] for text in texts]

    assert bodies[-1] == "too-many-requests"
    assert service.asked == ["first", "late", "late 2"]


def test_what_is_remembered_is_bounded(service: Service, reader: Reader) -> None:
    """Too many readers are forgotten, and learnt anew."""
    for number in range(READERS):
        reader.ask("q", header=f"X-Number: {number}")
    reader.ask("second")
    reader.ask("third")

    assert service.parsed[-1] == "second"


@contextmanager
def registry(sample: Sample) -> Iterator[httpx.Client]:
    app = application(sample, close=lambda: None)
    headers = {"Host": urlsplit(BASE).netloc}
    with (
        listening(app) as address,
        httpx.Client(base_url=address, headers=headers) as client,
    ):
        yield client


def test_the_registry_answers_known_and_unknown_readers_alike(sample: Sample) -> None:
    """Whatever is asked, status, headers and body are the same."""
    own = {"date", "x-request-id", "content-length"}
    forms = ("SELECT * {}", "ASK {}", "CONSTRUCT WHERE {?s ?p ?o}", "DESCRIBE <x:y>")
    texts = [f"{form} # {n}" for n in range(2) for form in forms]
    texts += [f"ASK {{}} {TIMEOUT}", "ASK { }} ", "ASK", "LOAD <x:y>", "SELECT * {"]
    texts += [f"ASK {{}} {BROKEN}", 'SELECT ("Пловдив" AS ?a) {}', "DESCRIBE ?s {}"]
    with registry(sample) as client:
        for text in texts:
            known = client.get("sparql", params={"query": text})
            other = {"X-Not-Known": str(len(text))}
            unknown = client.get("sparql", params={"query": f"{text} "}, headers=other)

            assert known.status_code == unknown.status_code
            assert known.content.replace(b"\n", b"").strip() or known.status_code == 200
            kept = [
                {name: value for name, value in one.headers.items() if name not in own}
                for one in (known, unknown)
            ]
            assert kept[0] == kept[1]
            if known.status_code == 200:
                assert known.content == unknown.content


def test_who_has_a_cookie_of_ours_is_not_remembered(sample: Sample) -> None:
    """What they get is kept by nobody, the next time as well."""
    with registry(sample) as client:
        answers = [
            client.get(
                "sparql",
                params={"query": f"ASK {{}} # {number}"},
                headers={"Cookie": "session=nobody"},
            )
            for number in range(3)
        ]

    assert {one.headers["cache-control"] for one in answers} == {"no-store"}
