"""`/sparql`: the query operation of the SPARQL 1.1 Protocol.

**Source:** SPARQL 1.1 Protocol, section 2.1; SPARQL 1.1 Service Description.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI
from pyoxigraph import Literal, NamedNode, Triple
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, openapi, rdf
from api.body import ReaderLeft, read, unless_left
from api.caching import REVALIDATED
from api.negotiation import Offer
from api.problems import UnsupportedMediaType
from api.site import VARY, Site, language_for, offer_for
from registry import graphs
from registry.errors import BadParameter, QueryRefused
from registry.jsonld import is_iri
from registry.namespaces import DCT, RDF, RDFS, SD, VOID
from registry.ports import Query, QueryForm

RESULTS_JSON = Offer("json", "application/sparql-results+json")
RESULTS_XML = Offer("xml", "application/sparql-results+xml")
CSV = Offer("csv", "text/csv")
TSV = Offer("tsv", "text/tab-separated-values")
PLAIN_JSON = Offer("plain-json", "application/json")
PLAIN_XML = Offer("plain-xml", "application/xml")
HTML = Offer("html", "text/html")

ROWS = (RESULTS_JSON, RESULTS_XML, CSV, TSV, HTML, PLAIN_JSON, PLAIN_XML)
"""What rows are offered in."""

BOOLEANS = (RESULTS_JSON, RESULTS_XML, HTML, PLAIN_JSON, PLAIN_XML)
"""What a yes or no is offered in; CSV and TSV have no form for it."""

GRAPHS = (
    rdf.TURTLE,
    rdf.N_TRIPLES,
    rdf.JSONLD,
    rdf.RDF_XML,
    HTML,
    PLAIN_JSON,
    PLAIN_XML,
)
"""What a graph is offered in."""

_ROWS_WRITTEN = {PLAIN_JSON: RESULTS_JSON, PLAIN_XML: RESULTS_XML, HTML: RESULTS_JSON}
_GRAPHS_WRITTEN = {PLAIN_JSON: rdf.JSONLD, PLAIN_XML: rdf.RDF_XML, HTML: rdf.TURTLE}

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

GRAPH_CAP = 100
"""Most graphs that a request can name."""
FIELD_CAP = 2 * GRAPH_CAP
"""Most fields that a request can have."""
ROWS_SHOWN = 1000
"""Rows that a page shows; the data formats always hold them all."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The query service of one registry."""

    site: Site

    async def get(self, request: Request) -> Response:
        """Runs the query in `query`, or describes the service if there is none."""
        fields = _fields(request.scope["query_string"], "the address")
        if not any(name in ("query", "update") for name, _ in fields):
            return await self._described(request)
        return await self._answered(request, _query(fields), fields)

    async def post(self, request: Request) -> Response:
        """Runs the query in the body, as a form or as it is."""
        media_type, parameters = _content_type(request)
        if media_type == UPDATE:
            raise _no_updates()
        if media_type not in (FORM, QUERY) or parameters not in ("", "utf-8"):
            raise _unread()
        limit = self.site.registry.settings.engine.query_bytes
        # A form may need three bytes for each of the query, and names graphs.
        body = await read(request, limit if media_type == QUERY else 4 * limit)
        address = _fields(request.scope["query_string"], "the address")
        if media_type == FORM:
            fields = _fields(body, "the form")
            return await self._answered(request, _query(fields), fields)
        if any(name == "query" for name, _ in address):
            raise _one_query()
        text = _decoded(body, "the body")
        return await self._answered(request, text, address)

    async def _answered(
        self, request: Request, text: str, fields: Sequence[tuple[str, str]]
    ) -> Response:
        queries = self.site.registry.queries
        form = queries.form(text)
        offers = _offers(form)
        offer = _named(fields, offers) or offer_for(request, offers)
        # A language that we do not have is refused before anything is run.
        language = language_for(request) if offer is HTML else ""
        written = (_GRAPHS_WRITTEN if form.graph else _ROWS_WRITTEN).get(offer, offer)
        query = Query(
            text,
            _graphs(fields, "default-graph-uri"),
            _graphs(fields, "named-graph-uri"),
        )
        try:
            answer = await unless_left(request, queries.ask(query, written.media_type))
        except ReaderLeft:
            return Response(status_code=400)  # nobody is there to read it
        headers = {
            "Content-Type": offer.content_type,
            "Registry-Sequence": str(answer.sequence),
            "Cache-Control": REVALIDATED,
            "Vary": VARY,
        }
        if offer is not HTML:
            return Response(answer.body, headers=headers)
        headers["Content-Language"] = language
        shown = _graph_shown if form.graph else _rows_shown
        page = await run_in_threadpool(
            self._page, request, language, form, text, fields, shown(answer.body)
        )
        return Response(page, headers=headers)

    async def _described(self, request: Request) -> Response:
        offer = offer_for(request, rdf.OFFERS)
        headers = {"Content-Type": offer.content_type, "Vary": VARY}
        if offer is not rdf.HTML:
            body = rdf.serialise(description(self.site), offer)
            return caching.respond(request, body, headers)
        language = language_for(request)
        headers["Content-Language"] = language
        text = self._example(request.query_params.get("example"))
        body = await run_in_threadpool(
            self._page, request, language, QueryForm.SELECT, text, (), {}
        )
        return caching.respond(request, body, headers)

    def _example(self, name: str | None) -> str:
        return self.site.registry.vocabulary.example(name).query if name else ""

    def _page(
        self,
        request: Request,
        language: str,
        form: QueryForm,
        text: str,
        fields: Sequence[tuple[str, str]],
        shown: Mapping[str, Any],
    ) -> bytes:
        """Returns the form, with the answer to its query if there is one."""
        kept = [pair for pair in fields if pair[0] not in ("as", "lang")]
        return self.site.pages.render(
            "sparql",
            request,
            language,
            query=text,
            examples=self.site.registry.vocabulary.examples,
            answered=bool(shown),
            formats=[
                (
                    offer.media_type,
                    f"{self.site.base}sparql?"
                    f"{urlencode([*kept, ('as', offer.extension)])}",
                )
                for offer in _offers(form)
                if offer not in (HTML, PLAIN_JSON, PLAIN_XML)
            ],
            graph=shown.get("graph"),
            boolean=shown.get("boolean"),
            columns=shown.get("columns"),
            rows=shown.get("rows", []),
            total=shown.get("total", 0),
        )


def _offers(form: QueryForm) -> tuple[Offer, ...]:
    if form.graph:
        return GRAPHS
    return BOOLEANS if form is QueryForm.ASK else ROWS


def _rows_shown(body: bytes) -> Mapping[str, Any]:
    results = json.loads(body)
    if "boolean" in results:
        return {"boolean": results["boolean"]}
    columns = results["head"].get("vars", [])
    bindings = results["results"]["bindings"]
    return {
        "columns": columns,
        "rows": [
            [row.get(column) for column in columns] for row in bindings[:ROWS_SHOWN]
        ],
        "total": len(bindings),
    }


def _graph_shown(body: bytes) -> Mapping[str, Any]:
    return {"graph": body.decode()}


def description(site: Site) -> str:
    """Returns the service description as canonical N-Triples."""
    service = NamedNode(f"{site.base}sparql#service")
    dataset = NamedNode(f"{site.base}sparql#dataset")
    default = NamedNode(f"{site.base}sparql#default-graph")
    formats = "http://www.w3.org/ns/formats/"
    facts: list[tuple[NamedNode, str, NamedNode | Literal]] = [
        (service, f"{RDF}type", NamedNode(f"{SD}Service")),
        (service, f"{SD}endpoint", NamedNode(f"{site.base}sparql")),
        (service, f"{SD}supportedLanguage", NamedNode(f"{SD}SPARQL11Query")),
        (service, f"{SD}feature", NamedNode(f"{SD}UnionDefaultGraph")),
        (service, f"{SD}defaultDataset", dataset),
        (service, f"{RDFS}seeAlso", NamedNode(f"{site.base}limits")),
        (dataset, f"{RDF}type", NamedNode(f"{SD}Dataset")),
        (dataset, f"{SD}defaultGraph", default),
        (default, f"{RDF}type", NamedNode(f"{SD}Graph")),
        (default, f"{RDF}type", NamedNode(f"{VOID}Dataset")),
        *(
            (service, f"{SD}resultFormat", NamedNode(formats + name))
            for name in (
                "SPARQL_Results_JSON",
                "SPARQL_Results_XML",
                "SPARQL_Results_CSV",
                "SPARQL_Results_TSV",
                "Turtle",
                "N-Triples",
                "JSON-LD",
                "RDF_XML",
            )
        ),
        *(
            (dataset, f"{DCT}title", Literal(title, language=language))
            for language, title in (
                ("bg", "Всички записи на регистъра"),
                ("en", "All records of the registry"),
            )
        ),
    ]
    return graphs.canonical(Triple(s, NamedNode(p), o) for s, p, o in facts)


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


def _query(fields: Sequence[tuple[str, str]]) -> str:
    if any(name == "update" for name, _ in fields):
        raise _no_updates()
    found = [value for name, value in fields if name == "query"]
    if len(found) != 1:
        raise _one_query()
    return found[0]


def _graphs(fields: Sequence[tuple[str, str]], name: str) -> tuple[str, ...]:
    found = tuple(value for field, value in fields if field == name)
    for iri in found:
        if not is_iri(iri):
            raise BadParameter(
                f"The parameter “{name}” has to be an absolute IRI.",
                f"Параметърът „{name}“ трябва да е абсолютен IRI.",
                extra={"parameter": name, "value": iri},
            )
    if len(found) > GRAPH_CAP:
        raise BadParameter(
            f"A query can name {GRAPH_CAP} graphs.",
            f"Заявката може да посочи най-много {GRAPH_CAP} графа.",
            extra={"parameter": name, "limit": GRAPH_CAP},
        )
    return found


def _named(
    fields: Sequence[tuple[str, str]], offers: tuple[Offer, ...]
) -> Offer | None:
    """Returns the format that `as` names, for readers who cannot set headers.

    Raises:
        BadParameter: this form of query has no such format.
    """
    asked = [value for name, value in fields if name == "as" and value]
    if not asked:
        return None
    known = {offer.extension: offer for offer in offers}
    if asked[0] not in known:
        raise BadParameter(
            f"The parameter “as” can be: {', '.join(known)}.",
            f"Параметърът „as“ може да бъде: {', '.join(known)}.",
            extra={"parameter": "as", "allowed": list(known)},
        )
    return known[asked[0]]


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


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of the query service."""
    endpoint = Endpoint(site)
    graphs_named = [
        openapi.text(name, "query", meaning, format="uri")
        for name, meaning in (
            ("default-graph-uri", "A graph to merge into the default graph."),
            ("named-graph-uri", "A graph that `GRAPH` may range over."),
        )
    ]
    parameters = [
        openapi.text("query", "query", "The query; without it, a description."),
        *graphs_named,
        openapi.text("as", "query", "A format by its extension; wins over `Accept`."),
        openapi.LANG,
    ]
    offers = (*ROWS, *GRAPHS)
    openapi.getter(app, "sparql")(
        "/sparql",
        endpoint.get,
        summary="Ask a SPARQL 1.1 query, or read what the service is",
        parameters=parameters,
        responses=openapi.answered(offers, 400, 406, 422, 503),
        hot=True,
    )
    app.add_api_route(
        "/sparql",
        endpoint.post,
        methods=["POST"],
        tags=["sparql"],
        summary="Ask a SPARQL 1.1 query in the body",
        response_class=Response,
        responses=openapi.answered(offers, 400, 406, 413, 415, 422, 503),
        openapi_extra={
            "parameters": graphs_named,
            "requestBody": {
                "required": True,
                "content": {
                    FORM: {"schema": {"type": "object", "required": ["query"]}},
                    QUERY: {"schema": {"type": "string"}},
                },
            },
        },
    )
