"""`/id/catalog` and `/doc/catalog`: datasets of the catalogue, one by one."""

from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import caching, openapi, rdf
from api.caching import REVALIDATED
from api.catalogue import FORMATS, check_names, dataset, feed_links, profile_links
from api.negotiation import Offer
from api.profiles import PARAMETERS, profile_for
from api.routes.catalogue import VARY
from api.site import Site, offer_for
from registry.errors import NotFound
from registry.iris import KEY as KEY_PATTERN
from registry.ports import Described
from registry.views.dcat.profiles import PROFILES
from registry.views.fragments import document, fragment

_NAMES = (*PARAMETERS, "lang")


@dataclass(frozen=True, slots=True)
class Datasets:
    """The datasets of the catalogue of one registry."""

    site: Site

    async def dataset(self, request: Request) -> Response:
        """Sends the reader from a dataset to the document about it."""
        check_names(request, _NAMES)
        found = await run_in_threadpool(self._found, request.path_params["key"])
        query = urlencode(request.query_params.multi_items())
        return RedirectResponse(
            self.site.registry.iris.dataset_document(found.key)
            + (f"?{query}" if query else ""),
            status_code=303,
            headers={"Vary": VARY, "Cache-Control": REVALIDATED},
        )

    async def document(self, request: Request) -> Response:
        """Returns the description of a dataset, with its distributions.

        The format is the one that an extension names, as in `table.tps00176.ttl`,
        and otherwise the one that the reader prefers. People are sent to its page.
        """
        name = request.path_params["name"]
        key, _, extension = name.rpartition(".")
        fixed = FORMATS.get(extension)
        offer = fixed or offer_for(request, rdf.OFFERS)
        if offer is rdf.HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(
            self._document, request, key if fixed else name, offer, fixed is None
        )

    def _document(
        self, request: Request, key: str, offer: Offer, negotiated: bool
    ) -> Response:
        check_names(request, _NAMES)
        found, profile = self._found(key), profile_for(request)
        iris = self.site.registry.iris
        address = iris.dataset_document(key)
        links = [
            f'<{address}>; rel="canonical"',
            f'<{iris.dataset(key)}>; rel="describes"',
            f'<{iris.catalogue}>; rel="collection"',
            *profile_links(profile),
            *(
                f'<{address}.{other.extension}>; rel="alternate"; '
                f'type="{other.media_type}"'
                for other in FORMATS.values()
                if other is not offer
            ),
            *feed_links(self.site.base),
        ]
        headers = {
            "Content-Type": offer.content_type,
            "Link": ", ".join(links),
            "Vary": VARY if negotiated else "Accept-Profile",
        }
        headers["Content-Profile"] = f"<{profile.iri}>"
        headers["Last-Modified"] = caching.http_date(found.at)
        text = profile.view(found.triples)
        if f"\n<{iris.dataset(key)}> " not in f"\n{text}":
            raise NotFound(
                f"{profile.title['en']} has no words for {key}; another profile has.",
                f"{profile.title['bg']} не може да опише {key}; друг профил може.",
            )
        digest = sha256(text.encode()).hexdigest()
        headers["ETag"] = caching.etag(digest, offer.extension, profile.key)
        if negotiated:
            query = "" if profile is PROFILES[0] else f"?profile={profile.key}"
            headers["Content-Location"] = f"{address}.{offer.extension}{query}"
        pieces = document([fragment(text, offer.extension)], offer.extension)
        return caching.respond(request, b"".join(pieces), headers)

    def _found(self, key: str) -> Described:
        return dataset(self.site.registry.catalogue, key, self.site.registry.iris)


KEY = openapi.text(
    "key",
    "path",
    "The key of the dataset, such as `register.institution` or `table.tps00176`.",
    pattern="^" + KEY_PATTERN.pattern.replace(r"\Z", "$"),
)
PROFILE = openapi.text(
    "profile", "query", "A profile of DCAT-AP by its IRI or its key."
)


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of datasets; to come before those of records of any kind."""
    datasets = Datasets(site)
    get = openapi.getter(app, "catalogue")
    get(
        "/doc/catalog/{name}",
        datasets.document,
        summary="The description of a dataset, negotiated or in a fixed format",
        parameters=[
            openapi.text(
                "name",
                "path",
                "The key of the dataset, alone or with the extension of a format: "
                + ", ".join(f"`.{extension}`" for extension in FORMATS),
            ),
            PROFILE,
            openapi.LANG,
        ],
        responses=openapi.answered(rdf.OFFERS, 304, 400, 404, 406, 410)
        | openapi.redirected(),
    )
    get(
        "/id/catalog/{key}",
        datasets.dataset,
        summary="Go from a dataset to the document about it",
        parameters=[KEY, PROFILE, openapi.LANG],
        responses=openapi.redirected(400, 404, 410),
    )
