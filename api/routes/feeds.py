"""`/feed`: what changed, for those who keep a copy.

Each feed has two faces that say the same: an event stream in RDF, and Atom. What
is full is kept for good by caches; what has room is asked for again, and costs
a 304 while nothing has happened.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import FastAPI
from pyoxigraph import RdfFormat, parse, serialize
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import caching, identity, openapi, rdf
from api.caching import IMMUTABLE, REVALIDATED
from api.moments import past
from api.negotiation import Offer
from api.site import VARY, Site, language_for, offer_for
from registry import feeds
from registry.errors import BadParameter, NotFound
from registry.feeds import CatalogueLog, Log, RecordLog
from registry.namespaces import PREFIXES
from registry.views import atom, feed
from registry.views.feed import Page

TRIG = Offer("trig", "application/trig")
JSONLD = Offer("jsonld", "application/ld+json")
N_QUADS = Offer("nq", "application/n-quads")
OFFERS = (TRIG, JSONLD, N_QUADS)
"""What a stream is offered in; DCAT-AP Feeds demands the first two."""

ATOM = Offer("atom", atom.MEDIA_TYPE)

_WHERE = ("page", "archive", "since", "after")
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,17})\Z")


@dataclass(frozen=True, slots=True)
class Changes:
    """One feed in both of its faces."""

    site: Site
    log: Log

    async def stream(self, request: Request) -> Response:
        """Returns the latest changes as an event stream, or one of its pages.

        Pages are numbered from 1. The entry point has the changes that are on no
        full page, and leads back through the `archive` of full ones. By `page`
        each page names the one after it; `since` and `after` lead to the one on
        which to go on, so that what has changed is read without what was there
        before.
        """
        offer = offer_for(request, OFFERS)
        return await run_in_threadpool(self._stream, request, offer)

    def _stream(self, request: Request, offer: Offer) -> Response:
        where = _where(request)
        if where is None:
            return self._entry_point(request, offer)
        name, value = where
        if name == "archive":
            return self._archive(request, offer, _page(name, value))
        if name != "page":
            return self._redirected(self._found(name, value))
        tag = self._tag(offer.extension, value)
        shown = feeds.page(self.log, _page(name, value))
        headers = {
            "Content-Type": offer.content_type,
            "Vary": "Accept",
            "Link": self._neighbours(shown),
        }
        if not shown.full:
            headers["ETag"] = tag
            if caching.is_known(request.headers.get("if-none-match"), tag):
                return caching.not_modified(headers | {"Cache-Control": REVALIDATED})
        body = _written(feed.page(self.log.feed, shown), offer)
        cache = IMMUTABLE if shown.full else REVALIDATED
        return caching.respond(request, body, headers, cache=cache)

    def _entry_point(self, request: Request, offer: Offer) -> Response:
        tag = self._tag(offer.extension, "latest")
        headers = {"Content-Type": offer.content_type, "Vary": "Accept", "ETag": tag}
        if caching.is_known(request.headers.get("if-none-match"), tag):
            return caching.not_modified(headers | {"Cache-Control": REVALIDATED})
        tip = self.log.tip()[0]
        latest = feeds.page(self.log, feeds.current(tip))
        text = feed.entry_point(self.log.feed, self.log.at(1) if tip else None, latest)
        return caching.respond(request, _written(text, offer), headers)

    def _archive(self, request: Request, offer: Offer, number: int) -> Response:
        shown = feeds.archive(self.log, number)
        links = [f'<{self.log.feed.address}>; rel="current"']
        if number > 1:
            links.append(f'<{self.log.feed.archive(number - 1)}>; rel="prev-archive"')
        headers = {
            "Content-Type": offer.content_type,
            "Vary": "Accept",
            "Link": ", ".join(links),
        }
        body = _written(feed.archive(self.log.feed, shown), offer)
        return caching.respond(request, body, headers, cache=IMMUTABLE)

    def _found(self, name: str, value: str) -> int:
        """Returns the number of the page with what comes after a point."""
        if name == "since":
            return feeds.since(self.log, past(value, name, datetime.now(UTC)))
        tip = self.log.tip()[0]
        if not _NUMBER.match(value) or int(value) > tip:
            raise _bad("after", f"a number up to {tip}", f"число до {tip}")
        return feeds.following(int(value))

    def _redirected(self, number: int) -> Response:
        return RedirectResponse(
            self.log.feed.page(number),
            status_code=303,
            headers={"Cache-Control": REVALIDATED},
        )

    def _neighbours(self, shown: Page) -> str:
        links = [f'<{self.log.feed.address}>; rel="start"']
        if shown.number > 1:
            links.append(f'<{self.log.feed.page(shown.number - 1)}>; rel="prev"')
        if shown.full:
            links.append(f'<{self.log.feed.page(shown.number + 1)}>; rel="next"')
        return ", ".join(links)

    def _tag(self, *parts: str) -> str:
        """Returns a tag that lasts until anything happens."""
        tip, digest = self.log.tip()
        return caching.etag(digest, *parts, tip)

    async def activity(self, request: Request) -> Response:
        """Returns one change with the graph that it left."""
        offer = offer_for(request, OFFERS)
        return await run_in_threadpool(self._activity, request, offer)

    def _activity(self, request: Request, offer: Offer) -> Response:
        number = request.path_params["number"]
        if not _NUMBER.match(number):
            raise NotFound("There is no such change.", "Няма такава промяна.")
        member = feeds.member(self.log, int(number))
        headers = {"Content-Type": offer.content_type, "Vary": "Accept"}
        body = _written(feed.activity(self.log.feed, member), offer)
        return caching.respond(request, body, headers, cache=IMMUTABLE)

    async def syndication(self, request: Request) -> Response:
        """Returns the latest changes as Atom, or a document of the archive.

        Titles come in the language of the reader, where there is one in it. The
        archive is numbered from 1, its documents as the pages of the stream.
        """
        return await run_in_threadpool(self._syndication, request)

    def _syndication(self, request: Request) -> Response:
        language = language_for(request)
        page = request.query_params.get("page")
        headers = {
            "Content-Type": f"{ATOM.media_type}; charset=utf-8",
            "Content-Language": language,
            "Vary": "Accept-Language",
        }
        tag = self._tag(ATOM.extension, language, page or "latest")
        shown = None if page is None else feeds.page(self.log, _page("page", page))
        full = shown is not None and shown.full
        if not full:
            headers["ETag"] = tag
            if caching.is_known(request.headers.get("if-none-match"), tag):
                return caching.not_modified(headers | {"Cache-Control": REVALIDATED})
        body = atom.render(self._document(shown, language))
        cache = IMMUTABLE if full else REVALIDATED
        return caching.respond(request, body, headers, cache=cache)

    def _document(self, shown: Page | None, language: str) -> atom.Document:
        tip = self.log.tip()[0]
        members = feeds.latest(self.log) if shown is None else shown.members
        number = feeds.current(tip) if shown is None else shown.number
        updated = members[-1].at if members else shown and shown.until
        return atom.Document(
            feed=self.log.feed,
            author=identity.NAME[language],
            home=f"{self.site.base}feed?lang={language}",
            members=members,
            updated=updated or (self.log.at(tip) if tip else atom.NEVER),
            language=language,
            page=None if shown is None else number,
            previous=number - 1 or None,
            full=shown is not None and shown.full,
        )


@dataclass(frozen=True, slots=True)
class Feeds:
    """The list of feeds."""

    site: Site

    async def feeds(self, request: Request) -> Response:
        """Returns what feeds there are; sends people to the page about them."""
        offer = offer_for(request, rdf.OFFERS)
        if offer is rdf.HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(self._feeds, request, offer)

    def _feeds(self, request: Request, offer: Offer) -> Response:
        shown = [log.feed for log in logs(self.site)]
        headers = {"Content-Type": offer.content_type, "Vary": VARY}
        text = feed.description(f"{self.site.base}feed", identity.FEEDS, shown)
        return caching.respond(request, rdf.serialise(text, offer), headers)


def logs(site: Site) -> Sequence[Log]:
    """Returns what there are feeds of."""
    registry = site.registry
    return (
        RecordLog(registry.journal, registry.iris),
        CatalogueLog(registry.catalogue, registry.iris),
    )


def _where(request: Request) -> tuple[str, str] | None:
    """Returns which part of the stream is asked for, by parameter and value."""
    given = [
        (name, request.query_params[name])
        for name in _WHERE
        if name in request.query_params
    ]
    if len(given) > 1:
        name, other = given[1][0], given[0][0]
        raise _bad(name, f"nothing, when “{other}” is given", f"нищо, при „{other}“")
    return given[0] if given else None


def _page(name: str, value: str) -> int:
    if not _NUMBER.match(value) or value == "0":
        raise _bad(name, "a number from 1 on", "число от 1 нагоре")
    return int(value)


def _bad(parameter: str, allowed: str, allowed_bg: str) -> BadParameter:
    return BadParameter(
        f"The parameter “{parameter}” can be: {allowed}.",
        f"Параметърът „{parameter}“ може да бъде: {allowed_bg}.",
        extra={"parameter": parameter},
    )


def _written(text: str, offer: Offer) -> bytes:
    """Returns N-Quads in the format of the offer, in the same order."""
    if offer is N_QUADS:
        return text.encode()
    prefixes = {p: iri for p, iri in PREFIXES.items() if iri in text}
    body = serialize(
        parse(text, format=RdfFormat.N_QUADS),
        format=RdfFormat.TRIG if offer is TRIG else RdfFormat.JSON_LD,
        prefixes=prefixes if offer is TRIG else None,
    )
    assert body is not None  # noqa: S101 - no file was given to write to
    return body


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of the feeds."""
    get = openapi.getter(app, "feeds")
    get(
        "/feed",
        Feeds(site).feeds,
        summary="The feeds of changes",
        parameters=[openapi.LANG],
        responses=openapi.answered(rdf.OFFERS, 304, 406) | openapi.redirected(),
    )
    for log in logs(site):
        _add_feed(app, site, log)


def _add_feed(app: FastAPI, site: Site, log: Log) -> None:
    get = openapi.getter(app, "feeds")
    changes, title = Changes(site, log), log.feed.title["en"]
    path = f"/{log.feed.address.removeprefix(site.base)}"
    number = openapi.text("page", "query", "A page by its number, from 1 on.")
    get(
        path,
        changes.stream,
        summary=f"{title}, as an event stream",
        parameters=[
            number,
            openapi.text(
                "archive",
                "query",
                "A full page by its number, which leads back to the one before it.",
            ),
            openapi.text(
                "since",
                "query",
                "Leads to the page with the first change at that moment or later: an "
                "RFC 3339 date and time with its zone, or a date, which means its "
                "beginning in UTC.",
            ),
            openapi.text(
                "after",
                "query",
                "Leads to the page with what comes after a position, such as the "
                "sequence number of a dump.",
            ),
        ],
        responses=openapi.answered(OFFERS, 304, 400, 404, 406) | openapi.redirected(),
    )
    get(
        f"{path}.atom",
        changes.syndication,
        summary=f"{title}, as an Atom feed",
        parameters=[number, openapi.LANG],
        responses=openapi.answered((ATOM,), 304, 400, 404),
    )
    get(
        f"{path}/{{number}}",
        changes.activity,
        summary=f"{title}, one by one",
        parameters=[openapi.text("number", "path", "The position of the change.")],
        responses=openapi.answered(OFFERS, 304, 404, 406),
    )
