import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fastapi import FastAPI
from httpx import Response
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    rule,
    run_state_machine_as_test,
)
from starlette.types import Message, Receive, Scope, Send

from api import cookies
from api.application import application
from api.cookies import Cookies
from api.ready import Ready, Rule, rules
from api.shelf import Shelf
from registry import projection
from registry.cataloguing import steps
from registry.cataloguing.sources import Sources
from registry.iris import RecordId
from registry.ports import File
from registry.settings import SiteSettings
from tests.api.client import Client
from tests.api.conftest import START, Sample, build
from tests.api.conftest import publish as published
from tests.publishing import retire
from tests.tables import MemoryTables
from tests.versions import BASE, IRIS, place

PAGES = (
    "/bg/",
    "/en/",
    "/en/find",
    "/bg/find?q=centar",
    "/bg/find?place=bg&kind=institution",
    "/en/institution/centre",
    "/en/institution/centre/history",
    "/en/institution/new",
    "/bg/place/bg",
    "/bg/statistics",
    "/en/catalogue",
    "/en/catalogue/register.institution",
    "/en/publications",
    "/en/downloads",
    "/en/about",
    "/en/suggest?q=cen",
    "/doc/institution/centre",
    "/doc/institution/centre.ttl",
    "/doc/institution/new",
    "/doc/institution/centre/history",
)
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"accept_encoding": "gzip"},
    {"accept_encoding": "gzip;q=0, br"},
    {"accept": "text/turtle"},
    {"accept": "text/html", "accept_language": "bg"},
    {"accept": "text/html", "accept_language": "en"},
    {"accept": "application/ld+json", "accept_language": "bg"},
    {"cookie": "session=a"},
    {"authorization": "Bearer a"},
)


def told(response: Response) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Returns all that a reader got."""
    headers = [
        header for header in response.headers.raw if header[0] != b"x-request-id"
    ]
    return response.status_code, headers, response.content


def plain(sample: Sample) -> FastAPI:
    """Returns the application without anything kept."""
    off = sample.settings.model_copy(update={"site": SiteSettings(base=BASE, ready=0)})
    return application(replace(sample, settings=off), close=lambda: None)


def catch_up_lists(sample: Sample) -> None:
    """Brings the store and the lists up to the journal."""
    projection.catch_up(
        sample.journal,
        sample.queries,
        sample.lists,
        IRIS,
        tables=MemoryTables(),
        ontology="",
    )


def catch_up_catalogue(sample: Sample) -> None:
    """Brings the catalogue up to the journal."""
    sources = Sources(
        sample.journal, sample.dumps, MemoryTables(), IRIS, sample.definition
    )
    steps.catch_up(sources, sample.catalogue)


def centre(number: int) -> dict[str, object]:
    """Returns a document of an institution."""
    return {
        "type": "Organization",
        "name": {"bg": f"Център {number}", "en": f"Centre {number}"},
        "location": place("bg"),
    }


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Sample]:
    """A registry of a test's own, to be changed."""
    made = build(tmp_path)
    yield made
    made.lists.close()
    made.catalogue.close()
    made.journal.close()


@pytest.fixture
def readers(fresh: Sample) -> Iterator[tuple[Client, Client]]:
    """Readers of the same registry, with and without kept answers."""
    app = application(fresh, close=lambda: None)
    with Client(app) as cached, Client(plain(fresh)) as uncached:
        yield cached, uncached


@pytest.fixture(scope="module")
def bare(sample: Sample) -> Iterator[Client]:
    """A reader of the sample without kept answers."""
    with Client(plain(sample)) as made:
        yield made


def hits(client: Client) -> int:
    """Returns how many kept answers have been given."""
    found: int = client.get("/health").json()["kept"]["hits"]
    return found


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("headers", HEADERS[:7])
def test_a_hit_is_what_a_miss_is(
    client: Client, bare: Client, path: str, headers: dict[str, str]
) -> None:
    """A kept answer is that of the application, to the byte and the header."""
    first, second = client.get(path, **headers), client.get(path, **headers)

    assert told(first) == told(second) == told(bare.get(path, **headers))


def test_pages_and_documents_are_kept(readers: tuple[Client, Client]) -> None:
    """The second reader of a page or of a document gets kept bytes."""
    client, _ = readers
    for path in ("/bg/find", "/doc/institution/centre.ttl", "/en/suggest?q=cen"):
        client.get(path)
        before = hits(client)
        client.get(path)

        assert hits(client) == before + 1, path


@pytest.mark.parametrize(
    "path",
    [
        "/health",  # the state of the service
        "/en/sparql?query=ASK%7B%7D",  # as new as the store
        "/sparql?query=ASK%7B%7D",
        "/en/nothing",  # an error
        "/doc/institution/closed",  # gone
        "/id/institution/centre",  # a redirect
        f"/en/about?{'x' * 2048}",  # a question longer than any of ours
    ],
)
def test_what_is_not_kept(readers: tuple[Client, Client], path: str) -> None:
    """Errors, redirects, queries and the state of the service are made each time."""
    client, _ = readers
    before = hits(client)
    client.get(path)
    client.get(path)

    assert hits(client) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "session=a"},
        {"cookie": "other=1; __Host-visit=b"},
        {"authorization": "Bearer a"},
        {"range": "bytes=0-1"},
    ],
)
def test_who_may_be_somebody_passes_by(
    readers: tuple[Client, Client], headers: dict[str, str]
) -> None:
    """A request with a cookie, a token or a range is neither answered nor kept."""
    client, _ = readers
    client.get("/en/contacts", **headers)
    client.get("/en/contacts")
    before = hits(client)
    client.get("/en/contacts", **headers)

    assert before == 0
    assert hits(client) == before


def test_a_cookie_of_others_tells_nothing(readers: tuple[Client, Client]) -> None:
    """Who comes with a cookie that we never set is as anonymous as without."""
    client, _ = readers
    client.get("/en/contacts")
    client.get("/en/contacts", cookie="counter=1")

    assert hits(client) == 1


def test_a_reader_who_has_it_gets_304(readers: tuple[Client, Client]) -> None:
    """304 is that of the application, whether the answer was kept or not."""
    client, bare = readers
    for headers in ({}, {"accept_encoding": "gzip"}):
        tag = bare.get("/en/find", **headers).headers["etag"]
        expected = told(bare.get("/en/find", if_none_match=tag, **headers))

        assert expected[0] == 304
        for _ in range(2):
            found = client.get("/en/find", if_none_match=tag, **headers)
            assert told(found) == expected
        assert client.get("/en/find", if_none_match='"x"').status_code == 200


def test_who_comes_with_a_tag_has_the_answer_kept(
    readers: tuple[Client, Client],
) -> None:
    """The page that a reader has is kept for the next, who gets it whole."""
    client, bare = readers
    tag = bare.get("/en/find").headers["etag"]
    client.get("/en/find", if_none_match=tag)

    assert told(client.get("/en/find")) == told(bare.get("/en/find"))
    assert hits(client) == 1


def test_head_is_answered_and_not_kept(readers: tuple[Client, Client]) -> None:
    """HEAD has the headers of GET, from what is kept, and has nothing kept itself."""
    client, bare = readers
    first = client.send("HEAD", "/en/find")
    assert client.get("/health").json()["kept"]["answers"] == 0
    client.get("/en/find")
    second = client.send("HEAD", "/en/find")

    assert hits(client) == 1
    assert told(first) == told(second) == told(bare.send("HEAD", "/en/find"))


def test_a_publication_is_seen_at_once(
    fresh: Sample, readers: tuple[Client, Client]
) -> None:
    """Each step of a publication shows as soon as it is there: journal, lists."""
    client, bare = readers
    paths = ("/en/institution/centre", "/en/find", "/doc/institution/centre")
    for path in paths:
        client.get(path)
    published(fresh.journal, "institution/centre", centre(7))
    assert "Centre 7" in client.get("/en/institution/centre").text
    assert "Centre 7" in client.get("/doc/institution/centre").text
    catch_up_lists(fresh)

    assert "Centre 7" in client.get("/en/find").text
    for path in paths:
        assert told(client.get(path)) == told(bare.get(path))


def test_languages_forms_and_encodings_are_kept_apart(
    readers: tuple[Client, Client],
) -> None:
    """Whoever negotiates gets the own representation, whoever came before."""
    client, bare = readers
    for _ in range(2):
        for path in ("/bg/find", "/en/find", "/doc/institution/centre"):
            for headers in HEADERS:
                found = client.get(path, **headers)
                assert told(found) == told(bare.get(path, **headers))


def test_memory_is_that_of_the_setting(fresh: Sample) -> None:
    """However much is asked for, the kept answers take no more than was set."""
    site = SiteSettings(base=BASE, ready=200_000)
    small = replace(fresh, settings=fresh.settings.model_copy(update={"site": site}))
    with Client(application(small, close=lambda: None)) as client:
        for number in range(40):
            assert client.get(f"/en/contacts?{number}").status_code == 200
        kept = client.get("/health").json()["kept"]

    assert 0 < kept["answers"] < 40
    assert kept["bytes"] <= 200_000


def test_a_day_ends_what_is_kept(fresh: Sample) -> None:
    """Pages say how long ago something was, so they are made anew each day."""
    days = iter([START, START, START + timedelta(days=1)])
    found = rules(fresh, ("en",), lambda: next(days))["en"]
    first, second, third = found.position(), found.position(), found.position()

    assert first == second != third


class Answering:
    """An application that gives one answer, and does something meanwhile."""

    def __init__(
        self, *messages: Message, meanwhile: Callable[[], object] = int
    ) -> None:
        self.messages = messages
        self.meanwhile = meanwhile
        self.asked = 0

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Sends the messages."""
        self.asked += 1
        self.meanwhile()
        for message in self.messages:
            await send(message)


def answer(*headers: tuple[bytes, bytes], status: int = 200) -> Message:
    """Returns the start of an answer."""
    found = [*headers]
    return {"type": "http.response.start", "status": status, "headers": found}


BODY: Message = {"type": "http.response.body", "body": b"body"}
PUBLIC = (b"cache-control", b"public, no-cache")


async def ask(app: Ready) -> list[Message]:
    """Returns what an application sends for a page."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/en/",
        "query_string": b"",
        "headers": [],
    }
    await app(scope, receive, send)
    return sent


def asked_twice(app: Answering, position: Callable[[], int]) -> int:
    """Returns how often two readers of a page make the application answer."""
    found = Rule(position, {b"accept-encoding": str})
    ready = Ready(app, Shelf(100_000), {"en": found})
    for _ in range(2):
        assert asyncio.run(ask(ready)) == list(app.messages)
    return app.asked


@pytest.mark.parametrize(
    ("messages", "times"),
    [
        ((answer(PUBLIC), BODY), 1),
        ((answer(PUBLIC, (b"vary", b"Accept-Encoding")), BODY), 1),
        ((answer((b"cache-control", b"no-store")), BODY), 2),
        ((answer((b"cache-control", b"private")), BODY), 2),
        ((answer(), BODY), 2),
        ((answer(PUBLIC, (b"set-cookie", b"a=b")), BODY), 2),
        ((answer(PUBLIC, (b"vary", b"Accept-Encoding, Cookie")), BODY), 2),
        ((answer(PUBLIC, status=404), BODY), 2),
        ((answer(PUBLIC), {**BODY, "more_body": True}, BODY), 2),
    ],
)
def test_only_what_is_whole_and_for_all_is_kept(
    messages: tuple[Message, ...], times: int
) -> None:
    """What is personal, depends on more, is an error or a stream is made each time."""
    assert asked_twice(Answering(*messages), lambda: 1) == times


def test_what_was_overtaken_while_it_was_made_is_not_kept() -> None:
    """An answer may be of before or after what moved meanwhile, so it is not kept."""
    moves = iter(range(1, 9))
    at = [0]

    def move() -> None:
        at[0] = next(moves)

    assert asked_twice(Answering(answer(PUBLIC), BODY, meanwhile=move), lambda: at[0])
    assert asked_twice(Answering(answer(PUBLIC), BODY), lambda: at[0]) == 1


def test_who_is_given_a_cookie_gets_an_answer_of_their_own() -> None:
    """What a page has in it for one visitor is never given to the next."""
    asked = []

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        asked.append(scope)
        cookies.jar(scope)["visit"] = f"{len(asked)}"
        await send(answer(PUBLIC))
        await send(BODY)

    found = Rule(lambda: 1, {b"accept-encoding": str})
    ready = Ready(Cookies(app, secure=False), Shelf(100_000), {"en": found})
    first, second = asyncio.run(ask(ready)), asyncio.run(ask(ready))

    assert len(asked) == 2
    assert first[0]["headers"] != second[0]["headers"]


class Histories(RuleBasedStateMachine):
    """Publishes, catches up and reads in any order; both readers see the same."""

    made: Sample
    cached: Client
    uncached: Client

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.made = build(Path(self.folder.name))
        self.cached = Client(application(self.made, close=lambda: None))
        self.uncached = Client(plain(self.made))
        self.cached.__enter__()
        self.uncached.__enter__()

    @rule(number=st.integers(0, 3))
    def publish(self, number: int) -> None:
        """Changes a record, or adds one."""
        name = ("institution/centre", "institution/new")[number % 2]
        document = {**centre(number), "homepage": [f"https://{self._next()}.example/"]}
        published(self.made.journal, name, document)

    def _next(self) -> int:
        return self.made.journal.tip()[0]

    @rule()
    def retire(self) -> None:
        """Withdraws a record that is there."""
        head = self.made.journal.head(RecordId("institution", "new"))
        if head is not None and head.status.public:
            retire(self.made.journal, "institution/new")

    @rule(size=st.integers(0, 3))
    def dump(self, size: int) -> None:
        """Publishes files of everything."""
        file = File("register.institution.csv", size, f"{size:064}")
        self.made.dumps.publish(self._next(), [file])

    @rule()
    def lists(self) -> None:
        """Lets the lists catch up."""
        catch_up_lists(self.made)

    @rule()
    def catalogue(self) -> None:
        """Lets the catalogue catch up."""
        catch_up_catalogue(self.made)

    @rule(path=st.sampled_from(PAGES), headers=st.sampled_from(HEADERS))
    def read(self, path: str, headers: dict[str, str]) -> None:
        """Reads a page."""
        expected = told(self.uncached.get(path, **headers))

        assert told(self.cached.get(path, **headers)) == expected
        assert told(self.cached.get(path, **headers)) == expected

    def teardown(self) -> None:
        """Closes everything."""
        self.cached.__exit__(None, None, None)
        self.uncached.__exit__(None, None, None)
        self.made.lists.close()
        self.made.catalogue.close()
        self.made.journal.close()
        self.folder.cleanup()


def test_kept_answers_are_those_of_the_moment() -> None:
    """Whatever is published, caught up with and read, in whatever order."""
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
