"""`/sparql`: the query operation of the SPARQL 1.1 Protocol, for programs.

People are sent to the page of the same question.

**Source:** SPARQL 1.1 Protocol, section 2.1; SPARQL 1.1 Service Description.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import FastAPI
from pyoxigraph import Literal, NamedNode, Triple
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import caching, openapi, protocol, rdf
from api.asking import headers_of
from api.body import ReaderLeft
from api.caching import REVALIDATED
from api.negotiation import Offer, choose, named
from api.protocol import Asked
from api.questions import note_asked
from api.routes.background import PREFER, accepted, prefers_background
from api.site import VARY, Site, offer_for
from api.stored import StoredResponse
from registry import graphs
from registry.errors import NotAcceptable
from registry.language import Text
from registry.namespaces import DCT, RDF, RDFS, SD, VOID
from registry.ports import QueryForm

RESULTS_JSON = Offer("json", "application/sparql-results+json")
RESULTS_XML = Offer("xml", "application/sparql-results+xml")
CSV = Offer("csv", "text/csv")
TSV = Offer("tsv", "text/tab-separated-values")
PLAIN_JSON = Offer("plain-json", "application/json")
PLAIN_XML = Offer("plain-xml", "application/xml")
HTML = Offer("html", "text/html")

ROWS = (RESULTS_JSON, RESULTS_XML, CSV, TSV, PLAIN_JSON, PLAIN_XML)
"""What rows are offered in."""

BOOLEANS = (RESULTS_JSON, RESULTS_XML, PLAIN_JSON, PLAIN_XML)
"""What a yes or no is offered in; CSV and TSV have no form for it."""

GRAPHS = (rdf.TURTLE, rdf.N_TRIPLES, rdf.JSONLD, rdf.RDF_XML, PLAIN_JSON, PLAIN_XML)
"""What a graph is offered in."""

_ANYTHING = (*ROWS, *GRAPHS, HTML)
_DESCRIBED = tuple(offer for offer in rdf.OFFERS if offer is not rdf.HTML)
_WRITTEN = {PLAIN_JSON: RESULTS_JSON, PLAIN_XML: RESULTS_XML}
_GRAPHS_WRITTEN = {PLAIN_JSON: rdf.JSONLD, PLAIN_XML: rdf.RDF_XML}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The query service of one registry."""

    site: Site

    async def get(self, request: Request) -> Response:
        """Runs the query in `query`, or describes the service if there is none."""
        asked = protocol.by_address(request)
        if _for_people(request, asked):
            return self._page(request, 303)
        if asked is None:
            return self._described(request)
        return await self._answered(request, asked)

    async def post(self, request: Request) -> Response:
        """Runs the query in the body, as a form or as it is."""
        limit = self.site.registry.settings.engine.query_bytes
        asked = await protocol.by_body(request, limit)
        if _for_people(request, asked):
            # The browser sends the form again, to the page.
            return self._page(request, 307)
        return await self._answered(request, asked)

    async def _answered(self, request: Request, asked: Asked) -> Response:
        form = self.site.asking.form(request, asked.text)
        sent, written = chosen(request, form, asked)
        query = asked.query()
        if prefers_background(request):
            return accepted(self.site, request, query, sent=sent, written=written)
        note_asked(request.scope, form, written.media_type)
        try:
            answer = await self.site.asking.ask(request, query, written.media_type)
        except ReaderLeft:
            return Response(status_code=400)  # nobody is there to read it
        headers = {
            "Content-Type": sent.content_type,
            **headers_of(answer),
            "Vary": VARY,
        }
        if answer.file:
            return StoredResponse(answer.file, headers)
        return Response(answer.body, headers=headers)

    def _described(self, request: Request) -> Response:
        offer = offer_for(request, _DESCRIBED)
        headers = {"Content-Type": offer.content_type, "Vary": VARY}
        body = rdf.serialise(description(self.site), offer)
        return caching.respond(request, body, headers)

    def _page(self, request: Request, status: int) -> Response:
        """Sends a reader to the page that asks the same."""
        web = self.site.web
        kept = [
            pair
            for pair in request.query_params.multi_items()
            if pair[0] not in ("as", "lang")
        ]
        address = web.addresses(web.reader_language(request)).page("sparql")
        return RedirectResponse(
            f"{address}?{urlencode(kept)}" if kept else address,
            status_code=status,
            headers={"Vary": VARY, "Cache-Control": REVALIDATED},
        )


def offers(form: QueryForm) -> tuple[Offer, ...]:
    """Returns what the answer to a form of query is offered in."""
    if form.graph:
        return GRAPHS
    return BOOLEANS if form is QueryForm.ASK else ROWS


def chosen(request: Request, form: QueryForm, asked: Asked) -> tuple[Offer, Offer]:
    """Returns what an answer is sent as, and what it is written in.

    Raises:
        BadParameter: `as` names no format of this form of query.
        NotAcceptable: none suits the reader.
    """
    offered = offers(form)
    offer = named(_format(asked), offered) or offer_for(request, offered)
    return offer, (_GRAPHS_WRITTEN if form.graph else _WRITTEN).get(offer, offer)


def _for_people(request: Request, asked: Asked | None) -> bool:
    """Says whether the reader prefers a page, whatever form the query has."""
    extension = _format(asked) if asked else None
    if extension:
        return extension == HTML.extension
    offered = _ANYTHING if asked else rdf.OFFERS
    try:
        offer = choose(request.headers.get("accept"), offered)
    except NotAcceptable:
        return False
    return offer.media_type == HTML.media_type


def _format(asked: Asked) -> str | None:
    """Returns the extension that `as` names, for readers who cannot set headers."""
    return next((value for name, value in asked.fields if name == "as"), None)


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
            (service, f"{DCT}description", Literal(text, language=language))
            for language, text in _lanes(site).items()
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


def _lanes(site: Site) -> Text:
    engine, jobs = site.registry.settings.engine, site.registry.settings.jobs
    return {
        "bg": f"Заявка, която работи повече от {engine.short:g} s, преминава в отделна "
        f"бавна лента и се спира {engine.deadline:g} s след получаването ѝ. Във фонов "
        f"режим ({site.base}sparql/jobs) може да работи до {jobs.deadline:g} s.",
        "en": f"A query that runs for more than {engine.short:g} s is moved to a long "
        f"lane of its own, and is stopped {engine.deadline:g} s after its arrival. In "
        f"the background ({site.base}sparql/jobs) it may run for {jobs.deadline:g} s.",
    }


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
        PREFER,
    ]
    offered = (*ROWS, *GRAPHS, HTML)
    openapi.getter(app, "sparql")(
        "/sparql",
        endpoint.get,
        summary="Ask a SPARQL 1.1 query, or read what the service is",
        parameters=parameters,
        responses=openapi.answered(offered, 202, 400, 406, 422, 429, 503),
        hot=True,
    )
    app.add_api_route(
        "/sparql",
        endpoint.post,
        methods=["POST"],
        tags=["sparql"],
        summary="Ask a SPARQL 1.1 query in the body",
        response_class=Response,
        responses=openapi.answered(offered, 202, 400, 406, 413, 415, 422, 429, 503),
        openapi_extra={
            "parameters": [*graphs_named, PREFER],
            "requestBody": {
                "required": True,
                "content": {
                    protocol.FORM: {
                        "schema": {"type": "object", "required": ["query"]}
                    },
                    protocol.QUERY: {"schema": {"type": "string"}},
                },
            },
        },
    )
