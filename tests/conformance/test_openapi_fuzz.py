"""Requests made from our own description of the API, right ones and wrong ones."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
import requests
import schemathesis
from httpx import Response
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.api.people import Bureau, working
from tests.versions import BASE

EXAMPLES = int(os.environ.get("REGISTRY_TEST_FUZZ", "4"))
"""Requests of each kind to each address; `make torture` sends more."""
PERSON = "zoe"
"""Somebody who may do nearly everything, so that requests get far."""


@dataclass(frozen=True)
class Fuzzed:
    """What the registry is asked, and what it has answered."""

    bureau: Bureau
    operations: Mapping[str, Any]
    statuses: list[int]

    def send(self, case: Any, who: str) -> Response:
        """Sends a request as it was made up."""
        made = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
        assert made.method
        body = made.body.encode() if isinstance(made.body, str) else made.body
        headers = {
            name: value if isinstance(value, str) else value.decode("latin-1")
            for name, value in made.headers.items()
            if name.lower() not in {"host", "authorization", "content-length"}
        }
        named = {
            name: value
            for name, value in headers.items()
            if value.isprintable() and value.isascii()
        }
        return self.bureau.ask(
            who, made.method, made.path_url, body if body else None, **named
        )


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    with working(tmp_path_factory.mktemp("fuzzed")) as bureau:
        document = bureau.get("", "/openapi.json").json()
        schema = schemathesis.openapi.from_dict(document)
        found = {}
        for made in schema.get_all_operations():
            assert isinstance(made, Ok), made
            found[made.ok().label] = made.ok()
        statuses: list[int] = []
        yield Fuzzed(bureau, found, statuses)
        failed = sum(status == 500 for status in statuses)
        print(
            f"\n{len(statuses)} requests to {len(found)} operations: "
            f"{failed} unhandled failures"
        )


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_request_makes_a_failure(fuzzed: Fuzzed, mode: GenerationMode) -> None:
    """Whatever fits the description, or nearly does, gets an answer or a refusal.

    Each request is sent by anybody, and by somebody: making it up takes longest.
    """
    failures: list[str] = []

    def ask(label: str, operation: Any) -> None:
        @seed(7)
        @settings(
            max_examples=EXAMPLES,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            deadline=None,
            database=None,
        )
        @given(st.data())
        def asked(data: st.DataObject) -> None:
            case = data.draw(operation.as_strategy(generation_mode=mode))
            for who in ("", PERSON):
                answer = fuzzed.send(case, who)
                fuzzed.statuses.append(answer.status_code)
                if answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
                    failures.append(f"{label}: {who} {case.as_curl_command()}")

        with suppress(Unsatisfiable):  # nothing in it can be wrong
            asked()

    for label, operation in fuzzed.operations.items():
        ask(label, operation)

    assert failures == []
