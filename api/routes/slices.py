"""`/tables/{key}/data`: slices of tables, in every format.

Everything is read on a thread of its own: even a small slice takes longer than
handing it over.
"""

from dataclasses import dataclass

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, openapi
from api.caching import REVALIDATED
from api.negotiation import Offer
from api.reading import Table, Tables, described
from api.rendition import Answer, Batches, content_type, sent
from api.site import VARY, Site, language_for, offer_for
from api.slicing import (
    CONTROLS,
    CSV,
    FORMATS,
    HTML,
    JSON_STAT,
    METADATA,
    OFFERS,
    PAGE_CAP,
    PARQUET,
    XLSX,
    Fields,
    choice,
    fields,
)
from registry.errors import NotFound, ResultTooLarge
from registry.iris import RecordId
from registry.statistics import csvw
from registry.statistics.description import KIND
from registry.statistics.labels import Names
from registry.statistics.selection import Changes, Slice
from registry.statistics.slices import Cubes

CSVM = Offer("csvm", "application/csvm+json")

_WHOLE = frozenset({JSON_STAT, XLSX})


@dataclass(frozen=True, slots=True)
class Slices:
    """The slices of one registry's tables."""

    site: Site
    tables: Tables

    async def data(self, request: Request) -> Response:
        """Returns a slice, in the format that the reader prefers.

        Every other parameter is a dimension: `geo=BG,RO` for codes, `geo=under:BG`
        for a code and all below it, `time_period=2015..2020` for a range.
        """
        asked = fields(request)
        name = asked.controls.get("format")
        if name is not None and name not in FORMATS:
            raise choice("format", list(FORMATS))
        offer = FORMATS[name] if name else offer_for(request, OFFERS)
        if offer is HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(
            self._data, request, asked, offer, negotiated=not name
        )

    async def data_as(self, request: Request) -> Response:
        """Returns a slice in the format that the address names."""
        extension = request.path_params["extension"]
        asked = fields(request)
        if extension == METADATA:
            return await run_in_threadpool(self._metadata, request, asked)
        if extension not in FORMATS:
            known = ", ".join(FORMATS)
            raise NotFound(
                f"There is no format {extension}; there are: {known}.",
                f"Няма формат {extension}; има: {known}.",
            )
        offer = FORMATS[extension]
        if offer is HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(
            self._data, request, asked, offer, negotiated=False
        )

    def _data(
        self, request: Request, asked: Fields, offer: Offer, *, negotiated: bool
    ) -> Response:
        language = language_for(request)
        table = self.tables.asked(request, asked.state)
        older = self._older(table, asked)
        changes = self._changes(asked, older)
        wanted = asked.slice(table.structure, table.known, changes)
        headers = self._headers(table, asked, offer, negotiated=negotiated)
        headers["ETag"] = tag = caching.etag(
            table.version.head.digest or "",
            offer.extension,
            language,
            table.version.head.version,
            table.caption.digest[:16],
            asked.digest,
            (older.version.head.digest or "")[:16] if older else 0,
        )
        if caching.is_known(request.headers.get("if-none-match"), tag):
            return caching.not_modified(headers)
        self._check_size(table, wanted, offer)
        cubes = self.tables.cubes
        if asked.switch("count"):
            count = cubes.count(table.parquet, table.structure, wanted)
            headers["Registry-Total"] = str(count)
        batches = self._batches(table, asked, wanted, headers)
        answer = Answer(self.site.base, cubes, table, asked, wanted, language, headers)
        return sent(answer.pieces(batches, offer), headers)

    def _batches(
        self, table: Table, asked: Fields, wanted: Slice, headers: dict[str, str]
    ) -> Batches:
        cubes = self.tables.cubes
        if wanted.limit is None:
            return cubes.batches(table.parquet, table.structure, wanted)
        page = cubes.rows(table.parquet, table.structure, wanted)
        if page.next is not None:
            headers["Link"] += f', <{self._next(table, asked, page.next)}>; rel="next"'
        return [page.rows]

    def _next(self, table: Table, asked: Fields, cursor: str) -> str:
        # Of this version, so that no page misses what a new one moves about.
        number = table.version.head.version
        query = asked.query(after=cursor, version=number, asOf=None)
        return f"{self.site.base}tables/{table.key}/data{query}"

    def _older(self, table: Table, asked: Fields) -> Table | None:
        since = asked.since
        return self.tables.older(table, since) if since else None

    def _changes(self, asked: Fields, older: Table | None) -> Changes | None:
        return Changes(older.parquet if older else None) if asked.since else None

    def _check_size(self, table: Table, wanted: Slice, offer: Offer) -> None:
        limits = self.site.registry.settings.tables
        cap = limits.document_cells if offer in _WHOLE else limits.cells
        cubes = self.tables.cubes
        if wanted.limit is not None and wanted.limit <= cap:
            return
        if not wanted.changes and cubes.size(table.parquet, table.structure) <= cap:
            return
        count = cubes.count(table.parquet, table.structure, wanted)
        if count > cap:
            free = [name for name in table.known if name not in wanted.filters]
            raise ResultTooLarge(
                f"The slice has {count} observations; as {offer.extension} it can "
                f"have {cap}. Filter more dimensions ({', '.join(free)}), or ask "
                f"page by page with “limit” of up to {PAGE_CAP}.",
                f"Извадката има {count} наблюдения, а като {offer.extension} може да "
                f"има най-много {cap}. Филтрирайте още измерения "
                f"({', '.join(free)}) или искайте по страници с „limit“ до {PAGE_CAP}.",
                extra={"count": count, "limit": cap, "dimensions": free},
            )

    def _headers(
        self, table: Table, asked: Fields, offer: Offer, *, negotiated: bool
    ) -> dict[str, str]:
        start = f"{self.site.base}tables/{table.key}/data"
        query = asked.query(format=None, download=None)
        record = RecordId(KIND, table.key)
        links = [
            f'<{self.site.registry.iris.document(record)}>; rel="about"',
            *(
                f'<{start}.{other.extension}{query}>; rel="alternate"; '
                f'type="{other.media_type}"'
                for other in OFFERS
                if other is not offer
            ),
        ]
        if offer is CSV:
            links.append(
                f'<{start}.{METADATA}{query}>; rel="describedby"; '
                f'type="{CSVM.media_type}"'
            )
        attached = offer in (XLSX, PARQUET) or asked.switch("download")
        return {
            "Content-Type": content_type(offer, asked.shown),
            # Names of codes change, even if the figures of a version never do.
            "Cache-Control": REVALIDATED,
            "Link": ", ".join(links),
            "Content-Disposition": f"{'attachment' if attached else 'inline'}; "
            f'filename="{table.key}.{offer.extension}"',
            "Vary": VARY if negotiated else "Accept-Language",
        }

    def _metadata(self, request: Request, asked: Fields) -> Response:
        table = self.tables.asked(request, asked.state)
        changes = self._changes(asked, self._older(table, asked))
        wanted = asked.slice(table.structure, table.known, changes)
        cubes, language = self.tables.cubes, language_for(request)
        answer = Answer(self.site.base, cubes, table, asked, wanted, language, {})
        address = f"{self.site.base}tables/{table.key}/data.{CSV.extension}"
        document = csvw.metadata(
            answer.structure,
            answer.caption,
            answer.columns(),
            asked.shown,
            iris=self.site.registry.iris,
            address=f"{address}{asked.query()}",
            published=not (wanted.summed or wanted.changes),
        )
        return described(request, document, CSVM)


def add_to(app: FastAPI, site: Site, cubes: Cubes, names: Names) -> None:
    """Adds the routes of slices."""
    slices = Slices(site, Tables(site, cubes, names))
    get = openapi.getter(app, "tables")
    controls = [
        openapi.text(name, "query", meaning) for name, meaning in CONTROLS.items()
    ]
    get(
        "/tables/{key}/data",
        slices.data,
        summary="A slice of a table",
        parameters=[openapi.KEY, *controls, openapi.LANG],
        responses=openapi.answered(OFFERS, 304, 400, 404, 406, 410, 422, 503),
        hot=True,
    )
    get(
        "/tables/{key}/data.{extension}",
        slices.data_as,
        summary="A slice of a table in one format",
        parameters=[
            openapi.KEY,
            openapi.choice(
                "extension", "path", (*FORMATS, METADATA), "The name of a format."
            ),
            *controls,
            openapi.LANG,
        ],
        responses=openapi.answered((*OFFERS, CSVM), 304, 400, 404, 410, 422, 503),
    )
