"""`/assets`: the one style sheet of the pages, and `/robots.txt`."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api import caching, openapi
from api.caching import IMMUTABLE, REVALIDATED
from api.negotiation import Offer
from api.pages.rendering import digest
from api.site import Site

CSS = Offer("css", "text/css")
TEXT = Offer("txt", "text/plain")

# Queries cost much and lead nowhere that a crawler cannot reach by links.
_ROBOTS = b"User-agent: *\nDisallow: /sparql\nAllow: /\n"


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of static files."""
    get = openapi.getter(app, "descriptions")
    stylesheet = site.pages.stylesheet
    mark = digest(stylesheet)

    async def style(request: Request) -> Response:
        """Returns the style sheet; under its digest it never changes."""
        marked = request.query_params.get("v") == mark
        return caching.respond(
            request,
            stylesheet,
            {"Content-Type": CSS.content_type},
            cache=IMMUTABLE if marked else REVALIDATED,
        )

    async def robots(request: Request) -> Response:
        """Tells crawlers to follow links and to leave the query service alone."""
        return caching.respond(request, _ROBOTS, {"Content-Type": TEXT.content_type})

    get(
        "/assets/site.css",
        style,
        summary="The style sheet of the pages",
        responses=openapi.answered((CSS,), 304),
    )
    get(
        "/robots.txt",
        robots,
        summary="What crawlers may do",
        responses=openapi.answered((TEXT,), 304),
    )
