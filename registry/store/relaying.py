"""Puts one query to a SPARQL server; runs in a worker that may use the network.

`registry.store.queries` asks, and hands over nothing but queries that passed the
gate. What they mean is judged here as it is by the embedded store: by the same
parser, which knows no extension of any server. The answer is read to its end, and
written again in the form that was asked for; so one that the server cut short is
never passed on, whatever its status says.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Never

import httpx
import pyoxigraph
from pyoxigraph import QueryBoolean, QueryResultsFormat, RdfFormat, Store

from registry.errors import QueryRefused, QueryTimeout
from registry.ports import QueryForm
from registry.store.answering import (
    BOOLEANS,
    GRAPHS,
    ROWS,
    Output,
    Request,
    malformed,
    offered,
    too_large,
    write_graph,
    write_rows,
)
from registry.store.dialects import Server
from registry.store.gate import GateLimits, admit
from registry.store.lexer import states_dataset, tokens
from registry.store.server import (
    ROWS as JSON,
)
from registry.store.server import (
    TRIPLES,
    body,
    client,
    failures_named,
    parameters,
    unavailable,
)

SILENCE = 900.0
"""Seconds that the server may be silent: longer than any query, for whoever asks has a
deadline of its own and ends this process."""

_WIDER = 4
"""How many times more bytes the server may need than the answer: its JSON is wider than
most forms."""

_ANY = GateLimits(*[10**9] * 6)
_CROSS = "SELECT ?a WHERE { ?a ?b ?c . ?d ?e ?f }"
_BUSY = (429, 502, 503, 504)
_DENIED = (401, 403)
_BAD = (400, 404, 405, 414)


def serve(payload: bytes) -> bytes:
    """Returns the answer to a `Request` that crosses as JSON, with its `server`.

    Raises:
        QueryMalformed: a syntax error; `extra` has line and column.
        QueryRefused: it calls an extension of the server, or the server cannot
            carry it out.
        NotAcceptable: the answer has no form in the media type.
        QueryTimeout: the server stopped it.
        ResultTooLarge: the answer passed a limit of ours or of the server.
        EngineUnavailable: there is no answer, or not all of it.
    """
    given = json.loads(payload)
    server = Server(**given.pop("server"))
    return _Relay(Request(**given), server).answer()


@dataclass(frozen=True, slots=True)
class _Relay:
    """One query on its way to a server."""

    request: Request
    server: Server

    def answer(self) -> bytes:
        """Returns what the server answers, as was asked."""
        form = self._judge()
        output = Output(self.request.size)
        try:
            if form in (QueryForm.SELECT, QueryForm.ASK):
                self._rows(form, output)
            else:
                self._graph(form, output)
        except (OSError, RuntimeError):
            if output.full:
                raise too_large("bytes", self.request.size) from None
            raise
        except (SyntaxError, ValueError) as error:
            # Of what the server sent: the query was read before.
            raise unavailable("cut") from error
        return output.getvalue()

    def _judge(self) -> QueryForm:
        request = self.request
        form = admit(request.text, _ANY)
        offer = {QueryForm.SELECT: ROWS, QueryForm.ASK: BOOLEANS}.get(form, GRAPHS)
        offered(offer, request.media_type)
        empty_store = Store()  # so that this reads the query and little else
        try:
            empty_store.query(request.text, base_iri=request.base)
        except SyntaxError as error:
            raise malformed(error.msg) from None
        except (RuntimeError, ValueError) as error:
            # It knows the functions of the standard and no other.
            if "custom function" in str(error):
                _refuse_extension()
            raise unavailable("failed") from error
        if any(
            token.kind == "iri" and self._extends(token.text[1:-1])
            for token in tokens(request.text)
        ):
            _refuse_extension()
        return form

    def _extends(self, iri: str) -> bool:
        """Whether an IRI is a function of the server, or may be made into one."""
        schemes = self.server.differing.extensions
        lower = iri.lower()
        return bool(schemes) and ("\\" in iri or _begins_one(lower, schemes))

    def _rows(self, form: QueryForm, output: Output) -> None:
        sent = self._fetch(self._text(), JSON)
        sent = self.server.differing.rows(sent)
        results = pyoxigraph.parse_query_results(sent, QueryResultsFormat.JSON)
        if (form is QueryForm.ASK) != isinstance(results, QueryBoolean):
            raise unavailable("cut")
        if isinstance(results, QueryBoolean):
            media_type = self.request.media_type
            results.serialize(output, offered(BOOLEANS, media_type))
        else:
            write_rows(results, self.request, output)

    def _graph(self, form: QueryForm, output: Output) -> None:
        describing = form is QueryForm.DESCRIBE
        sent = self._fetch(self._text(describing=describing), TRIPLES)
        sent = self.server.differing.triples(sent)
        triples = [quad.triple for quad in pyoxigraph.parse(sent, RdfFormat.N_TRIPLES)]
        if self.server.differing.counts_graphs and self._reaches_limit(len(triples)):
            raise too_large("rows", len(triples))
        write_graph(triples, self.request, output)

    def _text(self, *, describing: bool = False) -> str:
        """Returns what is sent: the query without comments, and what goes before.

        What is a comment for one reader is none for another.
        """
        dialect = self.server.differing
        before = [dialect.describing] if describing and dialect.describing else []
        end = 0
        query: list[str] = []
        for token in tokens(self.request.text):
            query.append(" " if token.start > end else "")
            query.append(token.text)
            end = token.start + len(token.text)
        base = f"BASE <{self.request.base}>"
        return "\n".join([*before, base, "".join(query)])

    def _reaches_limit(self, count: int) -> bool:
        """Whether so many triples are as many as the server gives at most.

        It says so of rows, so we ask for as many of those.
        """
        return bool(count) and _limit_reached(self.server, count)

    def _fetch(self, text: str, accept: str) -> bytes:
        request, dialect = self.request, self.server.differing
        fields = parameters(request.default_graphs, request.named_graphs)
        stated = bool(request.default_graphs) or states_dataset(request.text)
        if dialect.union_parameter and not stated:
            fields.append((dialect.union_parameter, ""))
        most = _WIDER * request.size
        with (
            failures_named(),
            _connection(self.server).stream(
                "POST",
                self.server.at(dialect.query),
                data={**_gathered(fields), "query": text},
                headers={"Accept": accept},
            ) as response,
        ):
            if not response.is_success:
                self._failed(response)
            self._whole(response, accept)
            return body(response, most, lambda: too_large("bytes", request.size))

    def _whole(self, response: httpx.Response, accept: str) -> None:
        """Sees to it that an answer is all that there is, by what is said of it."""
        dialect = self.server.differing
        if dialect.state_header and dialect.state_header in response.headers:
            _stopped()
        if dialect.rows_header and dialect.rows_header in response.headers:
            found = response.headers[dialect.rows_header]
            limit = int(found) if found.isdecimal() else self.request.rows
            raise too_large("rows", limit)
        media_type = response.headers.get("content-type", "").partition(";")[0]
        if media_type.strip().lower() != accept:
            raise unavailable("cut")

    def _failed(self, response: httpx.Response) -> Never:
        status = response.status_code
        if status in _BUSY:
            raise unavailable("away")
        if status in _DENIED:
            raise unavailable("denied")
        overtime = self.server.differing.overtime
        if overtime and overtime.search(response.read()):
            _stopped()
        if status in _BAD:
            raise QueryRefused(
                "The SPARQL server behind this registry does not carry out this query.",
                "SPARQL сървърът зад този регистър не изпълнява тази заявка.",
                extra={"rule": "engine"},
            )
        raise unavailable("failed")


def _gathered(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    gathered: dict[str, list[str]] = {}
    for name, value in fields:
        gathered.setdefault(name, []).append(value)
    return gathered


def _begins_one(iri: str, schemes: tuple[str, ...]) -> bool:
    return any(iri.startswith(scheme) or scheme.startswith(iri) for scheme in schemes)


@lru_cache(maxsize=1)
def _connection(server: Server) -> httpx.Client:
    # Made once in a process: reading the certificates takes as long as twenty queries.
    return client(server, SILENCE)


@lru_cache(maxsize=1000)
def _limit_reached(server: Server, count: int) -> bool:
    dialect = server.differing
    with (
        failures_named(),
        _connection(server).stream(
            "POST",
            server.at(dialect.query),
            data={"query": f"{_CROSS} LIMIT {count}"},
            headers={"Accept": JSON},
        ) as response,
    ):
        return not response.is_success or dialect.rows_header in response.headers


def _stopped() -> Never:
    raise QueryTimeout(
        "The SPARQL server behind this registry stopped the query, which takes longer "
        "than it allows.",
        "SPARQL сървърът зад този регистър спря заявката, защото изисква повече време, "
        "отколкото той допуска.",
        extra={"rule": "engine"},
    )


def _refuse_extension() -> Never:
    raise QueryRefused(
        "The query calls a function of one server alone.",
        "Заявката извиква функция, която има само в един сървър.",
        extra={"rule": "extension"},
    )
