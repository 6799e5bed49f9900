"""`/missing`: what is missing from the records, page by page, and as a feed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, openapi
from api.catalogue import check_names
from api.missing import FILTERS, Messages, query
from api.negotiation import Offer
from api.routes.lists import LIMIT, LIMIT_CAP, limited
from api.site import VARY, Site, language_for, offer_for
from registry.kinds import KINDS
from registry.ports import GapPage, Missing, Want
from registry.views import gap_feed
from registry.views.gap_feed import Entry

JSON = Offer("json", "application/json")
HTML = Offer("html", "text/html")
OFFERS = (JSON, HTML)
ATOM = Offer("atom", "application/atom+xml")

NEWEST = 100
"""Gaps in the feed."""

_PAGED = ("after", "limit", "lang")


@dataclass(frozen=True, slots=True)
class Board:
    """What is missing from one registry."""

    site: Site
    messages: Messages

    async def board(self, request: Request) -> Response:
        """Returns one page of what is missing, by record.

        A gap is gone as soon as the record has what was missing. What no longer works
        is left out.
        """
        offer = offer_for(request, OFFERS)
        if offer is HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(self._page, request, offer)

    def _page(self, request: Request, offer: Offer) -> Response:
        check_names(request, (*FILTERS, *_PAGED))
        language_for(request)  # refuses a language that we do not have
        given = dict(request.query_params)
        asked = replace(
            query(self.site, given),
            after=given.get("after"),
            limit=limited(given.get("limit")),
        )
        page = self.site.registry.missing.search(asked)
        headers = {"Content-Type": offer.content_type, "Vary": VARY}
        following = self._address({**given, "after": page.next}) if page.next else None
        if following:
            headers["Link"] = f'<{following}>; rel="next"'
        document = self._document(given, page, following)
        body = json.dumps(document, ensure_ascii=False).encode()
        return caching.respond(request, body, headers)

    def _document(
        self, given: Mapping[str, str], page: GapPage, following: str | None
    ) -> Mapping[str, Any]:
        return {
            "id": self._address(given),
            "totalItems": page.total,
            "member": [self._member(item) for item in page.items],
            **({"next": following} if following else {}),
        }

    def _member(self, item: Missing) -> Mapping[str, Any]:
        told: dict[str, Any] = {
            "record": self.site.registry.iris.thing(item.record),
            "kind": item.record.kind,
            "name": dict(item.name),
            "gap": item.gap.want,
            "code": item.gap.code,
            "message": dict(self.messages.of(item)),
            "since": item.gap.since.isoformat(),
            "edit": f"{self.site.base}bg/desk/edit/{item.record}",
        }
        return {**told, "address": item.detail} if item.detail else told

    def _address(self, given: Mapping[str, str], path: str = "missing") -> str:
        names = (*FILTERS, "after", "limit")
        ordered = {name: given[name] for name in names if given.get(name)}
        asked = f"?{urlencode(ordered)}" if ordered else ""
        return f"{self.site.base}{path}{asked}"

    async def feed(self, request: Request) -> Response:
        """Returns the gaps that came up last as an Atom feed, the newest first."""
        return await run_in_threadpool(self._feed, request)

    def _feed(self, request: Request) -> Response:
        check_names(request, (*FILTERS, "lang"))
        language, given = language_for(request), dict(request.query_params)
        asked = replace(query(self.site, given), limit=NEWEST)
        latest = self.site.registry.missing.latest(asked)
        pages = self.site.web.addresses(language)
        shown = {name: given.get(name) for name in FILTERS}
        body = gap_feed.render(
            [Entry(m, self.messages.of(m), pages.record(m.record)) for m in latest],
            iris=self.site.registry.iris,
            address=self._address(
                {n: v for n, v in shown.items() if v}, "missing.atom"
            ),
            home=pages.page("missing", **shown),
            language=language,
        )
        headers = {
            "Content-Type": ATOM.content_type,
            "Content-Language": language,
            "Vary": VARY,
        }
        return caching.respond(request, body, headers)


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of what is missing."""
    board = Board(site, Messages(site))
    get = openapi.getter(app, "lists")
    described = {
        "kind": openapi.choice("kind", "query", tuple(KINDS), FILTERS["kind"]),
        "gap": openapi.choice("gap", "query", tuple(Want), FILTERS["gap"]),
    }
    filters = [
        described.get(name) or openapi.text(name, "query", meaning)
        for name, meaning in FILTERS.items()
    ]
    get(
        "/missing",
        board.board,
        summary="What is missing from the records",
        parameters=[
            *filters,
            openapi.text("after", "query", "Cursor of the page before."),
            {
                **openapi.text("limit", "query", "How many gaps at most."),
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": LIMIT_CAP,
                    "default": LIMIT,
                },
            },
            openapi.LANG,
        ],
        responses=openapi.answered(OFFERS, 304, 400, 406) | openapi.redirected(),
    )
    get(
        "/missing.atom",
        board.feed,
        summary="What has gone missing lately, as a feed",
        parameters=[*filters, openapi.LANG],
        responses=openapi.answered([ATOM], 304, 400),
    )
