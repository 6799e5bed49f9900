"""`/catalog`: what portals harvest, as one file or page by page.

A whole catalogue is sent while it is read, in the memory of one piece. Whether a
reader has it already is known from its state alone, however long it is.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from hashlib import sha256
from itertools import chain

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api import caching, openapi, rdf
from api.caching import REVALIDATED
from api.catalogue import FORMATS, MEDIA_TYPE, SIZE, Asked, asked, links
from api.headers import asked_for_head
from api.negotiation import Offer, choose
from api.site import CatalogueSnapshot, Site, offer_for
from registry.errors import NotFound
from registry.ports import CatalogueState
from registry.views import hydra
from registry.views.dcat.header import header
from registry.views.dcat.profiles import PROFILES
from registry.views.fragments import document, form, fragment
from registry.views.hydra import Paging

CHUNK = 256 * 1024
"""Bytes from which an answer is sent while it is read, so many at a time."""

VARY = "Accept, Accept-Language, Accept-Profile"


@dataclass(frozen=True, slots=True)
class Catalogues:
    """The catalogue of one registry.

    Attributes:
        header: what every part of the catalogue begins with, in a given state.
    """

    site: Site
    header: Callable[[CatalogueState], str]

    async def negotiated(self, request: Request) -> Response:
        """Returns the catalogue in the format that the reader prefers.

        It is one file, or with `page` a part of it that is complete in itself:
        whom it is by and what its codes mean is said on every page. Pages are
        linked by Hydra and by the header `Link`. People are sent to its page.
        """
        given = request.query_params.get(MEDIA_TYPE)
        offer = (
            offer_for(request, rdf.OFFERS)
            if given is None
            else choose(given, rdf.OFFERS)
        )
        if offer is rdf.HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(self._answer, request, offer, negotiated=True)

    async def file(self, request: Request) -> Response:
        """Returns the catalogue in the format that the extension names."""
        offer = FORMATS.get(request.path_params["extension"])
        if offer is None:
            known = ", ".join(FORMATS)
            raise NotFound(
                f"The catalogue is offered as: {known}.",
                f"Каталогът се предлага като: {known}.",
            )
        if offer is rdf.HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(self._answer, request, offer, negotiated=False)

    def _answer(self, request: Request, offer: Offer, *, negotiated: bool) -> Response:
        wanted = asked(request, self.site.registry.iris.catalogue, datetime.now(UTC))
        state = self.site.registry.catalogue.state()
        tag = self._tag(state, wanted, offer)
        headers = {
            "Content-Type": offer.content_type,
            "Cache-Control": REVALIDATED,
            "Content-Profile": f"<{wanted.profile.iri}>",
            "Vary": VARY if negotiated else "Accept-Profile",
        }
        if caching.is_known(request.headers.get("if-none-match"), tag):
            return caching.not_modified(headers | {"ETag": tag})
        if negotiated:
            headers["Content-Location"] = wanted.at(offer, wanted.page)
        return self._read(request, wanted, offer, headers)

    def _tag(self, state: CatalogueState, wanted: Asked, offer: Offer) -> str:
        beginning = self.header(state)
        digest = sha256(f"{state.digest}{beginning}".encode()).hexdigest()
        since = wanted.since.isoformat() if wanted.since else "always"
        page = wanted.page or "whole"
        return caching.etag(digest, offer.extension, wanted.profile.key, since, page)

    def _read(
        self, request: Request, wanted: Asked, offer: Offer, headers: dict[str, str]
    ) -> Response:
        snapshot = self.site.registry.catalogue.open()
        try:
            state = snapshot.state
            headers["ETag"] = self._tag(state, wanted, offer)
            if state.at:
                headers["Last-Modified"] = caching.http_date(state.at)
            paging = self._paging(snapshot, wanted)
            headers["Link"] = links(wanted, offer, self.site.base, paging)
            pieces = self._pieces(snapshot, wanted, offer, paging)
            first = b"" if asked_for_head(request) else chunk(pieces)
        except BaseException:
            snapshot.close()
            raise
        if 0 < len(first) < CHUNK:
            headers["Content-Length"] = str(len(first))  # there is nothing after it
        return StreamingResponse(sent(first, pieces, snapshot), headers=headers)

    def _paging(self, snapshot: CatalogueSnapshot, wanted: Asked) -> Paging | None:
        if wanted.page is None:
            return None
        return wanted.paging(snapshot.count(wanted.since))

    def _pieces(
        self,
        snapshot: CatalogueSnapshot,
        wanted: Asked,
        offer: Offer,
        paging: Paging | None,
    ) -> Iterator[bytes]:
        beginning = wanted.profile.view(self.header(snapshot.state))
        if paging:
            beginning += hydra.page(paging, partial(wanted.at, offer))
        fragments = snapshot.fragments(
            form(wanted.profile.key, offer.extension),
            since=wanted.since,
            skip=(paging.number - 1) * SIZE if paging else 0,
            limit=SIZE if paging else None,
        )
        start = fragment(beginning, offer.extension)
        return document(chain((start,), fragments), offer.extension)


def chunk(pieces: Iterator[bytes]) -> bytes:
    """Returns the next pieces as one, a shorter one only at the end."""
    made = bytearray()
    for piece in pieces:
        made += piece
        if len(made) >= CHUNK:
            break
    return bytes(made)


async def sent(
    first: bytes, pieces: Iterator[bytes], snapshot: CatalogueSnapshot
) -> AsyncIterator[bytes]:
    """Yields an answer while it is read, and then lets go of what it reads."""
    try:
        following = first
        while following:
            yield following
            following = await run_in_threadpool(chunk, pieces)
    finally:
        snapshot.close()


_PARAMETERS = (
    openapi.text("page", "query", f"A page of {SIZE} datasets by its number, from 1."),
    openapi.text(
        "modified_since",
        "query",
        "Only datasets that changed at that moment or later: an RFC 3339 date and time "
        "with its zone, or a date, which means its beginning in UTC. Deletions are in "
        "the feeds.",
    ),
    openapi.text(
        "profile",
        "query",
        "A profile by its IRI or its key: "
        + ", ".join(f"`{profile.key}`" for profile in PROFILES)
        + ". The header `Accept-Profile` does the same.",
    ),
    openapi.LANG,
)


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of the catalogue."""
    registry = site.registry
    made = partial(header, iris=registry.iris, definition=registry.definition)
    catalogues = Catalogues(site, lru_cache(maxsize=4)(made))
    get = openapi.getter(app, "catalogue")
    get(
        "/catalog",
        catalogues.negotiated,
        summary="The catalogue of what is published, in DCAT-AP",
        parameters=_PARAMETERS,
        responses=openapi.answered(rdf.OFFERS, 304, 400, 404, 406)
        | openapi.redirected(),
    )
    get(
        "/catalog.{extension}",
        catalogues.file,
        summary="The catalogue in a fixed format",
        parameters=[
            openapi.choice("extension", "path", tuple(FORMATS), "The format."),
            *_PARAMETERS,
        ],
        responses=openapi.answered(rdf.OFFERS, 304, 400, 404, 406)
        | openapi.redirected(),
    )
