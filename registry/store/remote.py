"""The graph store on a SPARQL 1.1 server: its one writer, and a reader of graphs.

    {folder}/lock       held by the one writer of this data directory
    {folder}/current    names the state that readers are to ask for; it starts with
                        the sequence number, as the name of a snapshot does

There is no snapshot: queries see what the server has. The pointer tells the query
workers which answers may be given again, and moves after the server has.

Where a server makes an update whole or not at all, the graphs of records move in the
same request as the sequence number. Where it does not, and for graphs too big for one
request, the number is moved last: a crash in between has them replaced again.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Self

import pyoxigraph
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolution,
    QuerySolutions,
    RdfFormat,
    Triple,
)

from registry.errors import EngineUnavailable
from registry.namespaces import DCAT
from registry.ports import Graph
from registry.store.dialects import Server
from registry.store.oxigraph import canonical, lock, point, read_current, replacement
from registry.store.server import (
    ROWS,
    body,
    check,
    client,
    failures_named,
    unavailable,
)
from registry.store.values import as_line

log = logging.getLogger(__name__)

SILENCE = 300.0
"""Seconds that the server may be silent over a change."""

HEARTBEAT = 5.0
"""Seconds after which the number is read again: the server may have been emptied."""

WHOLE = 4 * 1024**2
"""Characters up to which a graph in pieces is replaced as a whole."""

BATCH = 1024**2
"""Characters of triples in one request, of those that fill a graph or the server."""

PAGE = 5000
"""Rows that are asked for at one time of a server that gives only so many."""

_MOST = 1024**3


class RemoteGraphs:
    """Reads graphs from a server, to compare them with the journal.

    Args:
        server: where they are.
        base: base IRI of the registry.
    """

    def __init__(self, server: Server, base: str) -> None:
        self._server = server
        self._dialect = server.differing
        self._client = client(server, SILENCE)
        self._registry = NamedNode(f"{base}id/registry")
        self._version = NamedNode(f"{DCAT}version")
        self._graph = NamedNode(f"{base}graph/registry")
        self._ours = f"{base}graph/"

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def sequence(self) -> int:
        """Returns the sequence number that the server has reached, 0 at first.

        Raises:
            EngineUnavailable: it cannot be asked.
        """
        # Between two operations of a server that commits each there are two numbers.
        found = self._rows(
            f"SELECT ?n WHERE {{ GRAPH {self._graph} "
            f"{{ {self._registry} {self._version} ?n }} }}"
        )
        return min((int(row[0].value) for row in found), default=0)

    def names(self) -> Iterator[str]:
        """Yields the graphs of this registry that hold something, sorted."""
        after = ""
        while True:
            begins, last = Literal(self._ours), Literal(after)
            page = self._rows(
                "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } "
                f"FILTER(STRSTARTS(STR(?g), {begins}) && STR(?g) > {last}) }} "
                f"ORDER BY STR(?g) LIMIT {PAGE}"
            )
            if not page:
                return
            yield from (row[0].value for row in page)
            after = page[-1][0].value

    def triples(self, graph: str) -> Iterator[str]:
        """Yields the triples of a graph, as `normal` has them.

        Raises:
            EngineUnavailable: they cannot be had, or changed meanwhile.
        """
        held = f"GRAPH {NamedNode(graph)} {{ ?s ?p ?o }}"
        counted = self._rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ {held} }}")
        count = int(counted[0][0].value)
        most = PAGE if self._dialect.rows_header else count
        seen = 0
        while seen < count:
            found = self._rows(
                f"SELECT ?s ?p ?o WHERE {{ {held} }} LIMIT {most} OFFSET {seen}"
            )
            if not found:
                raise unavailable("cut")
            seen += len(found)
            yield from (as_line(Triple(row[0], row[1], row[2])) for row in found)

    def normal(self, triples: str) -> Iterator[str]:
        """Yields the lines of N-Triples, each literal by its value."""
        for quad in pyoxigraph.parse(triples, RdfFormat.N_TRIPLES):
            yield as_line(quad)

    def _rows(self, query: str) -> list[QuerySolution]:
        server = self._server
        with (
            failures_named(),
            self._client.stream(
                "POST",
                server.at(self._dialect.query),
                data={"query": query},
                headers={"Accept": ROWS},
            ) as response,
        ):
            if not response.is_success:
                response.read()
            check(response)
            sent = body(response, _MOST, lambda: unavailable("cut"))
        try:
            sent = self._dialect.rows(sent)
            found = pyoxigraph.parse_query_results(sent, QueryResultsFormat.JSON)
            assert isinstance(found, QuerySolutions)  # noqa: S101 - a SELECT
            return list(found)
        except (SyntaxError, ValueError) as error:
            raise unavailable("cut") from error


class RemoteWriter(RemoteGraphs):
    """Replaces graphs on a server; only one of a data directory can be open.

    Args:
        folder: of the pointer; created if need be.
        base: base IRI of the registry.
        server: where the graphs are.
        fresh: forgets how far the server has come, so that it is filled anew.
        clock: tells seconds.

    Raises:
        Busy: another process writes.
        EngineUnavailable: the server is to be filled anew, and is away.
    """

    def __init__(
        self,
        folder: Path,
        base: str,
        server: Server,
        *,
        fresh: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(server, base)
        self._folder = folder
        self._clock = clock
        self._known: tuple[int, float] | None = None
        self._failed: tuple[EngineUnavailable, float] | None = None
        self._changed = True
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = lock(folder / "lock")
        if fresh:
            try:
                self._forget()
            except BaseException:
                os.close(self._lock)
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections and lets another writer begin."""
        super().close()
        os.close(self._lock)

    def sequence(self) -> int:
        """Returns the sequence number that the server has reached, 0 at first.

        It is asked for only now and then: nobody else should change it.
        """
        if self._known and self._clock() < self._known[1] + HEARTBEAT:
            return self._known[0]
        reached = self._asked()
        if self._known and reached != self._known[0]:
            log.warning("SPARQL server was changed", extra={"sequence": reached})
            self._changed = True
        self._known = (reached, self._clock())
        return reached

    def _asked(self) -> int:
        """Asks for the number, not again at once where something just failed."""
        if self._failed and self._clock() < self._failed[1] + HEARTBEAT:
            raise self._failed[0].with_traceback(None)
        with self._noticed():
            reached = super().sequence()
        if self._failed:
            log.warning("SPARQL server is back", extra={"sequence": reached})
            self._failed = None
        return reached

    @contextmanager
    def _noticed(self) -> Iterator[None]:
        try:
            yield
        except EngineUnavailable as error:
            if not self._failed:
                reason = error.extra["reason"]
                log.warning("SPARQL server unavailable", extra={"reason": reason})
            self._failed = (error, self._clock())
            raise

    def replace(self, graphs: Iterable[Graph], sequence: int) -> None:
        """Replaces whole named graphs and moves the sequence number.

        Args:
            graphs: what the graphs are to hold; an empty text removes a graph.
            sequence: the number that the server has reached with them.

        Raises:
            Invalid: a graph is not canonical N-Triples, or has a blank node.
            EngineUnavailable: the server did not do it, or not all of it; the number
                tells that it has to be done again.
        """
        operations: list[str] = []
        self._changed, self._known = True, None
        for iri, triples in graphs:
            whole, pieces = _whole(triples)
            if pieces is not None or self._dialect.by_graph:
                self._put(iri, chain([whole], pieces or ()))
            else:
                operations += replacement(NamedNode(iri), whole)
        self._update([*operations, *self._moved(sequence)])
        self._known = (sequence, self._clock())

    def fill(self, graphs: Iterable[Graph], sequence: int) -> int:
        """Replaces everything of this registry and returns the triples sent.

        Queries see the old graphs until each is replaced. Should it break off, the
        server stays at no number, so that it is filled again.

        Args:
            graphs: what the graphs are to hold.
            sequence: the number that the server has reached with them.
        """
        self._forget()
        given: set[str] = {self._graph.value}
        sent = 0
        operations: list[str] = []
        for iri, triples in graphs:
            given.add(iri)
            whole, pieces = _whole(triples)
            if pieces is not None or self._dialect.by_graph:
                sent += self._put(iri, chain([whole], pieces or ()))
                continue
            sent += whole.count("\n")
            operations += replacement(NamedNode(iri), whole)
            if sum(map(len, operations)) > BATCH:
                self._update(operations)
                operations = []
        self._update(operations)
        for name in list(self.names()):
            if name not in given:
                self._remove(name)
        self.replace([], sequence)
        return sent

    def publish(self) -> None:
        """Tells readers how far the server has come, if that changed."""
        if not self._changed or not self._known:
            return
        if sequence := self._known[0]:
            # Another name, so that no answer of before is given again.
            before = read_current(self._folder)
            number = int(before.path.name.partition("-")[2]) + 1 if before else 0
            point(self._folder / "current", f"{sequence:012d}-{number}")
        self._changed = False

    def _moved(self, sequence: int) -> list[str]:
        """Returns what moves the number: both stand there in between, never none."""
        number = Literal(str(sequence))
        held = f"GRAPH {self._graph} {{ {self._registry} {self._version} "
        return [
            f"INSERT DATA {{ {held} {number} }} }}",
            f"DELETE {{ {held} ?o }} }} WHERE {{ {held} ?o }} "
            f"FILTER(STR(?o) != {number}) }}",
        ]

    def _forget(self) -> None:
        self._changed, self._known = True, None
        self._remove(self._graph.value)

    def _put(self, iri: str, pieces: Iterable[str]) -> int:
        """Replaces one graph by what may be too much for one request."""
        sent = 0
        for batch in _batches(pieces):
            self._add(iri, canonical(batch, iri), first=not sent)
            sent += batch.count("\n")
        if not sent:
            self._remove(iri)
        return sent

    def _add(self, iri: str, triples: str, *, first: bool) -> None:
        """Puts the first triples of a graph in place of all others, or adds some."""
        if not self._dialect.by_graph:
            graph = NamedNode(iri)
            dropped = [f"DROP SILENT GRAPH {graph}"] if first else []
            self._update([*dropped, f"INSERT DATA {{ GRAPH {graph} {{ {triples} }} }}"])
            return
        self._send(
            "PUT" if first else "POST",
            self._dialect.graphs,
            graph=iri,
            content=self._dialect.put(triples.encode()),
            media_type="text/turtle",
        )

    def _remove(self, iri: str) -> None:
        if self._dialect.by_graph:
            self._send("DELETE", self._dialect.graphs, graph=iri)
        else:
            self._update([f"DROP SILENT GRAPH {NamedNode(iri)}"])

    def _update(self, operations: list[str]) -> None:
        if operations:
            self._send(
                "POST",
                self._dialect.update,
                content=";\n".join(operations).encode(),
                media_type="application/sparql-update",
            )

    def _send(
        self,
        method: str,
        path: str,
        *,
        graph: str = "",
        content: bytes = b"",
        media_type: str = "",
    ) -> None:
        parameters = {self._dialect.graph_parameter: graph} if graph else {}
        headers = {"Content-Type": media_type} if media_type else {}
        with self._noticed(), failures_named():
            answer = self._client.request(
                method,
                self._server.at(path),
                params=parameters,
                content=content,
                headers=headers,
            )
            check(answer, missing=method == "DELETE")


def _whole(triples: str | Iterable[str]) -> tuple[str, Iterable[str] | None]:
    """Returns a text, and the pieces after it if it is not the whole graph."""
    if isinstance(triples, str):
        return triples, None
    pieces = iter(triples)
    text: list[str] = []
    size = 0
    for piece in pieces:
        text.append(piece)
        size += len(piece)
        if size > WHOLE:
            return "".join(text), pieces
    return "".join(text), None


def _batches(pieces: Iterable[str]) -> Iterator[str]:
    batch: list[str] = []
    size = 0
    for piece in pieces:
        # Not `splitlines`, which also breaks at characters within literals.
        for line in piece.split("\n")[:-1] if len(piece) > BATCH else [piece[:-1]]:
            batch.append(f"{line}\n")
            size += len(line)
            if size > BATCH:
                yield "".join(batch)
                batch, size = [], 0
    if size:
        yield "".join(batch)
