"""Queries of readers: each is counted against what its client may use up."""

from dataclasses import dataclass
from functools import partial

from starlette.requests import Request

from api.body import unless_left
from api.budgets import Budgets, client_of
from registry.errors import RegistryError
from registry.ports import Answer, Query, QueryForm, QueryService


@dataclass(frozen=True, slots=True)
class Asking:
    """The query service as readers meet it."""

    base: str
    queries: QueryService
    budgets: Budgets

    def form(self, request: Request, text: str) -> QueryForm:
        """Returns the form of a query: see `QueryService.form`.

        Raises:
            QueryRefused: see there.
            TooMany: the client has used up what it may.
        """
        client = client_of(request)
        self.budgets.check(client)
        try:
            return self.queries.form(text)
        except RegistryError:
            self.budgets.fail(client)
            raise

    async def ask(self, request: Request, query: Query, media_type: str) -> Answer:
        """Returns the answer to a query whose form was asked: see `QueryService.ask`.

        Raises:
            RegistryError: see there.
            TooMany: too many queries of the client are worked on.
            ReaderLeft: the reader closed the connection first.
        """
        client = client_of(request)
        spent = partial(self.budgets.spend, client)
        with self.budgets.running(client):
            try:
                job = self.queries.ask(query, media_type, spent)
                return await unless_left(request, job)
            except RegistryError as error:
                self.budgets.fail(client)
                raise self._hinted(error) from error

    def _hinted(self, error: RegistryError) -> RegistryError:
        """Adds where to run a query that takes too long for a reader who waits."""
        if not may_run_in_background(error):
            return error
        extra = {**error.extra, "background": f"{self.base}sparql/jobs"}
        return type(error)(error.detail["en"], error.detail["bg"], extra=extra)


def may_run_in_background(error: RegistryError) -> bool:
    """Says whether more time is what a query lacked."""
    late = error.extra.get("rule") == "deadline"
    return late or error.extra.get("reason") == "busy-long"
