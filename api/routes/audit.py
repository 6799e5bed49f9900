"""`/audit`: who changed what and why, for programs of reviewers."""

from dataclasses import dataclass

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import auditing, openapi
from api.auditing import CSV, JSON
from api.catalogue import check_names
from api.negotiation import Offer
from api.pages.desk import positive
from api.site import VARY, Site, offer_for
from registry.people import KEEPER

HTML = Offer("html", "text/html")
OFFERS = (JSON, CSV, HTML)


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit trail of one registry."""

    site: Site

    async def trail(self, request: Request) -> Response:
        """Returns every change of an organisation's records, oldest first.

        A token of a reviewer or an administrator of the organisation is needed; the
        organisation that keeps the registry sees all of them. Of a person whose data
        were erased only the opaque id is left.
        """
        offer = offer_for(request, OFFERS)
        if offer is HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(self._trail, request, offer)

    def _trail(self, request: Request, offer: Offer) -> Response:
        person = self.site.guard.required(request)
        check_names(request, ("organisation", "after", "lang"))
        given = request.query_params
        answer = auditing.exported(
            self.site,
            person,
            given.get("organisation", KEEPER),
            offer,
            after=positive(given.get("after")),
        )
        answer.headers["Vary"] = f"{VARY}, Authorization"
        return answer


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the route of the audit trail."""
    openapi.getter(app, "submissions")(
        "/audit",
        Audit(site).trail,
        summary="Who changed what and why",
        parameters=[
            openapi.text(
                "organisation", "query", "Whose records; the keeper's means all."
            ),
            openapi.text("after", "query", "The last change that the reader has."),
            openapi.LANG,
        ],
        responses=openapi.answered(OFFERS, 400, 401, 403, 404, 406)
        | openapi.redirected(),
    )
