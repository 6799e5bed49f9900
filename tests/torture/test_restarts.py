"""A server that is killed in the middle of answers, and what is there after it."""

import random
import socket
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.besieging import TIGHT, TORTURE
from tests.serving import READY, Operator, free_port
from tests.torture.test_truncation import COUNTS, ROWS

KILLS = TORTURE // 100 or 1
"""How often the server is killed under an answer in each format."""
FORMATS = list(COUNTS) if TORTURE else ["text/csv", "application/n-triples"]
NARROW = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)]
"""So that little of an answer is with the client when the server is killed."""
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HEADERS = {"Accept": "application/sparql-results+json"}


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """Somebody with few records."""
    data = tmp_path_factory.mktemp("restarts") / "data"
    made = Operator(
        data, free_port(), settings={**TIGHT, "REGISTRY_JOBS__DEADLINE": "600"}
    )
    assert made.run("init").returncode == 0
    assert made.run("load", "schemes/age.csv").returncode == 0
    return made


def longer(query: str) -> str:
    """Returns a query whose answer does not fit between server and client."""
    text = "long" * 100
    return query.replace("some text", text).replace("'x:'", f"'x:{text}'")


def killed(operator: Operator, media_type: str, after: int) -> int | None:
    """Kills the server once so many bytes of an answer were read.

    Returns:
        How many rows the answer seemed to have; `None` if the client was told that it
        broke.
    """
    with (
        operator.serving() as server,
        httpx.Client(
            transport=httpx.HTTPTransport(socket_options=NARROW), timeout=READY
        ) as client,
    ):
        try:
            with client.stream(
                "POST",
                f"{operator.address}sparql",
                content=longer(COUNTS[media_type][0]),
                headers={
                    "Content-Type": "application/sparql-query",
                    "Accept": media_type,
                },
            ) as answer:
                if answer.status_code >= 500:
                    return None  # a busy machine may refuse it, which is an error
                assert answer.status_code == 200
                body = bytearray()
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > after and server.poll() is None:
                        server.kill()
                        server.wait()
        except httpx.TransportError:
            return None
    return COUNTS[media_type][1](bytes(body))


@pytest.mark.parametrize("media_type", FORMATS)
def test_no_part_of_an_answer_passes_for_the_whole(
    operator: Operator, media_type: str
) -> None:
    """Whenever the server is killed, a client has all of the answer or an error."""
    chance = random.Random(3)  # noqa: S311 - not a secret
    found = [
        killed(operator, media_type, chance.randrange(500_000)) for _ in range(KILLS)
    ]

    print(
        f"\n{media_type}: server killed under {KILLS} answers, {found.count(None)} of "
        f"which became errors; the others were whole"
    )
    assert set(found) <= {None, ROWS}


def test_answers_of_the_background_outlive_the_server(operator: Operator) -> None:
    """What was done is there, and what was under way says why it is not."""
    with operator.serving() as server:
        done = _submitted(operator, "SELECT ?s { ?s a ?t } ORDER BY ?s")
        while _state(done)["state"] != "done":
            pass
        answer = httpx.get(f"{done}/result").content
        running = _submitted(operator, RUNAWAY)
        while _state(running)["state"] != "running":
            pass
        server.kill()
        server.wait()

    with operator.serving():
        assert httpx.get(f"{done}/result").content == answer
        told = _state(running)
        assert httpx.get(f"{running}/result").is_error

    assert told["state"] == "failed"
    assert told["problem"]["reason"] == "restarted"


def _submitted(operator: Operator, query: str) -> str:
    made = httpx.post(
        f"{operator.address}sparql/jobs", data={"query": query}, headers=HEADERS
    )
    assert made.status_code == 202, made.text
    return made.headers["location"]


def _state(job: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = httpx.get(job).raise_for_status().json()
    return told
