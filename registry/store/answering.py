"""Answers one query over a snapshot; runs in a confined worker.

`registry.store.queries` asks, and hands over nothing but queries that passed
the gate. An answer is complete or it is an error: whatever passes a limit is
never cut short.
"""

import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

import pyoxigraph
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
)

from registry.errors import (
    EngineUnavailable,
    NotAcceptable,
    QueryMalformed,
    ResultTooLarge,
)
from registry.namespaces import PREFIXES
from registry.store import columnar
from registry.store.lexer import states_dataset
from registry.store.rows import comma_separated, exceeds, skolemised

ROWS: Mapping[str, QueryResultsFormat] = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/csv": QueryResultsFormat.CSV,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
"""Media types of rows."""

BOOLEANS: Mapping[str, QueryResultsFormat] = {
    media_type: format_
    for media_type, format_ in ROWS.items()
    if not media_type.startswith("text/")
}
"""Media types of a yes or no; CSV and TSV have no form for it."""

GRAPHS: Mapping[str, RdfFormat] = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
"""Media types of graphs."""

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_Format = TypeVar("_Format")

_SYNTAX = re.compile(
    r"error at (\d+):(\d+)\S* (?:expected )?(?:one of )?(.*)", re.DOTALL
)
_PLAIN = re.compile(r"[\w ]+\Z")
_AHEAD = 1000
"""Triples looked at to find out which prefixes an answer needs."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the worker.

    Attributes:
        snapshot: folder of the snapshot.
        base: base IRI of the registry, which relative IRIs are resolved against.
        text: the query.
        default_graphs: as in `registry.ports.Query`.
        named_graphs: as in `registry.ports.Query`.
        media_type: what to answer in; a key of `ROWS`, `BOOLEANS` or `GRAPHS`.
        rows: rows or triples that the answer may have.
        size: bytes that the answer may have.
        columns: whether the columns of the snapshot may be used.
    """

    snapshot: str
    base: str
    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    media_type: str
    rows: int
    size: int
    columns: bool = True


def serve(payload: bytes) -> bytes:
    """Returns the answer to a `Request` that crosses as a JSON object.

    Raises:
        QueryMalformed: a syntax error; `extra` has line and column.
        NotAcceptable: the answer has no form in the media type.
        ResultTooLarge: the answer passed the limit of rows or bytes.
        EngineUnavailable: the snapshot is gone, or the engine gave up.
    """
    request = Request(**json.loads(payload))
    store = _snapshot(request.snapshot)
    output = Output(request.size)
    # Where the union is asked for, the engine takes no notice of FROM.
    stated = bool(request.default_graphs) or states_dataset(request.text)
    try:
        results = store.query(
            _text(request, stated=stated),
            base_iri=request.base,
            use_default_graph_as_union=not stated,
            default_graph=[NamedNode(iri) for iri in request.default_graphs] or None,
            named_graphs=[NamedNode(iri) for iri in request.named_graphs] or None,
        )
        _answer(results, request, output)
    except SyntaxError as error:
        raise malformed(error.msg) from None
    except (OSError, RuntimeError, ValueError) as error:
        if output.full:
            raise too_large("bytes", request.size) from None
        if not os.path.exists(request.snapshot):
            # Removed while in use: the engine opens some files only when needed.
            raise _gone() from error
        raise EngineUnavailable(
            "The query engine gave up on the query.",
            "Машината за заявки не успя да изпълни заявката.",
            extra={"reason": "failed"},
        ) from error
    return output.getvalue()


def _text(request: Request, *, stated: bool) -> str:
    if stated or request.named_graphs or not request.columns:
        return request.text
    quicker = columnar.rewritten(request.text, request.base, request.snapshot)
    return quicker or request.text


def malformed(message: str) -> QueryMalformed:
    """Returns the error for a message of the parser, with line and column."""
    match = _SYNTAX.match(message)
    if not match:
        return QueryMalformed(
            "The query cannot be read.", "Заявката не може да бъде прочетена."
        )
    line, column = int(match[1]), int(match[2])
    # The parser also lists character classes, which help nobody.
    hints = [hint for hint in match[3].split(", ") if _PLAIN.match(hint)]
    offered = [hint for hint in hints if hint not in {"SERVICE", "LATERAL"}]
    hint = f" ({', '.join(offered[:5])})" if offered else ""
    return QueryMalformed(
        f"The query cannot be read at line {line}, column {column}{hint}.",
        f"Заявката не може да бъде прочетена на ред {line}, колона {column}{hint}.",
        extra={"line": line, "column": column, "expected": offered},
    )


@lru_cache(maxsize=1)
def _snapshot(folder: str) -> Store:
    try:
        return Store.read_only(folder)
    except (OSError, RuntimeError) as error:
        raise _gone() from error


def _gone() -> EngineUnavailable:
    return EngineUnavailable(
        "The snapshot that was asked for is gone.",
        "Исканата моментна снимка вече не съществува.",
        extra={"reason": "snapshot"},
    )


class Output(io.BytesIO):
    """Bytes in memory, up to a limit."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.full = False

    def write(self, data: "ReadableBuffer", /) -> int:
        """Takes what comes next, and refuses what is beyond the limit."""
        written = super().write(data)
        if self.tell() > self.most:
            self.full = True
            raise OSError("the answer is larger than the limit")
        return written


def _answer(
    results: QuerySolutions | QueryBoolean | QueryTriples,
    request: Request,
    output: Output,
) -> None:
    if isinstance(results, QueryTriples):
        write_graph(results, request, output)
    elif isinstance(results, QueryBoolean):
        results.serialize(output, offered(BOOLEANS, request.media_type))
    else:
        write_rows(results, request, output)


def write_rows(solutions: QuerySolutions, request: Request, output: Output) -> None:
    """Writes rows as was asked.

    Raises:
        NotAcceptable: they have no form in the media type.
        ResultTooLarge: they are too many.
        OSError: they are larger than the output may be.
    """
    format_ = offered(ROWS, request.media_type)
    # The store keeps no blank node and no query can name one, so that only the
    # function BNODE can put one into a row.
    blank = "bnode" in request.text.lower()
    if blank and format_ == QueryResultsFormat.CSV:
        comma_separated(solutions, output, _genid(request))
    else:
        solutions.serialize(output, format_)
    if exceeds(output.getvalue(), format_, request.rows):
        raise too_large("rows", request.rows)
    if blank and format_ != QueryResultsFormat.CSV:
        named = skolemised(output.getvalue(), format_, _genid(request))
        output.seek(0)
        output.write(named)


def write_graph(triples: Iterable[Triple], request: Request, output: Output) -> None:
    """Writes triples as was asked; raises as `write_rows` does."""
    format_ = offered(GRAPHS, request.media_type)
    named = _named(triples, request)
    head = list(islice(named, _AHEAD))
    pyoxigraph.serialize(chain(head, named), output, format_, prefixes=_prefixes(head))


def _named(triples: Iterable[Triple], request: Request) -> Iterator[Triple]:
    genid = _genid(request)
    for number, triple in enumerate(triples):
        if number >= request.rows:
            raise too_large("rows", request.rows)
        yield _without_blank(triple, genid)


def _without_blank(triple: Triple, genid: str) -> Triple:
    subject, object_ = triple.subject, triple.object
    if isinstance(subject, NamedNode) and isinstance(object_, NamedNode | Literal):
        return triple
    if isinstance(subject, BlankNode):
        subject = NamedNode(genid + subject.value)
    if isinstance(object_, BlankNode):
        object_ = NamedNode(genid + object_.value)
    elif isinstance(object_, Triple):
        object_ = _without_blank(object_, genid)
    return Triple(subject, triple.predicate, object_)


def _prefixes(triples: Sequence[Triple]) -> dict[str, str]:
    """Returns the prefixes that the triples use, or all if there may be more."""
    if len(triples) == _AHEAD:
        return PREFIXES
    iris = {triple.predicate.value for triple in triples}
    iris |= {
        triple.object.value
        for triple in triples
        if isinstance(triple.object, NamedNode)
    }
    iris |= {
        triple.object.datatype.value
        for triple in triples
        if isinstance(triple.object, Literal)
    }
    return {
        prefix: namespace
        for prefix, namespace in PREFIXES.items()
        if any(iri.startswith(namespace) for iri in iris)
    }


def _genid(request: Request) -> str:
    return f"{request.base}.well-known/genid/"


def offered(offer: Mapping[str, _Format], media_type: str) -> _Format:
    """Returns the format for a media type.

    Raises:
        NotAcceptable: it is none of those on offer.
    """
    if media_type in offer:
        return offer[media_type]
    raise NotAcceptable(
        f"This kind of answer has no form in {media_type}.",
        f"Този вид отговор няма представяне във формат {media_type}.",
        extra={"offer": list(offer)},
    )


def too_large(rule: str, limit: int) -> ResultTooLarge:
    """Returns the error for an answer with too many `rows` or `bytes`."""
    english, bulgarian = _LIMITED[rule]
    return ResultTooLarge(
        f"The answer has more than {limit} {english}.",
        f"Отговорът има повече от {limit} {bulgarian}.",
        extra={"rule": rule, "limit": limit},
    )


_LIMITED = {"rows": ("rows or triples", "реда или тройки"), "bytes": ("bytes", "байта")}
