"""`/id/table/{key}/{observation}`: single observations, as documents.

An observation is named by its codes in the order of the table's dimensions, with
dots between. Its document is that of one version of its table: the current one,
or the one that `version` or `asOf` names.
"""

import json
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import caching, openapi
from api.caching import IMMUTABLE, REVALIDATED
from api.negotiation import Offer
from api.routes.records import FIXED, HTML, JSON, JSONLD, Asked, asked
from api.site import VARY, Site, offer_for
from registry import graphs, jsonld, retrieval
from registry.errors import NotFound
from registry.graphs import FORMATS
from registry.iris import record_id
from registry.ports import TableRow
from registry.record import Version
from registry.statistics.description import KIND, structure_of
from registry.statistics.labels import Caption, Names
from registry.statistics.slices import Cubes
from registry.statistics.structure import Structure
from registry.views import cube

OFFERS = tuple(FIXED.values())
"""What an observation is offered in; `*/*` gets the first."""

_LONGEST = 2_000
_JSON = (JSONLD, JSON)


@dataclass(frozen=True, slots=True)
class Found:
    """An observation in a version of its table."""

    version: Version
    structure: Structure
    key: str
    row: TableRow
    caption: Caption


@dataclass(frozen=True, slots=True)
class Observations:
    """The observations of one registry's tables."""

    site: Site
    cubes: Cubes
    names: Names

    async def thing(self, request: Request) -> Response:
        """Sends the reader from an observation to the document about it."""
        state = asked(request)
        name = request.path_params["observation"]
        found = await run_in_threadpool(self.found, request, name, state)
        kept = {"lang": request.query_params.get("lang")}
        language = urlencode({k: v for k, v in kept.items() if v is not None})
        suffix = state.suffix
        if language:
            suffix += f"{'&' if suffix else '?'}{language}"
        return RedirectResponse(
            self.document_iri(found) + suffix,
            status_code=303,
            headers={"Vary": VARY, "Cache-Control": REVALIDATED},
        )

    async def document(self, request: Request) -> Response:
        """Returns the document about an observation, negotiated or as named."""
        state = asked(request)
        name = request.path_params["observation"]
        key, _, extension = name.rpartition(".")
        fixed = FIXED.get(extension)
        offer = fixed or offer_for(request, OFFERS)
        if offer is HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(
            self._document,
            request,
            key if fixed else name,
            state,
            offer,
            negotiated=not fixed,
        )

    def found(self, request: Request, key: str, state: Asked) -> Found:
        """Returns an observation by its key, in the version that is asked for.

        Raises:
            NotFound: there is no such table or observation, or none such then.
            Gone: the table was retired.
        """
        registry = self.site.registry
        record = record_id(KIND, request.path_params["key"])
        version = retrieval.find(
            registry.journal, record, version=state.version, at=state.at
        )
        structure = structure_of(json.loads(version.content.document))
        file = registry.tables.file(version)
        codes = key[:_LONGEST].split(".")
        row = self.cubes.observation(file, structure, codes)
        if row is None:
            columns = ".".join(d.id for d in structure.dimensions)
            raise NotFound(
                f"The table {record.key} has no such observation; the key of one is "
                f"its codes, with dots between: {columns}.",
                f"Таблицата {record.key} няма такова наблюдение; ключът на едно "
                f"наблюдение са кодовете му, разделени с точки: {columns}.",
                extra={"dimensions": [d.id for d in structure.dimensions]},
            )
        occurring = {
            d.id: self.cubes.dimension_values(file, structure, d.id).keys()
            for d in structure.dimensions
        }
        caption = self.names.caption(version, structure, occurring)
        return Found(version, structure, structure.observation_key(codes), row, caption)

    def _document(
        self,
        request: Request,
        key: str,
        state: Asked,
        offer: Offer,
        *,
        negotiated: bool,
    ) -> Response:
        found = self.found(request, key, state)
        headers = {
            "Content-Type": offer.content_type,
            "Link": self._links(found, state, offer),
        }
        if negotiated:
            headers["Vary"] = VARY
            headers["Content-Location"] = (
                f"{self.document_iri(found)}.{offer.extension}{state.suffix}"
            )
        cache = IMMUTABLE if state.version is not None else REVALIDATED
        return caching.respond(request, self._body(found, offer), headers, cache=cache)

    def _body(self, found: Found, offer: Offer) -> bytes:
        iris = self.site.registry.iris
        triples = cube.observation(found.row, found.structure, iris)
        if offer not in _JSON:
            return graphs.serialise(triples, FORMATS[offer.extension])
        context = self.site.registry.vocabulary.context
        root = cube.observation_iri(found.version.head.record, found.key, iris)
        return jsonld.text(context.document(graphs.triples(triples), root)).encode()

    def document_iri(self, found: Found) -> str:
        """Returns the address of the document about an observation."""
        document = self.site.registry.iris.document(found.version.head.record)
        return f"{document}/{quote(found.key)}"

    def _links(self, found: Found, state: Asked, offer: Offer) -> str:
        """Returns the `Link` header: thing, table, formats, context.

        **Source:** RFC 8288; RFC 6573 (collection); RFC 6892 (describes).
        """
        iris, record = self.site.registry.iris, found.version.head.record
        document = self.document_iri(found)
        links = [
            f'<{document}>; rel="canonical"',
            f'<{cube.observation_iri(record, found.key, iris)}>; rel="describes"',
            f'<{iris.thing(record)}>; rel="collection"',
        ]
        links += [
            f'<{document}.{other.extension}{state.suffix}>; rel="alternate"; '
            f'type="{other.media_type}"'
            for other in OFFERS
            if other is not offer
        ]
        if offer is JSON:
            links.append(
                f'<{iris.context}>; rel="http://www.w3.org/ns/json-ld#context"; '
                f'type="{JSONLD.media_type}"'
            )
        return ", ".join(links)


def add_to(app: FastAPI, site: Site, cubes: Cubes, names: Names) -> None:
    """Adds the routes of observations."""
    observations = Observations(site, cubes, names)
    get = openapi.getter(app, "tables")
    parameters = [
        openapi.KEY,
        openapi.text(
            "observation",
            "path",
            "The codes of the observation in the order of the table's dimensions, "
            "with dots between, as in `A.COMPLET.TOTAL.T.BG.2022`.",
        ),
        *openapi.STATE[:2],
        openapi.LANG,
    ]
    get(
        "/id/table/{key}/{observation}",
        observations.thing,
        summary="Go from an observation to the document about it",
        parameters=parameters,
        responses=openapi.redirected(400, 404, 410),
    )
    get(
        "/doc/table/{key}/{observation}",
        observations.document,
        summary="The document about an observation, negotiated or in a fixed format",
        parameters=parameters,
        responses=openapi.answered(OFFERS, 304, 400, 404, 406, 410),
    )
