"""Query workers for tests: the engine in this process, for friendly queries only."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)

from registry import graphs
from registry.errors import QueryTimeout
from registry.ports import Answer, Graph, Query, QueryForm
from registry.store.answering import malformed
from registry.store.gate import GateLimits, admit
from tests.versions import BASE

SLOW = "# slow"
"""A query with this comment is answered only when it is cancelled."""
TIMEOUT = "# timeout"
"""A query with this comment passes its deadline."""
BROKEN = "# broken"
"""A query with this comment meets a defect of ours."""


class InProcessQueries:
    """Both the writer of the graph store and its query workers."""

    def __init__(self) -> None:
        self.store = Store()
        self.reached = 0
        self.lasting = False
        self.running = asyncio.Event()
        self.cancelled = asyncio.Event()

    def sequence(self) -> int:
        return self.reached

    def replace(self, named: Iterable[Graph], sequence: int) -> None:
        for iri, triples in named:
            text = triples if isinstance(triples, str) else "".join(triples)
            self.store.remove_graph(NamedNode(iri))
            for triple in graphs.triples(text):
                self.store.add(
                    Quad(
                        triple.subject,
                        triple.predicate,
                        triple.object,
                        NamedNode(iri),
                    )
                )
        self.reached = sequence

    def fill(self, named: Iterable[Graph], sequence: int) -> int:
        self.replace(named, sequence)
        return len(self.store)

    def publish(self) -> None:
        pass

    async def start(self) -> None:
        pass

    async def close(self) -> None:
        pass

    def health(self) -> dict[str, object]:
        return {
            "workers": 1,
            "alive": 1,
            "waiting": 0,
            "sandbox": "none",
            "sequence": self.reached,
        }

    def position(self) -> int:
        return self.reached

    def form(self, text: str) -> QueryForm:
        return admit(text, GateLimits())

    async def ask(
        self, query: Query, media_type: str, spent: Callable[[float], None]
    ) -> Answer:
        spent(0.001)
        return await self.work(query, media_type, Path())

    async def work(self, query: Query, media_type: str, _: Path) -> Answer:
        if SLOW in query.text:
            await self._wait()
        if TIMEOUT in query.text:
            late = {"rule": "deadline", "limit": 10}
            raise QueryTimeout("Too long.", "Твърде дълго.", extra=late)
        if BROKEN in query.text:
            raise RuntimeError("secret of the inside")
        return Answer(self._run(query, media_type), self.reached, lasting=self.lasting)

    async def _wait(self) -> None:
        self.running.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()

    def _run(self, query: Query, media_type: str) -> bytes:
        named: list[NamedNode | BlankNode | DefaultGraph] = [
            NamedNode(iri) for iri in query.default_graphs
        ]
        try:
            answer = self.store.query(
                query.text,
                base_iri=BASE,
                use_default_graph_as_union=not named,
                default_graph=named or None,
            )
        except SyntaxError as error:
            raise malformed(error.msg) from error
        match answer:
            case QuerySolutions() | QueryBoolean():
                body = answer.serialize(
                    format=QueryResultsFormat.from_media_type(media_type)
                )
            case QueryTriples():
                body = serialize(answer, format=RdfFormat.from_media_type(media_type))
        assert body is not None
        return body
