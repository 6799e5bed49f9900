"""`/.well-known/void`: the registry as VoID datasets.

**Source:** VoID, section 7.2; RFC 8615 (well-known URIs).
"""

from dataclasses import dataclass

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, openapi, rdf
from api.negotiation import Offer
from api.site import VARY, Site, offer_for
from registry.dumping.folder import DumpFolder
from registry.dumping.making import DESCRIPTION
from registry.views import void

OFFERS = tuple(offer for offer in rdf.OFFERS if offer is not rdf.HTML)


@dataclass(frozen=True, slots=True)
class Described:
    """The description of one registry."""

    site: Site
    folder: DumpFolder

    async def description(self, request: Request) -> Response:
        """Returns what there is, how much of it, and where it can be had.

        The counts are those of the latest dump; before the first there are none.
        """
        offer = offer_for(request, OFFERS)
        return await run_in_threadpool(self._description, request, offer)

    def _description(self, request: Request, offer: Offer) -> Response:
        current = self.folder.current()
        if current is None:
            text = void.description((), self.site.registry.iris)
        else:
            text = (current[1] / DESCRIPTION).read_text(encoding="utf-8")
        headers = {"Content-Type": offer.content_type, "Vary": VARY}
        return caching.respond(request, rdf.serialise(text, offer), headers)


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the route of the description."""
    registry = site.registry
    folder = DumpFolder(registry.settings.data / "dump", registry.dumps)
    openapi.getter(app, "descriptions")(
        f"/{void.PATH}",
        Described(site, folder).description,
        summary="The datasets and their sizes, in VoID",
        responses=openapi.answered(OFFERS, 304, 406),
    )
