"""`/`: where people and programs begin."""

import json
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, openapi
from api.negotiation import Offer
from api.pages.messages import MESSAGES
from api.site import VARY, Site, offer_for
from registry.kinds import KINDS
from registry.ports import COUNT_CAP, ListQuery

JSONLD = Offer("jsonld", "application/ld+json")
JSON = Offer("json", "application/json")
HTML = Offer("html", "text/html")
OFFERS = (JSONLD, HTML, JSON)


@dataclass(frozen=True, slots=True)
class Home:
    """The entry point of one registry."""

    site: Site

    async def entry(self, request: Request) -> Response:
        """Returns links to every register, with counts; sends people to the website."""
        offer = offer_for(request, OFFERS)
        if offer is HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(self._entry, request, offer)

    def _entry(self, request: Request, offer: Offer) -> Response:
        lists = self.site.registry.lists
        counts = {
            kind: lists.search(ListQuery(kind=kind, limit=1)).total for kind in KINDS
        }
        headers = {
            "Content-Type": offer.content_type,
            "Vary": VARY,
            "Link": f'<{self.site.base}catalog>; rel="service-meta", '
            f'<{self.site.base}openapi.json>; rel="service-desc"; '
            f'type="application/json", <{self.site.base}health>; rel="status"',
        }
        body = json.dumps(self._document(counts), ensure_ascii=False).encode()
        return caching.respond(request, body, headers)

    def _document(self, counts: dict[str, int]) -> dict[str, Any]:
        """Returns a collection of the registers, each a collection of records."""
        base = self.site.base
        return {
            "@context": self.site.registry.iris.context,
            "id": base,
            "type": "Collection",
            "title": dict(MESSAGES["site"]),
            "description": dict(MESSAGES["tagline"]),
            "totalItems": len(KINDS),
            "member": [
                {
                    "id": f"{base}records?kind={kind}",
                    "type": "Collection",
                    "title": dict(KINDS[kind].label),
                    **({"totalItems": count} if count < COUNT_CAP else {}),
                }
                for kind, count in counts.items()
            ],
        }


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the route of the entry point."""
    openapi.getter(app, "descriptions")(
        "/",
        Home(site).entry,
        summary="Where to begin",
        parameters=[openapi.LANG],
        responses=openapi.answered(OFFERS, 304, 406),
    )
