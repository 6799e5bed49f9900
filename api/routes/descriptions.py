"""What the registry says of itself: context, terms, rules, problems, limits."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from pyoxigraph import BlankNode, Triple
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, openapi, rdf
from api.caching import IMMUTABLE, REVALIDATED
from api.limits import limits
from api.negotiation import Offer, named
from api.problems import Kind, kinds
from api.site import VARY, Site, offer_for
from registry import graphs
from registry.errors import NotFound

JSON = Offer("json", "application/json")
HTML = Offer("html", "text/html")
JSONLD = Offer("jsonld", "application/ld+json")
OFFERS = (JSON, HTML)


@dataclass(frozen=True, slots=True)
class Descriptions:
    """The descriptions of one registry."""

    site: Site

    async def context(self, request: Request) -> Response:
        """Returns version 1 of the JSON-LD context, which never changes."""
        return caching.respond(
            request,
            self.site.registry.vocabulary.context.source,
            {"Content-Type": JSONLD.content_type},
            cache=IMMUTABLE,
        )

    async def ontology(self, request: Request) -> Response:
        """Returns the terms that are the registry's own, in both languages."""
        offer = _offer(request, rdf.OFFERS)
        if offer is rdf.HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(self._ontology, request, offer)

    def _ontology(self, request: Request, offer: Offer) -> Response:
        text = self.site.registry.vocabulary.ontology
        return self._graph(request, text, offer)

    async def rules(self, request: Request) -> Response:
        """Returns the rules for every kind of record."""
        offer = _offer(request, rdf.OFFERS)
        if offer is rdf.HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(self._rules, request, offer)

    def _rules(self, request: Request, offer: Offer) -> Response:
        files = self.site.registry.vocabulary.shapes
        return self._graph(request, merged(files), offer)

    async def rules_of(self, request: Request) -> Response:
        """Returns the rules of one shapes file; a page for those of one kind."""
        offer = _offer(request, rdf.OFFERS)
        if offer is rdf.HTML:
            if request.path_params["name"] in self.site.registry.shapes.kinds:
                return self.site.web.redirect(request)
            offer = rdf.TURTLE  # what kinds share has no page of its own
        return await run_in_threadpool(self._rules_of, request, offer)

    def _rules_of(self, request: Request, offer: Offer) -> Response:
        registry, name = self.site.registry, request.path_params["name"]
        if name not in registry.vocabulary.shapes:
            raise NotFound(
                f"There are no rules with the name {name}.",
                f"Няма правила с името {name}.",
            )
        return self._graph(request, registry.vocabulary.shapes[name], offer)

    async def problems(self, request: Request) -> Response:
        """Returns every kind of problem that an answer can name."""
        offer = _offer(request, OFFERS)
        if offer is HTML:
            return self.site.web.redirect(request)
        found = kinds().values()
        return _json(request, {"problems": [self._kind(kind) for kind in found]})

    async def problem(self, request: Request) -> Response:
        """Returns what one kind of problem means and what can be done."""
        offer = _offer(request, OFFERS)
        kind = kinds().get(request.path_params["slug"])
        if kind is None:
            raise NotFound("There is no such problem.", "Няма такъв вид грешка.")
        if offer is HTML:
            return self.site.web.redirect(request)
        return _json(request, self._kind(kind))

    def _kind(self, kind: Kind) -> Mapping[str, Any]:
        return {
            "type": f"{self.site.base}problems/{kind.slug}",
            "status": kind.status,
            "title": dict(kind.title),
            "help": dict(kind.help),
        }

    async def limits(self, request: Request) -> Response:
        """Returns every limit with its unit and what it means."""
        offer = _offer(request, OFFERS)
        if offer is HTML:
            return self.site.web.redirect(request)
        return _json(
            request,
            {
                limit.name: {
                    "value": limit.value,
                    "unit": limit.unit,
                    "description": dict(limit.description),
                }
                for limit in limits(self.site)
            },
        )

    def _graph(self, request: Request, text: str, offer: Offer) -> Response:
        headers = {"Content-Type": offer.content_type, "Vary": VARY}
        return caching.respond(request, rdf.serialise(text, offer), headers)


def _offer(request: Request, offers: tuple[Offer, ...]) -> Offer:
    """Returns the format that `as` names, or else the one that the reader prefers."""
    return named(request.query_params.get("as"), offers) or offer_for(request, offers)


def merged(files: Mapping[str, str]) -> str:
    """Returns the union of graphs, the blank nodes of each kept apart.

    The paths of SHACL have to be blank nodes; nothing else that is served is one.

    Args:
        files: canonical N-Triples by a name that is unique among them.
    """

    def apart(name: str, term: Any) -> Any:
        if isinstance(term, BlankNode):
            return BlankNode(f"{name}.{term.value}")
        return term

    return graphs.canonical(
        Triple(apart(name, s), p, apart(name, o))
        for name, text in files.items()
        for s, p, o in graphs.triples(text)
    )


def _json(request: Request, document: Mapping[str, Any]) -> Response:
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = {"Content-Type": JSON.content_type, "Vary": VARY}
    return caching.respond(request, body, headers, cache=REVALIDATED)


_AS = openapi.text("as", "query", "A format by its extension; wins over `Accept`.")
_UNNEGOTIATED = frozenset({"/context/v1.jsonld"})


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of the descriptions."""
    said = Descriptions(site)
    get = openapi.getter(app, "descriptions")
    rdf_answers = openapi.answered(rdf.OFFERS, 304, 406)
    rows = (
        (
            "/context/v1.jsonld",
            said.context,
            "The JSON-LD context, version 1",
            openapi.answered((JSONLD,), 304),
        ),
        ("/def/", said.ontology, "The ontology", rdf_answers),
        ("/shapes/", said.rules, "The rules for all kinds of record", rdf_answers),
        (
            "/problems/",
            said.problems,
            "Every kind of problem",
            openapi.answered(OFFERS, 304, 406),
        ),
        (
            "/limits",
            said.limits,
            "Every limit",
            openapi.answered(OFFERS, 304, 406),
        ),
    )
    for path, endpoint, summary, responses in rows:
        formats = [] if path in _UNNEGOTIATED else [_AS]
        get(path, endpoint, summary=summary, parameters=formats, responses=responses)
    get(
        "/shapes/{name}",
        said.rules_of,
        summary="The rules of one file",
        parameters=[openapi.text("name", "path", "A kind, or a shared file."), _AS],
        responses=openapi.answered(rdf.OFFERS, 304, 404, 406),
    )
    get(
        "/problems/{slug}",
        said.problem,
        summary="What one kind of problem means",
        parameters=[openapi.text("slug", "path", "The end of the `type`."), _AS],
        responses=openapi.answered(OFFERS, 304, 404, 406),
    )
