from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from api.application import application
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.listening import listening
from tests.versions import BASE

ASK = "/sparql?query=ASK%7B%7D"


@pytest.fixture
def lasting(sample: Sample) -> Iterator[Sample]:
    """A registry whose answers last until its store moves."""
    reached, sample.queries.lasting = sample.queries.reached, True
    yield sample
    sample.queries.reached, sample.queries.lasting = reached, False


@contextmanager
def reader(sample: Sample) -> Iterator[httpx.Client]:
    """A reader on a connection to a server, which knows what comes again."""
    app = application(sample, close=lambda: None)
    with (
        listening(app) as address,
        httpx.Client(
            base_url=address, headers={"Host": urlsplit(BASE).netloc}
        ) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (ASK, 200),
        ("/sparql", 200),
        ("/sparql?query=", 400),
        ("/sparql?query=LOAD+%3Cx%3Ay%3E", 400),
        ("/sparql?query=ASK%7B%7D&as=none", 400),
    ],
)
def test_answers_are_those_of_the_route(client: Client, path: str, status: int) -> None:
    """Whoever is unknown gets past the framework what others get through it."""
    direct = client.get(path)
    routed = client.get(path, cookie="session=nobody")

    assert direct.status_code == routed.status_code == status
    assert direct.content == routed.content
    kept = direct.headers["content-type"], direct.headers.get("vary")
    assert kept == (routed.headers["content-type"], routed.headers.get("vary"))
    assert routed.headers["cache-control"] == "no-store"


def test_an_answer_is_kept_until_the_store_moves(lasting: Sample) -> None:
    """The third to send a request gets it from what is kept, as long as it holds."""
    with reader(lasting) as client:
        answers = [client.get(ASK) for _ in range(3)]
        hits = client.get("/health").json()["kept"]["hits"]
        lasting.queries.reached += 1
        moved = client.get(ASK)

    assert {answer.content for answer in answers} == {moved.content}
    assert hits == 1
    assert int(moved.headers["registry-sequence"]) == lasting.queries.reached


def test_an_answer_that_may_differ_is_not_kept(sample: Sample) -> None:
    """What is not said to last is made for each."""
    with reader(sample) as client:
        answers = [client.get(ASK) for _ in range(3)]
        kept = client.get("/health").json()["kept"]

    assert answers[0].headers["cache-control"] == "no-cache"
    assert kept["hits"] == 0
