import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from httpx import Response

from api.application import application
from tests.api.client import Client
from tests.api.conftest import Sample, build
from tests.api.queries import SLOW, TIMEOUT
from tests.versions import BASE

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
ASK = "ASK { ?s ?p ?o }"
NAMES = (
    "SELECT ?name WHERE { <id/institution/centre> "
    "<http://www.w3.org/2004/02/skos/core#prefLabel> ?name "
    'FILTER(LANG(?name) = "en") }'
)


@pytest.fixture
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A registry of its own, in which nobody else has jobs."""
    return build(tmp_path_factory.mktemp("jobs"))


@pytest.fixture
def client(sample: Sample) -> Iterator[Client]:
    with Client(application(sample, close=lambda: None)) as made:
        yield made
    sample.journal.close()


def submit(client: Client, query: str, more: str = "", **headers: str) -> Response:
    form = (urlencode({"query": query}) + more).encode()
    answer = client.send("POST", "/sparql/jobs", form, content_type=FORM, **headers)
    assert answer.status_code == 202, answer.text
    return answer


def path_of(answer: Response) -> str:
    return answer.headers["location"].removeprefix(BASE.rstrip("/"))


def ended(client: Client, path: str) -> Response:
    """Asks until the job has ended; each question lets the server work."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        answer = client.get(path)
        if answer.json()["ended"]:
            return answer
    raise AssertionError("it did not end")


def test_from_submission_to_answer(client: Client) -> None:
    """A job has an address, a state, and then the answer in the format chosen."""
    submitted = submit(client, NAMES, "&as=csv")
    path = path_of(submitted)
    state = ended(client, path)
    result = client.get(f"{path}/result")
    head = client.send("HEAD", f"{path}/result")

    assert submitted.json()["state"] in {"queued", "running"}
    assert submitted.headers["retry-after"] == "2"
    assert submitted.headers["cache-control"] == "no-store"
    assert state.json()["state"] == "done"
    assert state.json()["result"] == f"{BASE}sparql/jobs/{path.split('/')[-1]}/result"
    assert state.json()["size"] == len(result.content)
    assert result.status_code == 200
    assert result.headers["content-type"] == "text/csv; charset=utf-8"
    assert result.text == "name\r\nCentre <b>A & B</b>\r\n"
    assert head.headers["content-length"] == str(len(result.content))


def test_failed_job_is_the_problem_that_it_met(client: Client) -> None:
    """What a query would have been refused for is told by the state and the result."""
    path = path_of(submit(client, f"{ASK} {TIMEOUT}"))
    state = ended(client, path).json()
    result = client.get(f"{path}/result", accept_language="bg")

    assert (state["state"], state["result"]) == ("failed", None)
    assert state["problem"]["type"] == f"{BASE}problems/query-timeout"
    assert state["problem"]["detail"] == {"en": "Too long.", "bg": "Твърде дълго."}
    assert (result.status_code, result.json()["detail"]) == (503, "Твърде дълго.")


def test_deleting_ends_the_work(client: Client, sample: Sample) -> None:
    """A job that is deleted is stopped, and nobody finds it any more."""
    path = path_of(submit(client, f"{ASK} {SLOW}"))
    early = client.get(f"{path}/result")
    deleted = client.send("DELETE", path)

    assert (early.status_code, early.json()["state"]) == (404, "running")
    assert deleted.status_code == 204
    assert client.get(path).status_code == 404
    assert client.send("DELETE", path).status_code == 404
    assert sample.queries.cancelled.is_set()


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"ASK {", QUERY, 202),  # the gate is no parser; the job will fail
        (b"CLEAR ALL", QUERY, 400),
        (b"ASK { SERVICE <http://x/> {} }", QUERY, 400),
        (b"ASK {}", "text/plain", 415),
        (b"x" * 40_000, QUERY, 413),
    ],
)
def test_gate_is_in_front(
    client: Client, body: bytes, content_type: str, status: int
) -> None:
    """The background runs nothing that would not be run at once."""
    answer = client.send("POST", "/sparql/jobs", body, content_type=content_type)

    assert answer.status_code == status


def test_client_has_a_share_of_the_background(client: Client) -> None:
    """Beyond it a submission is refused, with the time to come again."""
    for _ in range(2):
        submit(client, f"{ASK} {SLOW}")
    refused = client.send("POST", "/sparql/jobs", b"ASK {}", content_type=QUERY)

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"
    assert refused.json()["rule"] == "jobs-client"


def test_people_get_a_page(client: Client) -> None:
    """A browser that opens the address of a job is sent to its page."""
    path = path_of(submit(client, ASK))
    answer = client.get(path, accept="text/html", accept_language="bg")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}bg{path}"
