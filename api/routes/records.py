"""`/id` and `/doc`: things, the documents about them, and their versions.

`GET` of a document as JSON-LD reads the journal on the event loop itself: one
read by key costs less than handing it to a thread. Everything that renders is
handed to a thread.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import caching, openapi
from api.caching import IMMUTABLE, REVALIDATED
from api.negotiation import Offer
from api.site import VARY, Site, offer_for
from registry import retrieval
from registry.errors import BadParameter, Gone
from registry.graphs import FORMATS
from registry.iris import RecordId, record_id
from registry.lifecycle import Event
from registry.record import Entry, Version
from registry.views import record as view

_JSON_LD = "application/ld+json"
JSONLD = Offer(
    "jsonld", _JSON_LD, frozenset({"http://www.w3.org/ns/json-ld#compacted"})
)
JSON = Offer("json", "application/json")
HTML = Offer("html", "text/html")
EXPANDED = Offer(
    "expanded", _JSON_LD, frozenset({"http://www.w3.org/ns/json-ld#expanded"}), True
)
TURTLE = Offer("ttl", "text/turtle")
N_TRIPLES = Offer("nt", "application/n-triples")
RDF_XML = Offer("rdf", "application/rdf+xml")

# RDF libraries still ask for these: the name that N-Triples had at first, and a
# language that Turtle is a part of.
PLAIN = Offer("txt", "text/plain")
N3 = Offer("n3", "text/n3")

OFFERS = (JSONLD, TURTLE, N_TRIPLES, RDF_XML, HTML, JSON, EXPANDED, N3, PLAIN)
"""What a document is offered in; `*/*` gets the first."""

FIXED = {
    offer.extension: offer for offer in (JSONLD, TURTLE, N_TRIPLES, RDF_XML, HTML, JSON)
}
"""The formats that have an address of their own."""

_WRITTEN = {JSON: "jsonld", PLAIN: "nt", N3: "ttl"}

PUBLIC = frozenset({Event.ACCEPTED, Event.SUPERSEDED, Event.RETIRED, Event.VERIFIED})
"""What is told of the life of a record; submissions are not public."""

_NUMBER = re.compile(r"[1-9][0-9]{0,8}\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})\Z"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which state of a record is asked for.

    Attributes:
        version: by number.
        at: as of a moment, in UTC.
        item: whether the register item is wanted with the thing.
        suffix: the same as a query string with its question mark, or nothing.
    """

    version: int | None = None
    at: datetime | None = None
    item: bool = False
    suffix: str = ""

    @property
    def past(self) -> bool:
        """Whether something else than the current state is asked for."""
        return self.version is not None or self.at is not None


_CURRENT = Asked()


def asked(request: Request) -> Asked:
    """Reads `?version=`, `?asOf=` and `?view=`; other parameters are left alone.

    Raises:
        BadParameter: a value cannot be understood, or both a version and a
            moment are given.
    """
    if not request.scope["query_string"]:
        return _CURRENT
    given = request.query_params
    version, at, shown = given.get("version"), given.get("asOf"), given.get("view")
    if version is not None and at is not None:
        raise _bad("asOf", "nothing, when “version” is given", "нищо, при „version“")
    if shown not in (None, "record"):
        raise _bad("view", "“record”", "„record“")
    kept = {name: given[name] for name in ("version", "asOf", "view") if name in given}
    return Asked(
        version=None if version is None else _version(version),
        at=None if at is None else moment(at),
        item=shown is not None,
        suffix=f"?{urlencode(kept)}" if kept else "",
    )


def _version(value: str) -> int:
    if not _NUMBER.match(value):
        raise _bad("version", "a number from 1 on", "число от 1 нагоре")
    return int(value)


def moment(value: str, parameter: str = "asOf") -> datetime:
    """Returns the moment that a parameter names, in UTC; a date means its end.

    Raises:
        BadParameter: it is neither a date nor a date and time with its zone.
    """
    value = value.replace(" ", "+")  # a plus that the reader did not encode
    try:
        if _DATE.match(value):
            day = datetime.fromisoformat(value).date()
            return datetime.combine(day, time.max, UTC)
        if _MOMENT.match(value):
            return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _bad(
        parameter,
        "a date or an RFC 3339 date and time with its zone, as 2024-05-31T12:00:00Z",
        "дата или дата и час с часова зона по RFC 3339, като 2024-05-31T12:00:00Z",
    )


def _bad(parameter: str, allowed: str, allowed_bg: str) -> BadParameter:
    return BadParameter(
        f"The parameter “{parameter}” can be: {allowed}.",
        f"Параметърът „{parameter}“ може да бъде: {allowed_bg}.",
        extra={"parameter": parameter},
    )


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents about the things of one registry."""

    site: Site

    async def thing(self, request: Request) -> Response:
        """Sends the reader from a thing to the document about it."""
        registry = self.site.registry
        record = _record(request)
        state = asked(request)
        try:
            self._found(record, state)
        except Gone:
            if offer_for(request, OFFERS) is HTML:
                return self.site.web.redirect(request)  # to what is left of it
            raise
        suffix = state.suffix
        if "lang" in request.query_params:
            language = urlencode({"lang": request.query_params["lang"]})
            suffix += f"{'&' if suffix else '?'}{language}"
        return RedirectResponse(
            registry.iris.document(record) + suffix,
            status_code=303,
            headers={"Vary": VARY, "Cache-Control": REVALIDATED},
        )

    async def document(self, request: Request) -> Response:
        """Returns the document about a thing.

        The format is the one that an extension names, as in `sar.ttl`, and
        otherwise the one that the reader prefers. Who prefers a page is sent to
        that of the record, in their language.
        """
        kind, name = request.path_params["kind"], request.path_params["name"]
        key, _, extension = name.rpartition(".")
        # A key may have a dot in it too.
        fixed = FIXED.get(extension)
        if fixed is not None:
            record = record_id(kind, key)
            return await self._document(request, record, fixed, negotiated=False)
        record = record_id(kind, name)
        offer = offer_for(request, OFFERS)
        return await self._document(request, record, offer, negotiated=True)

    async def _document(
        self, request: Request, record: RecordId, offer: Offer, *, negotiated: bool
    ) -> Response:
        state = asked(request)
        if offer is HTML:
            with suppress(Gone):  # its page says so, and what is left
                self._found(record, state)
            return self.site.web.redirect(request)
        version = self._found(record, state)
        headers = self._headers(version, state, offer, negotiated=negotiated)
        head = version.head
        digest = head.digest or version.content.digest
        tag = (
            caching.etag(digest, offer.extension, "record", head.sequence, head.status)
            if state.item
            else caching.etag(digest, offer.extension)
        )
        headers["ETag"] = tag
        if caching.is_known(request.headers.get("if-none-match"), tag):
            return caching.not_modified(headers)
        if state.item or offer not in (JSONLD, JSON):
            body = await run_in_threadpool(self._rendered, version, offer, state.item)
        else:
            body = version.content.document.encode()
        return Response(body, headers=headers)

    def _found(self, record: RecordId, state: Asked) -> Version:
        registry = self.site.registry
        try:
            return retrieval.find(
                registry.journal, record, version=state.version, at=state.at
            )
        except Gone as gone:
            last = registry.iris.version(record, int(str(gone.extra["lastVersion"])))
            tombstone = {**gone.extra, "lastVersion": last}
            raise Gone(gone.detail["en"], gone.detail["bg"], extra=tombstone) from None

    def _headers(
        self, version: Version, state: Asked, offer: Offer, *, negotiated: bool
    ) -> dict[str, str]:
        immutable = state.version is not None and not state.item
        headers = {
            "Content-Type": offer.content_type,
            "Cache-Control": IMMUTABLE if immutable else REVALIDATED,
            "Link": self._links(version, state, offer),
        }
        if not state.item:
            headers["Last-Modified"] = caching.http_date(version.head.modified)
        if negotiated:
            headers["Vary"] = VARY
            if offer.extension in FIXED:
                document = self.site.registry.iris.document(version.head.record)
                headers["Content-Location"] = (
                    f"{document}.{offer.extension}{state.suffix}"
                )
        return headers

    def _links(self, version: Version, state: Asked, offer: Offer) -> str:
        """Returns the `Link` header: thing, formats, versions, context.

        **Source:** RFC 8288; RFC 6596 (canonical); RFC 6892 (describes); RFC
        5829 (versions); JSON-LD 1.1, section 6.1 (context of plain JSON).
        """
        iris, head = self.site.registry.iris, version.head
        document, suffix = iris.document(head.record), state.suffix
        links = [
            f'<{document}>; rel="canonical"',
            f'<{iris.thing(head.record)}>; rel="describes"',
            f'<{document}>; rel="latest-version"',
            f'<{document}/history>; rel="version-history"',
        ]
        links += [
            f'<{document}.{other.extension}{suffix}>; rel="alternate"; '
            f'type="{other.media_type}"'
            for other in FIXED.values()
            if other is not offer
        ]
        if head.version > 1:
            before = iris.version(head.record, head.version - 1)
            links.append(f'<{before}>; rel="predecessor-version"')
        successor = self._successor(version, state)
        if successor:
            links.append(f'<{successor}>; rel="successor-version"')
        if offer is JSON:
            links.append(
                f'<{iris.context}>; rel="http://www.w3.org/ns/json-ld#context"; '
                f'type="{_JSON_LD}"'
            )
        return ", ".join(links)

    def _successor(self, version: Version, state: Asked) -> str | None:
        iris, head = self.site.registry.iris, version.head
        if state.past:
            now = self.site.registry.journal.head(head.record)
            if now and now.version > head.version:
                return iris.version(head.record, head.version + 1)
        return iris.document(head.successor) if head.successor else None

    def _rendered(self, version: Version, offer: Offer, item: bool) -> bytes:
        iris, context = self.site.registry.iris, self.site.registry.vocabulary.context
        if offer is EXPANDED:
            document = view.document(version, iris=iris, context=context, item=item)
            return json.dumps(context.expand(document), ensure_ascii=False).encode()
        format_ = FORMATS[_WRITTEN.get(offer, offer.extension)]
        return view.render(version, format_, iris=iris, context=context, item=item)

    async def history(self, request: Request) -> Response:
        """Returns what happened to a record, oldest first."""
        registry = self.site.registry
        record = _record(request)
        offer = offer_for(request, (JSON, HTML))
        entries = retrieval.history(registry.journal, record)
        if offer is HTML:
            return self.site.web.redirect(request)
        answer = {
            "record": registry.iris.thing(record),
            "document": registry.iris.document(record),
            "entries": [self._entry(e) for e in entries if e.event in PUBLIC],
        }
        body = json.dumps(answer, ensure_ascii=False).encode()
        headers = {"Content-Type": offer.content_type, "Vary": VARY}
        return caching.respond(request, body, headers)

    def _entry(self, entry: Entry) -> dict[str, object]:
        iris = self.site.registry.iris
        return {
            "sequence": entry.sequence,
            "event": entry.event,
            "status": entry.status,
            "version": entry.version,
            "document": iris.version(entry.record, entry.version),
            "digest": entry.digest,
            "at": entry.at.isoformat().replace("+00:00", "Z"),
            "actor": entry.actor,
            "reason": entry.reason,
            "successor": iris.thing(entry.successor) if entry.successor else None,
        }


def _record(request: Request) -> RecordId:
    return record_id(request.path_params["kind"], request.path_params["key"])


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of things and documents."""
    documents = Documents(site)
    get = openapi.getter(app, "records")
    get(  # first, because it is asked for most and routes are tried in turn
        "/doc/{kind}/{name}",
        documents.document,
        summary="The document about a thing, negotiated or in a fixed format",
        parameters=[
            openapi.KIND,
            openapi.text(
                "name",
                "path",
                "The key of the record, alone or with the extension of a format: "
                + ", ".join(f"`.{extension}`" for extension in FIXED),
            ),
            *openapi.STATE,
            openapi.LANG,
        ],
        responses=openapi.answered(OFFERS, 304, 400, 404, 406, 410)
        | openapi.redirected(),
        hot=True,
    )
    get(
        "/id/{kind}/{key}",
        documents.thing,
        summary="Go from a thing to the document about it",
        parameters=[openapi.KIND, openapi.KEY, *openapi.STATE],
        responses=openapi.redirected(400, 404, 410),
    )
    get(
        "/doc/{kind}/{key}/history",
        documents.history,
        summary="What happened to a record, oldest first",
        parameters=[openapi.KIND, openapi.KEY, openapi.LANG],
        responses=openapi.answered((JSON, HTML), 304, 404, 406) | openapi.redirected(),
    )
