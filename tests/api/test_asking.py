import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request

from api.asking import Asking
from api.budgets import Budgets
from registry.errors import EngineUnavailable, QueryRefused, QueryTimeout, TooMany
from registry.ports import Answer, Query, QueryForm
from tests.versions import BASE

LATE = QueryTimeout("Late.", "Късно.", extra={"rule": "deadline", "limit": 30})
GREEDY = QueryTimeout("Much.", "Много.", extra={"rule": "memory", "limit": 1})
FULL = EngineUnavailable("Full.", "Пълно.", extra={"reason": "busy-long"})


class _Queries:
    """Answers, or fails, after so many seconds on the bill."""

    def __init__(self, seconds: float, error: Exception | None = None) -> None:
        self.seconds, self.error = seconds, error

    def form(self, text: str) -> QueryForm:
        if text == "refused":
            raise QueryRefused("No.", "Не.")
        return QueryForm.ASK

    def position(self) -> None:
        """Says nothing of how long answers last."""

    async def ask(
        self, query: Query, media_type: str, spent: Callable[[float], None]
    ) -> Answer:
        spent(self.seconds)
        if self.error:
            raise self.error
        return Answer(f"{query.text} {media_type}".encode(), 1)


def _request() -> Request:
    async def receive() -> Any:
        await asyncio.Event().wait()

    scope = {"type": "http", "headers": [], "client": ("192.0.2.7", 1)}
    return Request(scope, receive)


def _asking(queries: _Queries) -> Asking:
    return Asking(BASE, queries, Budgets(seconds=60, errors=2, parallel=0))


def _ask(asking: Asking) -> Answer:
    asking.form(_request(), "ASK {}")
    return asyncio.run(asking.ask(_request(), Query("ASK {}"), "text/csv"))


def test_seconds_are_billed_to_the_client() -> None:
    """What its queries took is what a client has used up."""
    asking = _asking(_Queries(61))

    assert _ask(asking) == Answer(b"ASK {} text/csv", 1)
    with pytest.raises(TooMany):
        _ask(asking)


def test_refusals_are_billed_to_the_client() -> None:
    """What the gate or the engine refuses counts as a failure."""
    asking = _asking(_Queries(1, GREEDY))

    with pytest.raises(QueryRefused):
        asking.form(_request(), "refused")
    with pytest.raises(QueryTimeout):
        _ask(asking)
    with pytest.raises(TooMany):
        asking.form(_request(), "ASK {}")


@pytest.mark.parametrize(
    ("error", "offered"),
    [(LATE, f"{BASE}sparql/jobs"), (FULL, f"{BASE}sparql/jobs"), (GREEDY, None)],
)
def test_background_is_offered_to_those_who_need_time(
    error: QueryTimeout | EngineUnavailable, offered: str | None
) -> None:
    """More time helps a query that ran out of it, and no other."""
    with pytest.raises(type(error)) as refusal:
        _ask(_asking(_Queries(1, error)))

    assert refusal.value.extra.get("background") == offered
    assert {**refusal.value.extra, **error.extra} == refusal.value.extra
