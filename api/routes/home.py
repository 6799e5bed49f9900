"""`/`: where people and programs begin."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, identity, openapi
from api.negotiation import Offer
from api.site import VARY, Site, offer_for
from registry.kinds import KINDS
from registry.language import Text
from registry.ports import COUNT_CAP, ListQuery
from registry.views import void
from registry.views.dcat import services
from registry.views.dcat.services import Service

JSONLD = Offer("jsonld", "application/ld+json")
JSON = Offer("json", "application/json")
HTML = Offer("html", "text/html")
OFFERS = (JSONLD, HTML, JSON)

_FURTHER: Mapping[str, Text] = MappingProxyType(
    {
        "dump/": {"bg": "Данни за изтегляне", "en": "Data to download"},
        "feed": identity.FEEDS,
        void.PATH: {"bg": "Описание по VoID", "en": "Description in VoID"},
        "def/": {"bg": "Онтология", "en": "Ontology"},
        "shapes/": {"bg": "Правила за данните", "en": "Rules of the data"},
        "limits": {"bg": "Ограничения", "en": "Limits"},
        "openapi.json": {"bg": "Описание по OpenAPI", "en": "Description in OpenAPI"},
    }
)
"""What else a program may look for, by path."""


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
        """Returns a collection of the registers, each a collection of records.

        Beside it stand the other ways to the data: catalogue, services and files.
        """
        base = self.site.base
        return {
            "@context": self.site.registry.iris.context,
            "id": base,
            "type": "Collection",
            "title": dict(identity.NAME),
            "description": dict(identity.PURPOSE),
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
            "dcat:catalog": {
                "id": self.site.registry.iris.catalogue,
                "type": "dcat:Catalog",
                "title": dict(self.site.registry.definition.title.text),
            },
            "dcat:service": list(map(self._service, services.SERVICES)),
            "rdfs:seeAlso": [
                {"id": f"{base}{path}", "title": dict(title)}
                for path, title in _FURTHER.items()
            ],
        }

    def _service(self, service: Service) -> dict[str, Any]:
        base = self.site.base
        return {
            "id": services.iri(service.key, self.site.registry.iris),
            "type": "dcat:DataService",
            "title": dict(service.title),
            "dcat:endpointURL": {"id": f"{base}{service.endpoint}"},
            "dcat:endpointDescription": {"id": f"{base}{service.description}"},
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
