"""What a request asks of the query service, at whatever address it comes in.

**Source:** SPARQL 1.1 Protocol, section 2.1 (the query operation).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from api.body import read
from api.problems import UnsupportedMediaType
from registry.errors import BadParameter, QueryRefused
from registry.jsonld import is_iri
from registry.ports import Query

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

GRAPH_CAP = 100
"""Most graphs that a request can name."""
FIELD_CAP = 2 * GRAPH_CAP
"""Most fields that a request can have."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it was sent, not yet judged.

    Attributes:
        text: of the query.
        fields: of the address or of the form, in their order.
    """

    text: str
    fields: Sequence[tuple[str, str]]

    def query(self) -> Query:
        """Returns the query with the graphs that the request names.

        Raises:
            BadParameter: a graph is not named by an IRI, or there are too many.
        """
        return Query(
            self.text,
            _graphs(self.fields, "default-graph-uri"),
            _graphs(self.fields, "named-graph-uri"),
        )

    @property
    def graphs(self) -> Sequence[tuple[str, str]]:
        """The fields that name graphs, whatever they hold."""
        return [pair for pair in self.fields if pair[0].endswith("-graph-uri")]


def by_address(request: Request) -> Asked | None:
    """Returns the query in the address, or `None` if there is none.

    Raises:
        BadParameter: it is not UTF-8, or not one query.
        QueryRefused: it is an update.
    """
    found = _fields(request.scope["query_string"], "the address")
    if not any(name in ("query", "update") for name, _ in found):
        return None
    return Asked(_query(found), found)


async def by_body(request: Request, limit: int) -> Asked:
    """Returns the query in the body, as a form or as it is.

    Args:
        request: its body is read.
        limit: bytes that a query can have.

    Raises:
        BadParameter: it is not UTF-8, or not one query.
        QueryRefused: it is an update.
        ContentTooLarge: the body is longer than a query of `limit` bytes.
        UnsupportedMediaType: it is neither a form nor a query.
    """
    media_type, parameters = _content_type(request)
    if media_type == UPDATE:
        raise _no_updates()
    if media_type not in (FORM, QUERY) or parameters not in ("", "utf-8"):
        raise _unread()
    # A form may need three bytes for each of the query, and names graphs.
    body = await read(request, limit if media_type == QUERY else 4 * limit)
    address = _fields(request.scope["query_string"], "the address")
    if media_type == FORM:
        found = _fields(body, "the form")
        return Asked(_query(found), found)
    if any(name == "query" for name, _ in address):
        raise _one_query()
    return Asked(_decoded(body, "the body"), address)


def _fields(data: bytes, where: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            _decoded(data, where),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=FIELD_CAP,
        )
    except UnicodeDecodeError as error:
        raise _not_utf8(where) from error
    except ValueError as error:
        raise BadParameter(
            f"A request can have {FIELD_CAP} fields.",
            f"Заявката може да има най-много {FIELD_CAP} полета.",
            extra={"limit": FIELD_CAP},
        ) from error


def _decoded(data: bytes, where: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(where) from error


def _not_utf8(where: str) -> BadParameter:
    return BadParameter(
        f"The text in {where} is not UTF-8.", "Изпратеният текст не е в UTF-8."
    )


def _query(found: Sequence[tuple[str, str]]) -> str:
    if any(name == "update" for name, _ in found):
        raise _no_updates()
    queries = [value for name, value in found if name == "query"]
    if len(queries) != 1:
        raise _one_query()
    return queries[0]


def _graphs(found: Sequence[tuple[str, str]], name: str) -> tuple[str, ...]:
    graphs = tuple(value for field, value in found if field == name)
    for iri in graphs:
        if not is_iri(iri):
            raise BadParameter(
                f"The parameter “{name}” has to be an absolute IRI.",
                f"Параметърът „{name}“ трябва да е абсолютен IRI.",
                extra={"parameter": name, "value": iri},
            )
    if len(graphs) > GRAPH_CAP:
        raise BadParameter(
            f"A query can name {GRAPH_CAP} graphs.",
            f"Заявката може да посочи най-много {GRAPH_CAP} графа.",
            extra={"parameter": name, "limit": GRAPH_CAP},
        )
    return graphs


def _content_type(request: Request) -> tuple[str, str]:
    """Returns the media type of the body and its charset, in lower case."""
    value = request.headers.get("content-type", "").lower()
    media_type, _, rest = value.partition(";")
    charset = rest.strip().removeprefix("charset=").strip('"')
    return media_type.strip(), charset


def _one_query() -> BadParameter:
    return BadParameter(
        "The parameter “query” has to be given exactly once.",
        "Параметърът „query“ трябва да бъде даден точно веднъж.",
        extra={"parameter": "query"},
    )


def _no_updates() -> QueryRefused:
    return QueryRefused(
        "Records are changed through submissions that somebody reviews; this "
        "endpoint only answers queries.",
        "Записите се променят чрез предложения, които някой преглежда; тук се "
        "отговаря само на заявки за четене.",
        extra={"rule": "query-forms-only"},
    )


def _unread() -> UnsupportedMediaType:
    return UnsupportedMediaType(
        {
            "en": f"A query is sent as {FORM} or {QUERY}, in UTF-8.",
            "bg": f"Заявката се изпраща като {FORM} или {QUERY}, в UTF-8.",
        },
        headers={"Accept-Post": f"{FORM}, {QUERY}"},
    )
