"""The application, made of an open registry."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api import openapi
from api.admission import Admission
from api.asking import Asking
from api.budgets import Budgets
from api.cookies import Cookies
from api.direct import Direct
from api.front import FRONT, Front
from api.headers import PublicHeaders
from api.meters import Meters
from api.observing import Observed, Observer, Routed
from api.pace import Pace
from api.pages.facts import Naming
from api.pages.places import Places
from api.pages.site import SitePages
from api.pages.translations import CATALOGUES
from api.problems import FailureBarrier, HttpError, Problems
from api.questions import QUESTIONS, Questions
from api.ready import Ready, rules
from api.routes import (
    audit,
    catalogue,
    ckan,
    crawling,
    datasets,
    decisions,
    descriptions,
    dumps,
    feeds,
    health,
    home,
    jobs,
    lists,
    missing,
    oai,
    observations,
    records,
    revisions,
    scores,
    slices,
    sparql,
    submissions,
    table_submissions,
    tables,
    void,
)
from api.routes.pages import groups
from api.security import Guard
from api.shelf import Shelf
from api.site import Registry, Site
from api.standing import standing
from registry.errors import RegistryError
from registry.statistics.labels import Names
from registry.statistics.slices import Cubes

_DESCRIPTION = """Linked open data for the integration of immigrants in Bulgaria.

Every record has a permanent address, is offered as JSON-LD, Turtle, N-Triples,
RDF/XML and as a page in Bulgarian and English, and can be read as it was at any
moment. All of them together can be asked in SPARQL 1.1 at `/sparql`.

A format is chosen by the header `Accept`, or by the extension of an address.
Answers carry strong `ETag`s. Refusals are problem documents (RFC 9457) in the
language of the reader; their kinds are listed at `/problems/`.
"""


class Application(FastAPI):
    """The routes, and around all of the framework what each request passes first.

    Attributes:
        entrance: what requests come to; it leads to the routes.
    """

    entrance: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        await (self.entrance or self.routed)(scope, receive, send)

    async def routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers by a route."""
        await super().__call__(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """Leaves out what would answer failures in words of the framework."""
        stack = super().build_middleware_stack()
        assert isinstance(stack, ServerErrorMiddleware)  # noqa: S101 - the outermost
        return stack.app


def application(
    registry: Registry,
    *,
    close: Callable[[], None],
    catalogues: Path = CATALOGUES,
) -> FastAPI:
    """Returns the application over an open registry.

    Args:
        registry: its query workers are started and closed with the application.
        close: called when the application ends.
        catalogues: folder of what the pages say in other languages than English.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[Mapping[str, object]]:
        await registry.queries.start()
        await registry.jobs.start()
        try:
            # Each connection asks there first.
            yield known
        finally:
            await registry.jobs.close()
            await registry.queries.close()
            cubes.close()
            close()

    base = registry.iris.base
    settings = registry.settings
    limits, engine, desk = settings.tables, settings.engine, settings.desk
    cubes = Cubes(
        registry.settings.data / "tables",
        memory=limits.memory,
        deadline=limits.deadline,
    )
    pages = SitePages.load(base, catalogues)
    site = Site(
        registry,
        pages,
        Places(registry.journal, registry.iris),
        Shelf(registry.settings.site.ready),
        Naming(registry.journal),
        Guard(
            registry.access,
            base,
            tuple(pages.languages),
            Pace(person=desk.person, organisation=desk.organisation),
        ),
        Asking(
            base,
            registry.queries,
            Budgets(
                seconds=engine.client_seconds,
                errors=engine.client_errors,
                parallel=engine.client_parallel,
            ),
        ),
    )
    problems = Problems(base, site.web)
    app = Application(
        title="Integration registry",
        version="1",
        description=_DESCRIPTION,
        servers=[{"url": base.removesuffix("/")}],
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    # Routes are tried in turn, and a dataset looks like a record of a kind.
    for group in (datasets, records, sparql, lists, missing, descriptions, home):
        group.add_to(app, site)
    for group_of_harvesting in (catalogue, scores, oai, feeds, ckan):
        group_of_harvesting.add_to(app, site)
    for group_of_desk in (jobs, decisions, submissions, table_submissions):
        group_of_desk.add_to(app, site)
    for group_of_files in (audit, crawling, dumps, void):
        group_of_files.add_to(app, site)
    names = Names(registry.journal, registry.iris)
    for group_of_tables in (tables, slices, revisions, observations):
        group_of_tables.add_to(app, site, cubes, names)
    groups.add_to(app, site, cubes, names)
    meters = Meters(lambda: standing(registry, site.shelf))
    health.add_to(app, site, meters)
    app.add_exception_handler(RegistryError, problems.of_error)
    app.add_exception_handler(HttpError, problems.of_refusal)
    app.add_exception_handler(HTTPException, problems.of_framework)
    app.add_exception_handler(RequestValidationError, problems.of_framework)
    known = _surround(app, site, problems, meters)
    openapi.describe_problems(app)
    return app


def _surround(
    app: Application, site: Site, problems: Problems, meters: Meters
) -> Mapping[str, object]:
    """Puts around the routes what each request passes, the innermost first.

    Returns:
        What knows requests that came before, for the state of the server.
    """
    settings, base = site.registry.settings.site, site.base
    secure = base.startswith("https:")
    app.add_middleware(Routed, routes=lambda: app.routes)
    way: ASGIApp = Cookies(app.routed, secure=secure)
    way = Direct(
        way,
        sparql.Endpoint(site).get,
        "/sparql",
        position=site.registry.queries.position,
        shelf=site.shelf,
        problems=problems,
    )
    if settings.ready:
        # Around the cookies: what sets one is never kept.
        kept = rules(site.registry, site.web.languages, site.registry.clock)
        way = Ready(way, site.shelf, kept)
    way = Admission(way, base=base, hosts=settings.hosts, problems=problems)
    way = PublicHeaders(FailureBarrier(way, problems), secure=secure)
    observer = Observer(meters.count)
    trusting = bool(settings.proxies)
    front = Front(way, site.shelf, observer, trusting=trusting)
    questions = Questions(front, site.asking, observer)
    app.entrance = Observed(questions, observer, trusting=trusting)
    return {FRONT: front, QUESTIONS: questions}
