"""Queries of readers: each is counted against what its client may use up."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request

from api.body import unless_left
from api.budgets import Budgets, client_of
from api.caching import FRESH, REVALIDATED
from registry.errors import RegistryError
from registry.ports import Answer, Query, QueryForm, QueryService

OUTCOME = "registry.outcome"
"""In a scope: what became of its query, if that was run before it was parsed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a query: an answer, or an error."""

    answer: Answer | None = None
    error: RegistryError | None = None

    def told(self) -> Answer:
        """Returns the answer.

        Raises:
            RegistryError: there is none.
        """
        if self.error or self.answer is None:
            raise self.error or RuntimeError("neither an answer nor an error")
        return self.answer


@dataclass(frozen=True, slots=True)
class Asking:
    """The query service as readers meet it."""

    base: str
    queries: QueryService
    budgets: Budgets

    def form(self, request: Request, text: str) -> QueryForm:
        """Returns the form of a query: see `form_for`."""
        if OUTCOME in request.scope:  # it was counted then
            return self.queries.form(text)
        return self.form_for(client_of(request), text)

    async def ask(self, request: Request, query: Query, media_type: str) -> Answer:
        """Returns the answer to a query whose form was asked: see `answer`.

        Raises:
            ReaderLeft: the reader closed the connection first.
        """
        outcome: Outcome | None = request.scope.get(OUTCOME)
        if outcome:
            return outcome.told()
        job = self.answer(client_of(request), query, media_type)
        return await unless_left(request, job)

    def form_for(self, client: str, text: str) -> QueryForm:
        """Returns the form of a query of a client: see `QueryService.form`.

        Raises:
            QueryRefused: see there.
            TooMany: the client has used up what it may.
        """
        self.budgets.check(client)
        try:
            return self.queries.form(text)
        except RegistryError:
            self.budgets.fail(client)
            raise

    async def answer(self, client: str, query: Query, media_type: str) -> Answer:
        """Returns the answer to a query of a client: see `QueryService.ask`.

        Raises:
            RegistryError: see there.
            TooMany: too many queries of the client are worked on.
        """
        spent = partial(self.budgets.spend, client)
        with self.budgets.running(client):
            try:
                return await self.queries.ask(query, media_type, spent)
            except RegistryError as error:
                self.budgets.fail(client)
                raise self._hinted(error) from error

    def _hinted(self, error: RegistryError) -> RegistryError:
        """Adds where to run a query that takes too long for a reader who waits."""
        if not may_run_in_background(error):
            return error
        extra = {**error.extra, "background": f"{self.base}sparql/jobs"}
        return type(error)(error.detail["en"], error.detail["bg"], extra=extra)


def headers_of(answer: Answer) -> Mapping[str, str]:
    """Returns the headers that each answer to a query has of its own."""
    return {
        "Registry-Sequence": str(answer.sequence),
        "Cache-Control": REVALIDATED if answer.lasting else FRESH,
    }


def may_run_in_background(error: RegistryError) -> bool:
    """Says whether more time is what a query lacked."""
    late = error.extra.get("rule") == "deadline"
    return late or error.extra.get("reason") == "busy-long"
