"""`/assets`: the one style sheet of the pages."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api import caching, openapi
from api.caching import IMMUTABLE, REVALIDATED
from api.negotiation import Offer
from api.pages.rendering import digest
from api.site import Site

CSS = Offer("css", "text/css")


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

    get(
        "/assets/site.css",
        style,
        summary="The style sheet of the pages",
        responses=openapi.answered((CSS,), 304),
    )
