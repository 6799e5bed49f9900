"""`/sparql/jobs`: queries that take longer than a reader can wait.

Who knows the address of a job may read its answer and end it; nobody can guess it,
and there is no list of them.
"""

from dataclasses import dataclass

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api import openapi, protocol
from api.caching import UNSTORED
from api.headers import asked_for_head
from api.negotiation import Offer
from api.routes import background
from api.routes.sparql import GRAPHS, HTML, ROWS, chosen
from api.site import Site, offer_for
from api.stored import StoredResponse

JSON = Offer("json", "application/json")
OFFERS = (JSON, HTML)


@dataclass(frozen=True, slots=True)
class Background:
    """The queries in the background of one registry."""

    site: Site

    async def submit(self, request: Request) -> Response:
        """Runs the query in the body in the background.

        The format of the answer is chosen now, by `Accept` or `as`.
        """
        limit = self.site.registry.settings.engine.query_bytes
        asked = await protocol.by_body(request, limit)
        form = self.site.asking.form(request, asked.text)
        sent, written = chosen(request, form, asked)
        return background.accepted(
            self.site, request, asked.query(), sent=sent, written=written
        )

    async def state(self, request: Request) -> Response:
        """Says how far a query in the background is; people get a page."""
        if offer_for(request, OFFERS) is HTML:
            return self.site.web.redirect(request)
        return background.state(self.site, self.site.registry.jobs.find(_id(request)))

    async def result(self, request: Request) -> Response:
        """Returns the answer of a query in the background, or why it has none."""
        jobs = self.site.registry.jobs
        job, body = jobs.find(_id(request)), jobs.answer(_id(request))
        headers = {
            "Content-Type": job.content_type,
            "Content-Disposition": f'attachment; filename="answer.{job.extension}"',
            "Registry-Sequence": str(job.sequence),
            "Cache-Control": UNSTORED,
            "X-Robots-Tag": "noindex",
        }
        if asked_for_head(request):
            body.close()
            return Response(headers={**headers, "Content-Length": str(body.size)})
        return StoredResponse(body, headers)

    async def cancel(self, request: Request) -> Response:
        """Ends a query in the background and forgets its answer."""
        self.site.registry.jobs.cancel(_id(request))
        return Response(status_code=204, headers={"Cache-Control": UNSTORED})


def _id(request: Request) -> str:
    return str(request.path_params["id"])


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of queries in the background."""
    said = Background(site)
    id_ = openapi.text("id", "path", "As `Location` had it.")
    offers = (*ROWS, *GRAPHS)
    get = openapi.getter(app, "sparql")
    app.add_api_route(
        "/sparql/jobs",
        said.submit,
        methods=["POST"],
        tags=["sparql"],
        summary="Run a SPARQL 1.1 query in the background",
        status_code=202,
        response_class=Response,
        responses=openapi.other((202, 400, 406, 413, 415, 422, 429, 503)),
        openapi_extra={
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
    get(
        "/sparql/jobs/{id}",
        said.state,
        summary="How far a query in the background is",
        parameters=[id_],
        responses=openapi.answered(OFFERS, 404, 406) | openapi.redirected(),
    )
    get(
        "/sparql/jobs/{id}/result",
        said.result,
        summary="The answer of a query in the background",
        parameters=[id_],
        responses=openapi.answered(offers, 404, 422, 503),
    )
    app.add_api_route(
        "/sparql/jobs/{id}",
        said.cancel,
        methods=["DELETE"],
        tags=["sparql"],
        summary="End a query in the background and forget its answer",
        status_code=204,
        response_class=Response,
        responses=openapi.other((204, 404)),
        openapi_extra={"parameters": [id_]},
    )
