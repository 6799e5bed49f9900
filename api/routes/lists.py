"""`/records`: lists and search, page by page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, openapi
from api.negotiation import Offer
from api.pages.facts import name_of
from api.site import VARY, Site, language_for, offer_for
from registry.errors import BadParameter
from registry.freshness import Aged, Freshness
from registry.iris import KEY, RecordId
from registry.kinds import KINDS
from registry.language import Text
from registry.ports import COUNT_CAP, Listed, ListPage, ListQuery

JSONLD = Offer("jsonld", "application/ld+json")
JSON = Offer("json", "application/json")
HTML = Offer("html", "text/html")
OFFERS = (JSONLD, JSON, HTML)

FILTERS: Mapping[str, str] = {
    "kind": "One kind of record.",
    "q": "Words that must all occur, in any language of the record.",
    "place": "Key of a place: what sits or serves in it, inside it or around it.",
    "service": "Code of the scheme `service-kind` or `course-type`.",
    "language": "Code of the scheme `language`: spoken, taught or written in. "
    "The language of the page is `lang`.",
    "state": "Code of the scheme `operating-state`.",
    "group": "Code of the scheme `target-group`: for whom it is.",
    "freshness": "How far it can be relied on today: `fresh`, `ageing` or `stale`.",
    "after": "Cursor of the page before, taken from its link `next`.",
    "limit": "How many records at most.",
}
"""The parameters and what they do; `lang` is the only other one."""

SCHEMES: Mapping[str, Sequence[str]] = {
    "service": ("service-kind", "course-type"),
    "language": ("language",),
    "state": ("operating-state",),
    "group": ("target-group",),
}
"""Which code lists the value of a parameter comes from."""

LIMIT = 50
"""Records on a page when nothing else is asked for."""
LIMIT_CAP = 200
"""Most records that a page can have."""
TEXT_CAP = 200
"""Characters that the words of a search may have."""


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one registry."""

    site: Site

    async def records(self, request: Request) -> Response:
        """Returns one page of current records, in the order of kind and key.

        `totalItems` is there only if the records were counted to the last one.
        """
        offer = offer_for(request, OFFERS)
        if offer is HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(self._page, request, offer)

    def _page(self, request: Request, offer: Offer) -> Response:
        language_for(request)  # refuses a language that we do not have
        given = _given(request)
        query = self.query(given)
        page = self.site.registry.lists.search(query)
        following = {**given, "after": page.next} if page.next else None
        headers = {"Content-Type": offer.content_type, "Vary": VARY}
        if following:
            headers["Link"] = f'<{self._address(following)}>; rel="next"'
        document = self._document(given, page, following)
        body = json.dumps(document, ensure_ascii=False).encode()
        return caching.respond(request, body, headers)

    def query(self, given: Mapping[str, str]) -> ListQuery:
        """Returns what parameters ask for.

        Raises:
            BadParameter: one of them has no such value.
        """
        kind, place = given.get("kind"), given.get("place")
        if kind is not None and kind not in KINDS:
            raise _unknown("kind", kind, list(KINDS))
        if place is not None and not self._is_place(place):
            raise BadParameter(
                f"There is no place with the key {place}.",
                f"Няма място с ключ {place}.",
                extra={"parameter": "place", "value": place},
            )
        for parameter in SCHEMES:
            self._check_code(parameter, given.get(parameter))
        fresh = given.get("freshness")
        if fresh is not None and fresh not in list(Freshness):
            raise _unknown("freshness", fresh, list(Freshness))
        text = given.get("q")
        if text is not None and len(text) > TEXT_CAP:
            raise BadParameter(
                f"The parameter “q” can have {TEXT_CAP} characters.",
                f"Параметърът „q“ може да има най-много {TEXT_CAP} знака.",
                extra={"parameter": "q", "limit": TEXT_CAP},
            )
        return ListQuery(
            kind=kind,
            text=text,
            place=place,
            service=given.get("service"),
            language=given.get("language"),
            state=given.get("state"),
            group=given.get("group"),
            after=given.get("after"),
            limit=limited(given.get("limit")),
            aged=Aged(Freshness(fresh), self.site.today) if fresh else None,
        )

    def _is_place(self, key: str) -> bool:
        if not KEY.match(key):
            return False
        return self.site.registry.journal.head(RecordId("place", key)) is not None

    def _check_code(self, parameter: str, code: str | None) -> None:
        if code is None:
            return
        known = [c for scheme in SCHEMES[parameter] for c, _ in self.codes(scheme)]
        if code not in known:
            raise _unknown(parameter, code, known)

    def codes(self, scheme: str) -> list[tuple[str, Text]]:
        """Returns the codes of a scheme with their names, as their IRIs have them."""
        found = self.site.registry.journal.current(RecordId("scheme", scheme))
        document = json.loads(found.content.document) if found else {}
        return [
            (concept["id"].partition("#")[2], name_of(concept))
            for concept in document.get("concepts", [])
        ]

    def _address(self, given: Mapping[str, str]) -> str:
        ordered = {name: given[name] for name in FILTERS if name in given}
        query = f"?{urlencode(ordered)}" if ordered else ""
        return f"{self.site.base}records{query}"

    def _document(
        self,
        given: Mapping[str, str],
        page: ListPage,
        following: Mapping[str, str] | None,
    ) -> dict[str, Any]:
        whole = {k: v for k, v in given.items() if k not in ("after", "limit")}
        first = {k: v for k, v in given.items() if k != "after"}
        view = {
            # A page without a cursor is the first one, not the collection itself.
            "id": self._address({"limit": str(LIMIT), **given}),
            "type": "PartialCollectionView",
            "first": self._address({"limit": str(LIMIT), **first}),
        }
        if following:
            view["next"] = self._address({"limit": str(LIMIT), **following})
        counted = {"totalItems": page.total} if page.total < COUNT_CAP else {}
        return {
            "@context": self.site.registry.iris.context,
            "id": self._address(whole),
            "type": "Collection",
            **counted,
            "member": [self._member(item) for item in page.items],
            "view": view,
        }

    def _member(self, item: Listed) -> dict[str, Any]:
        base = self.site.base
        member: dict[str, Any] = {
            "id": self.site.registry.iris.thing(item.record),
            "name": dict(item.name),
        }
        if item.state:
            member["state"] = f"{base}id/scheme/operating-state#{item.state}"
        if item.place:
            member["location"] = f"{base}id/place/{item.place}"
        return member


def _given(request: Request) -> dict[str, str]:
    """Returns the parameters that have a value, after checking their names."""
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in FILTERS and name != "lang":
            raise BadParameter(
                f"There is no parameter “{name}”; there are: {', '.join(FILTERS)}.",
                f"Няма параметър „{name}“; има: {', '.join(FILTERS)}.",
                extra={"parameter": name, "allowed": [*FILTERS, "lang"]},
            )
        if name in given:
            raise BadParameter(
                f"The parameter “{name}” is given more than once.",
                f"Параметърът „{name}“ е даден повече от веднъж.",
                extra={"parameter": name},
            )
        if value.strip() and name != "lang":
            # An empty field of the search form asks for nothing.
            given[name] = value.strip()
    return given


def limited(value: str | None) -> int:
    """Returns how many a page may have at most.

    Raises:
        BadParameter: the value is no such number.
    """
    if value is None:
        return LIMIT
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(LIMIT_CAP))):
        raise _out_of_range()
    if not 1 <= int(value) <= LIMIT_CAP:
        raise _out_of_range()
    return int(value)


def _out_of_range() -> BadParameter:
    return BadParameter(
        f"The parameter “limit” can be a number from 1 to {LIMIT_CAP}.",
        f"Параметърът „limit“ може да бъде число от 1 до {LIMIT_CAP}.",
        extra={"parameter": "limit", "limit": LIMIT_CAP},
    )


def _unknown(parameter: str, value: str, allowed: Sequence[str]) -> BadParameter:
    return BadParameter(
        f"The parameter “{parameter}” has no value “{value}”; there are: "
        f"{', '.join(allowed)}.",
        f"Параметърът „{parameter}“ няма стойност „{value}“; има: "
        f"{', '.join(allowed)}.",
        extra={"parameter": parameter, "value": value, "allowed": list(allowed)},
    )


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the route of lists."""
    described = {
        "kind": openapi.choice("kind", "query", tuple(KINDS), FILTERS["kind"]),
        "freshness": openapi.choice(
            "freshness", "query", tuple(Freshness), FILTERS["freshness"]
        ),
        "limit": {
            **openapi.text("limit", "query", FILTERS["limit"]),
            "schema": {
                "type": "integer",
                "minimum": 1,
                "maximum": LIMIT_CAP,
                "default": LIMIT,
            },
        },
    }
    openapi.getter(app, "lists")(
        "/records",
        Lists(site).records,
        summary="Lists of records, with search",
        parameters=[
            *(
                described.get(name) or openapi.text(name, "query", meaning)
                for name, meaning in FILTERS.items()
            ),
            openapi.LANG,
        ],
        responses=openapi.answered(OFFERS, 304, 400, 406) | openapi.redirected(),
    )
