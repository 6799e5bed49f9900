"""What the registry says of itself: context, terms, rules, problems, limits, health."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, catalogue, openapi, rdf, slicing
from api.caching import IMMUTABLE, REVALIDATED, UNSTORED
from api.negotiation import Offer
from api.problems import Kind, kinds
from api.routes import lists, oai, scores, sparql
from api.site import VARY, Site, language_for, offer_for
from registry import feeds, graphs
from registry.errors import NotFound
from registry.kinds import KINDS
from registry.language import Text
from registry.namespaces import RDFS, SKOS
from registry.ports import COUNT_CAP
from registry.views.ckan.actions import ROWS_CAP

JSON = Offer("json", "application/json")
HTML = Offer("html", "text/html")
JSONLD = Offer("jsonld", "application/ld+json")
OFFERS = (JSON, HTML)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the ontology in words."""

    iri: str
    labels: Text
    definitions: Text


@dataclass(frozen=True, slots=True)
class Limit:
    """One published limit."""

    name: str
    value: float
    unit: str
    description: Text


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
        offer = offer_for(request, rdf.OFFERS)
        return await run_in_threadpool(self._ontology, request, offer)

    def _ontology(self, request: Request, offer: Offer) -> Response:
        text = self.site.registry.vocabulary.ontology
        if offer is rdf.HTML:
            return self._page(request, "ontology", terms=terms(text))
        return self._graph(request, text, offer)

    async def rules(self, request: Request) -> Response:
        """Returns the rules for every kind of record."""
        offer = offer_for(request, rdf.OFFERS)
        return await run_in_threadpool(self._rules, request, offer)

    def _rules(self, request: Request, offer: Offer) -> Response:
        registry = self.site.registry
        if offer is rdf.HTML:
            listed = [KINDS[kind] for kind in registry.shapes.kinds]
            return self._page(request, "shapes", kinds=listed)
        return self._graph(request, merged(registry.vocabulary.shapes), offer)

    async def rules_of(self, request: Request) -> Response:
        """Returns the rules of one shapes file; a page for those of one kind."""
        offer = offer_for(request, rdf.OFFERS)
        return await run_in_threadpool(self._rules_of, request, offer)

    def _rules_of(self, request: Request, offer: Offer) -> Response:
        registry, name = self.site.registry, request.path_params["name"]
        if name not in registry.vocabulary.shapes:
            raise NotFound(
                f"There are no rules with the name {name}.",
                f"Няма правила с името {name}.",
            )
        text = registry.vocabulary.shapes[name]
        if offer is not rdf.HTML or name not in registry.shapes.kinds:
            return self._graph(
                request, text, rdf.TURTLE if offer is rdf.HTML else offer
            )
        return self._page(
            request,
            "shape",
            kind=KINDS[name],
            constraints=registry.shapes.constraints(name),
        )

    async def problems(self, request: Request) -> Response:
        """Returns every kind of problem that an answer can name."""
        offer = offer_for(request, OFFERS)
        found = list(kinds().values())
        if offer is HTML:
            return self._page(request, "problems", kinds=found)
        return _json(request, {"problems": [self._kind(kind) for kind in found]})

    async def problem(self, request: Request) -> Response:
        """Returns what one kind of problem means and what can be done."""
        offer = offer_for(request, OFFERS)
        kind = kinds().get(request.path_params["slug"])
        if kind is None:
            raise NotFound("There is no such problem.", "Няма такъв вид грешка.")
        if offer is HTML:
            return self._page(request, "problem_kind", kind=kind)
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
        offer = offer_for(request, OFFERS)
        found = limits(self.site)
        if offer is HTML:
            return self._page(request, "limits", limits=found)
        return _json(
            request,
            {
                limit.name: {
                    "value": limit.value,
                    "unit": limit.unit,
                    "description": dict(limit.description),
                }
                for limit in found
            },
        )

    async def health(self, _: Request) -> Response:
        """Says whether the registry answers, and how far queries lag behind.

        `lag` counts the journal entries that queries do not see yet; it is null
        while nothing is published. `catalogue` says the same of the catalogue, with
        the number of the dump that it names files of. The status is 503 while
        queries cannot be answered. Always JSON: what watches a server rarely
        negotiates.
        """
        queries = dict(self.site.registry.queries.health())
        published = queries.pop("sequence")
        tip = self.site.registry.journal.tip()[0]
        reached = self.site.registry.catalogue.position()
        ready = isinstance(published, int) and bool(queries["alive"])
        body = json.dumps(
            {
                "live": True,
                "ready": ready,
                "journal": tip,
                "published": published,
                "lag": tip - published if isinstance(published, int) else None,
                "queries": queries,
                "catalogue": {
                    "sequence": reached.sequence,
                    "lag": max(0, tip - reached.sequence),
                    "dump": reached.dump,
                },
            },
        )
        return Response(
            body,
            status_code=200 if ready else 503,
            headers={"Content-Type": JSON.content_type, "Cache-Control": UNSTORED},
        )

    def _page(self, request: Request, template: str, **values: object) -> Response:
        language = language_for(request)
        body = self.site.pages.render(template, request, language, **values)
        headers = {
            "Content-Type": HTML.content_type,
            "Content-Language": language,
            "Vary": VARY,
        }
        return caching.respond(request, body, headers)

    def _graph(self, request: Request, text: str, offer: Offer) -> Response:
        headers = {"Content-Type": offer.content_type, "Vary": VARY}
        return caching.respond(request, rdf.serialise(text, offer), headers)


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


def terms(text: str) -> Sequence[Term]:
    """Returns the terms that a graph gives a label, by IRI."""
    found: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for triple in graphs.triples(text):
        column = _COLUMNS.get(triple.predicate.value)
        subject, value = triple.subject, triple.object
        if column is None or not isinstance(subject, NamedNode):
            continue
        if isinstance(value, Literal) and value.language:
            texts = found.setdefault(subject.value, ({}, {}))
            texts[column][value.language] = value.value
    return [Term(iri, *texts) for iri, texts in sorted(found.items()) if texts[0]]


_COLUMNS = {f"{RDFS}label": 0, f"{SKOS}definition": 1, f"{RDFS}comment": 1}


def limits(site: Site) -> Sequence[Limit]:
    """Returns every limit that a reader can meet."""
    engine, tables = site.registry.settings.engine, site.registry.settings.tables
    return [
        Limit(
            "query.deadline",
            engine.deadline,
            "second",
            {
                "bg": "Най-дългото време за изпълнение на една заявка.",
                "en": "Longest time that a query may run.",
            },
        ),
        Limit(
            "query.memory",
            engine.memory,
            "byte",
            {
                "bg": "Най-много памет, която една заявка може да заеме.",
                "en": "Most memory that a query may take.",
            },
        ),
        Limit(
            "query.rows",
            engine.rows,
            "row",
            {
                "bg": "Най-много редове или тройки в един отговор.",
                "en": "Most rows or triples in an answer.",
            },
        ),
        Limit(
            "query.result",
            engine.result_bytes,
            "byte",
            {
                "bg": "Най-голям размер на един отговор.",
                "en": "Largest size of an answer.",
            },
        ),
        Limit(
            "query.text",
            engine.query_bytes,
            "byte",
            {
                "bg": "Най-голям размер на текста на заявката.",
                "en": "Largest size of the text of a query.",
            },
        ),
        Limit(
            "query.depth",
            engine.query_depth,
            "bracket",
            {
                "bg": "Най-много скоби една в друга в една заявка.",
                "en": "Most brackets within one another in a query.",
            },
        ),
        Limit(
            "query.statements",
            engine.query_statements,
            "statement",
            {
                "bg": "Най-много твърдения в една заявка.",
                "en": "Most statements in a query.",
            },
        ),
        Limit(
            "query.groups",
            engine.query_groups,
            "group",
            {
                "bg": "Най-много двойки фигурни скоби в една заявка.",
                "en": "Most pairs of braces in a query.",
            },
        ),
        Limit(
            "query.operators",
            engine.query_operators,
            "operator",
            {
                "bg": "Най-много оператори в една заявка.",
                "en": "Most operators in a query.",
            },
        ),
        Limit(
            "query.steps",
            engine.query_steps,
            "step",
            {
                "bg": "Най-много стъпки в пътищата от свойства на една заявка.",
                "en": "Most steps of property paths in a query.",
            },
        ),
        Limit(
            "query.graphs",
            sparql.GRAPH_CAP,
            "graph",
            {
                "bg": "Най-много графи, които една заявка може да посочи.",
                "en": "Most graphs that a query may name.",
            },
        ),
        Limit(
            "query.parallel",
            engine.workers,
            "query",
            {
                "bg": "Заявки, които се изпълняват едновременно.",
                "en": "Queries that run at one time.",
            },
        ),
        Limit(
            "query.waiting",
            engine.waiting,
            "query",
            {
                "bg": "Заявки, които могат да чакат едновременно.",
                "en": "Queries that may wait at one time.",
            },
        ),
        Limit(
            "records.page",
            lists.LIMIT_CAP,
            "record",
            {
                "bg": "Най-много записи на една страница от списък.",
                "en": "Most records on one page of a list.",
            },
        ),
        Limit(
            "records.count",
            COUNT_CAP,
            "record",
            {
                "bg": "До толкова записи се броят; повече не се преброяват докрай.",
                "en": "Records are counted up to this number and no further.",
            },
        ),
        Limit(
            "records.text",
            lists.TEXT_CAP,
            "character",
            {
                "bg": "Най-дълъг текст за търсене.",
                "en": "Longest text to search for.",
            },
        ),
        Limit(
            "feeds.page",
            feeds.PAGE,
            "position",
            {
                "bg": "Толкова поредни номера обхваща всяка страница от поток на "
                "промените.",
                "en": "So many consecutive numbers each page of a feed of changes has.",
            },
        ),
        Limit(
            "catalogue.page",
            catalogue.SIZE,
            "dataset",
            {
                "bg": "Набори от данни на една страница от каталога.",
                "en": "Datasets on one page of the catalogue.",
            },
        ),
        Limit(
            "catalogue.scores",
            scores.LIMIT,
            "dataset",
            {
                "bg": "Набори от данни на една страница с оценки.",
                "en": "Datasets on one page of scores.",
            },
        ),
        Limit(
            "tables.cells",
            tables.cells,
            "observation",
            {
                "bg": "Най-много наблюдения в една извадка от таблица.",
                "en": "Most observations in a slice of a table.",
            },
        ),
        Limit(
            "tables.document",
            tables.document_cells,
            "observation",
            {
                "bg": "Най-много наблюдения в една извадка като JSON-stat или XLSX.",
                "en": "Most observations in a slice as JSON-stat or XLSX.",
            },
        ),
        Limit(
            "tables.deadline",
            tables.deadline,
            "second",
            {
                "bg": "Най-дългото време за изчисляване на една извадка от таблица.",
                "en": "Longest time that a slice of a table may be worked on.",
            },
        ),
        Limit(
            "tables.page",
            slicing.PAGE_CAP,
            "observation",
            {
                "bg": "Най-много наблюдения на една страница от извадка.",
                "en": "Most observations on one page of a slice.",
            },
        ),
        Limit(
            "oai.page",
            oai.PAGE,
            "item",
            {
                "bg": "Най-много записи и набори от данни на една страница от списък "
                "по OAI-PMH.",
                "en": "Most records and datasets on one page of a list by OAI-PMH.",
            },
        ),
        Limit(
            "ckan.rows",
            ROWS_CAP,
            "dataset",
            {
                "bg": "Най-много набори от данни в един отговор на „package_search“.",
                "en": "Most datasets in one answer of `package_search`.",
            },
        ),
    ]


def _json(request: Request, document: Mapping[str, Any]) -> Response:
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = {"Content-Type": JSON.content_type, "Vary": VARY}
    return caching.respond(request, body, headers, cache=REVALIDATED)


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
        (
            "/health",
            said.health,
            "Whether the registry answers",
            openapi.answered((JSON,), 503),
        ),
    )
    for path, endpoint, summary, responses in rows:
        get(path, endpoint, summary=summary, responses=responses)
    get(
        "/shapes/{name}",
        said.rules_of,
        summary="The rules of one file",
        parameters=[openapi.text("name", "path", "A kind, or a shared file.")],
        responses=openapi.answered(rdf.OFFERS, 304, 404, 406),
    )
    get(
        "/problems/{slug}",
        said.problem,
        summary="What one kind of problem means",
        parameters=[openapi.text("slug", "path", "The end of the `type`.")],
        responses=openapi.answered(OFFERS, 304, 404, 406),
    )
