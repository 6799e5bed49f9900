"""`/tables`: statistical tables, their slices, structures and revisions.

Everything is read on a thread of its own: even a small slice takes longer than
handing it over.
"""

import json
from collections import Counter
from collections.abc import (
    Collection,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, openapi
from api.caching import REVALIDATED
from api.negotiation import Offer
from api.rendition import Answer, Batches, Table, columns_of, content_type, sent
from api.routes.records import Asked
from api.site import VARY, Site, language_for, offer_for
from api.slicing import (
    CONTROLS,
    CSV,
    FORMATS,
    HTML,
    JSON,
    JSON_STAT,
    METADATA,
    OFFERS,
    PAGE_CAP,
    PARQUET,
    SHOWN,
    XLSX,
    Fields,
    choice,
    fields,
)
from registry import retrieval
from registry.errors import BadParameter, NotFound, ResultTooLarge
from registry.iris import RecordId, record_id
from registry.ports import TableRow
from registry.record import Version
from registry.statistics import csvw
from registry.statistics.description import data_of, structure_of
from registry.statistics.formats import (
    json_rows,
)
from registry.statistics.formats.columns import columns, said
from registry.statistics.labels import Known, Names, Shown, place_key
from registry.statistics.selection import Slice
from registry.statistics.slices import Cubes, Difference
from registry.statistics.structure import Dimension, Role, Structure

KIND = "table"
CSVM = Offer("csvm", "application/csvm+json")

DIFFERENCES = 1_000
"""Differences that are listed; all of them are counted."""

_WHOLE = frozenset({JSON_STAT, XLSX})


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one registry."""

    site: Site
    cubes: Cubes
    names: Names

    async def list(self, request: Request) -> Response:
        """Returns every current table with its titles and addresses."""
        return await run_in_threadpool(self._list, request)

    def _list(self, request: Request) -> Response:
        base = self.site.base
        found = [
            {
                "id": f"{base}id/{version.head.record}",
                "title": json.loads(version.content.document).get("title", {}),
                "structure": f"{base}tables/{version.head.record.key}/structure",
                "data": f"{base}tables/{version.head.record.key}/data",
            }
            for version in self.site.registry.journal.heads(KIND)
            if version.head.status.public
        ]
        return _json(request, {"tables": found})

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
        return await run_in_threadpool(
            self._data, request, asked, offer, negotiated=False
        )

    def _table(self, request: Request, state: Asked) -> Table:
        registry = self.site.registry
        record = record_id(KIND, request.path_params["key"])
        version = retrieval.find(
            registry.journal, record, version=state.version, at=state.at
        )
        return self._of(version)

    def _of(self, version: Version) -> Table:
        registry = self.site.registry
        structure = _structure(version.content.document)
        file = registry.tables.file(version)
        occurring: dict[str, Collection[str]] = {
            dimension.id: self.cubes.dimension_values(
                file, structure, dimension.id
            ).keys()
            for dimension in structure.dimensions
        }
        caption = self.names.caption(version, structure, occurring)
        known = {
            name: Known(codes, caption.codes[name]) for name, codes in occurring.items()
        }
        return Table(version, structure, file, known, caption)

    def _data(
        self, request: Request, asked: Fields, offer: Offer, *, negotiated: bool
    ) -> Response:
        language = language_for(request)
        table = self._table(request, asked.state)
        if offer is HTML:
            return self._page(request, asked, table, language)
        wanted = asked.slice(table.structure, table.known)
        older = self._older(table, asked)
        shown = asked.shown
        headers = self._headers(table, asked, offer, shown, negotiated=negotiated)
        tag = caching.etag(
            table.version.head.digest or "",
            offer.extension,
            language,
            table.version.head.version,
            table.caption.digest[:16],
            asked.digest,
            older.version.head.digest[:16]
            if older and older.version.head.digest
            else 0,
        )
        headers["ETag"] = tag
        if caching.is_known(request.headers.get("if-none-match"), tag):
            return caching.not_modified(headers)
        self._check_size(table, wanted, offer)
        if asked.switch("totals"):
            total = self.cubes.count(table.parquet, table.structure, wanted)
            headers["Registry-Total"] = str(total)
        batches = self._batches(table, asked, wanted, older, headers)
        answer = Answer(
            self.site.base, self.cubes, table, asked, wanted, language, headers
        )
        return sent(answer.pieces(batches, offer), headers)

    def _batches(
        self,
        table: Table,
        asked: Fields,
        wanted: Slice,
        older: Table | None,
        headers: dict[str, str],
    ) -> Batches:
        cubes = self.cubes
        if older is not None:
            return cubes.changed(older.parquet, table.parquet, table.structure, wanted)
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
        return f"{self.site.base}tables/{table.structure.key}/data{query}"

    def _older(self, table: Table, asked: Fields) -> Table | None:
        """Returns the version that was current at `updatedAfter`, if it compares."""
        since = asked.since
        if since is None:
            return None
        journal = self.site.registry.journal
        found = journal.as_of(table.version.head.record, since)
        if found is None:
            return None
        older = self._of(found)
        return older if older.structure.columns == table.structure.columns else None

    def _check_size(self, table: Table, wanted: Slice, offer: Offer) -> None:
        limits = self.site.registry.settings.tables
        cap = limits.document_cells if offer in _WHOLE else limits.cells
        cubes = self.cubes
        if wanted.limit is not None and wanted.limit <= cap:
            return
        if cubes.size(table.parquet, table.structure) <= cap:
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
        self,
        table: Table,
        asked: Fields,
        offer: Offer,
        shown: Shown,
        *,
        negotiated: bool,
    ) -> dict[str, str]:
        key = table.structure.key
        start = f"{self.site.base}tables/{key}/data"
        query = asked.query(format=None, download=None)
        links = [
            f'<{self.site.registry.iris.document(RecordId(KIND, key))}>; rel="about"',
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
            "Content-Type": content_type(offer, shown),
            # Names of codes change, even if the figures of a version never do.
            "Cache-Control": REVALIDATED,
            "Link": ", ".join(links),
            "Content-Disposition": f"{'attachment' if attached else 'inline'}; "
            f'filename="{key}.{offer.extension}"',
            "Vary": VARY if negotiated else "Accept-Language",
        }

    def _page(
        self, request: Request, asked: Fields, table: Table, language: str
    ) -> Response:
        """Returns a page of a slice, of the first view if nothing is asked for."""
        structure, caption = table.structure, table.caption
        filters = asked.filters or {
            name: ",".join(codes) for name, codes in structure.default.items()
        }
        controls = {"limit": str(SHOWN), **asked.controls}
        shown = Fields(controls, filters, asked.state)
        wanted = shown.slice(structure, table.known)
        page = self.cubes.rows(table.parquet, structure, wanted)
        code, unit = caption.unit
        start = f"{self.site.base}tables/{structure.key}/data"
        data = shown.query(format=None, limit=None, after=None)
        body = self.site.pages.render(
            "table",
            request,
            language,
            key=structure.key,
            caption=caption,
            unit=said(unit, language, code),
            choices=_choices(table, wanted, language),
            columns=columns(structure, caption, Shown(language)),
            rows=page.rows,
            total=self.cubes.count(table.parquet, structure, wanted),
            next=page.next
            and start
            + shown.query(
                format=HTML.extension,
                after=page.next,
                version=table.version.head.version,
                asOf=None,
                lang=language,
            ),
            formats=[
                (other, f"{start}.{other.extension}{data}")
                for other in OFFERS
                if other is not HTML
            ],
        )
        headers = {
            "Content-Type": HTML.content_type,
            "Content-Language": language,
            "Vary": VARY,
        }
        return caching.respond(request, body, headers)

    def _metadata(self, request: Request, asked: Fields) -> Response:
        table = self._table(request, asked.state)
        shown = asked.shown
        key = table.structure.key
        address = f"{self.site.base}tables/{key}/data.{CSV.extension}"
        document = csvw.metadata(
            table.structure,
            table.caption,
            columns_of(table, asked),
            shown,
            iris=self.site.registry.iris,
            address=f"{address}{asked.query()}",
        )
        return _json(request, document, CSVM)

    async def structure(self, request: Request) -> Response:
        """Returns the dimensions, measure and attributes of a table."""
        return await run_in_threadpool(self._structure, request)

    def _structure(self, request: Request) -> Response:
        table = self._table(request, fields(request).state)
        structure, caption = table.structure, table.caption
        address = f"{self.site.base}tables/{structure.key}"
        default = {name: ",".join(codes) for name, codes in structure.default.items()}
        query = f"?{urlencode(default, safe=',')}" if default else ""
        extent = data_of(json.loads(table.version.content.document))
        about = json_rows.about(caption, structure)
        return _json(
            request,
            {
                **about,
                "observations": extent.observations,
                "first": extent.first,
                "last": extent.last,
                "dimensions": [
                    {
                        **_dimension(dimension, self.site.base),
                        "count": len(table.known[dimension.id].occurring),
                        "values": f"{address}/dimensions/{dimension.id}",
                    }
                    for dimension in structure.dimensions
                ],
                "measure": structure.measure,
                "default": {"filters": default, "data": f"{address}/data{query}"},
                "formats": {
                    offer.extension: f"{address}/data.{offer.extension}"
                    for offer in OFFERS
                },
            },
        )

    async def dimension(self, request: Request) -> Response:
        """Returns the codes of one dimension that the table has, with their names."""
        return await run_in_threadpool(self._dimension, request)

    def _dimension(self, request: Request) -> Response:
        table = self._table(request, fields(request).state)
        name = request.path_params["id"]
        dimension = table.structure.dimension(name)
        if dimension is None:
            known = ", ".join(table.known)
            raise NotFound(
                f"The table {table.structure.key} has no dimension “{name}”; it "
                f"has: {known}.",
                f"Таблицата {table.structure.key} няма измерение „{name}“; има: "
                f"{known}.",
            )
        codes = table.caption.codes[name]
        counts = self.cubes.dimension_values(table.parquet, table.structure, name)
        return _json(
            request,
            {
                "table": table.caption.iri,
                **_dimension(dimension, self.site.base),
                "values": [
                    {
                        "code": code,
                        **_value_iri(dimension, code, self.site.base),
                        "name": dict(codes.names.get(code, {})),
                        "broader": codes.broader.get(code),
                        "observations": count,
                    }
                    for code, count in counts.items()
                ],
            },
        )

    async def revisions(self, request: Request) -> Response:
        """Returns the versions of a table or, with `from`, what changed since one.

        Observations that were added, removed or changed between the versions
        `from` and `to`; without `to`, up to the current one.
        """
        return await run_in_threadpool(self._revisions, request)

    def _revisions(self, request: Request) -> Response:
        registry = self.site.registry
        record = record_id(KIND, request.path_params["key"])
        current = retrieval.find(registry.journal, record)
        first = request.query_params.get("from")
        if first is None:
            return _json(request, {"versions": self._versions(current)})
        last = request.query_params.get("to", str(current.head.version))
        old, new = (
            self._of(retrieval.find(registry.journal, record, version=number))
            for number in (_number("from", first), _number("to", last))
        )
        if old.structure.columns != new.structure.columns:
            raise BadParameter(
                "The table got other columns between these versions, so that their "
                "observations cannot be compared.",
                "Между тези версии таблицата е с различни колони и наблюденията не "
                "могат да бъдат сравнени.",
                extra={"parameter": "from"},
            )
        found = self.cubes.differences(old.parquet, new.parquet, new.structure)
        counts: Counter[str] = Counter()
        listed: list[Mapping[str, Any]] = []
        for difference in found:
            counts[difference.kind] += 1
            if len(listed) < DIFFERENCES:
                listed.append(_difference(difference, new))
        return _json(
            request,
            {
                "table": new.caption.iri,
                "from": self._version(old.version),
                "to": self._version(new.version),
                "counts": {k: counts[k] for k in ("added", "removed", "changed")},
                "differences": listed,
                "complete": len(listed) == counts.total(),
            },
        )

    def _versions(self, current: Version) -> Sequence[Mapping[str, Any]]:
        journal, record = self.site.registry.journal, current.head.record
        numbers = range(1, current.head.version + 1)
        found = (journal.version(record, number) for number in numbers)
        return [self._version(version) for version in found if version]

    def _version(self, version: Version) -> Mapping[str, Any]:
        head = version.head
        return {
            "version": head.version,
            "modified": head.modified.isoformat().replace("+00:00", "Z"),
            "document": self.site.registry.iris.version(head.record, head.version),
            "data": f"{self.site.base}tables/{head.record.key}/data"
            f"?version={head.version}",
        }


def _choices(table: Table, wanted: Slice, language: str) -> Sequence[Mapping[str, Any]]:
    """Returns what a page lets people choose: dimensions with several codes."""
    return [
        {
            "id": name,
            "label": said(table.caption.columns[name], language, name),
            "codes": [
                (
                    code,
                    said(table.caption.codes[name].names.get(code, {}), language, code),
                )
                for code in known.occurring
            ],
            "selected": wanted.filters.get(name, ()),
        }
        for name, known in table.known.items()
        if len(known.occurring) > 1
    ]


@lru_cache(maxsize=256)
def _structure(document: str) -> Structure:
    return structure_of(json.loads(document))


def _number(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < len(value) < 9):
        raise BadParameter(
            f"The parameter “{name}” is the number of a version, from 1 on.",
            f"Параметърът „{name}“ е номер на версия, от 1 нагоре.",
            extra={"parameter": name},
        )
    return int(value)


def _dimension(dimension: Dimension, base: str) -> Mapping[str, Any]:
    scheme = f"{base}id/scheme/{dimension.scheme}" if dimension.scheme else None
    return {
        "id": dimension.id,
        "property": dimension.iri,
        "role": dimension.role,
        "scheme": scheme,
        "label": dict(dimension.label),
    }


def _value_iri(dimension: Dimension, code: str, base: str) -> Mapping[str, str]:
    if dimension.role is Role.AREA:
        return {"id": f"{base}id/place/{place_key(code)}"}
    if dimension.role is Role.CODED:
        return {"id": f"{base}id/scheme/{dimension.scheme}#{code}"}
    return {}


def _difference(difference: Difference, table: Table) -> Mapping[str, Any]:
    structure = table.structure
    measured = structure.columns[len(structure.dimensions) :]

    def side(row: TableRow | None) -> Mapping[str, str | None] | None:
        return None if row is None else dict(zip(measured, row, strict=True))

    key = structure.observation_key(difference.codes)
    return {
        "observation": f"{table.caption.iri}/{key}",
        "kind": difference.kind,
        "old": side(difference.old),
        "new": side(difference.new),
    }


def _json(
    request: Request, document: Mapping[str, Any], offer: Offer = JSON
) -> Response:
    body = json.dumps(document, ensure_ascii=False).encode()
    return caching.respond(request, body, {"Content-Type": offer.content_type})


def add_to(app: FastAPI, site: Site, cubes: Cubes, names: Names) -> None:
    """Adds the routes of tables."""
    tables = Tables(site, cubes, names)
    get = openapi.getter(app, "tables")
    state = openapi.STATE[:2]
    controls = [
        openapi.text(name, "query", meaning) for name, meaning in CONTROLS.items()
    ]
    one = [openapi.KEY]
    get(
        "/tables",
        tables.list,
        summary="Every table",
        responses=openapi.answered((JSON,), 304),
    )
    get(
        "/tables/{key}/data",
        tables.data,
        summary="A slice of a table",
        parameters=[*one, *controls, openapi.LANG],
        responses=openapi.answered(OFFERS, 304, 400, 404, 406, 410, 422),
        hot=True,
    )
    get(
        "/tables/{key}/data.{extension}",
        tables.data_as,
        summary="A slice of a table in one format",
        parameters=[
            *one,
            openapi.choice(
                "extension", "path", (*FORMATS, METADATA), "The name of a format."
            ),
            *controls,
            openapi.LANG,
        ],
        responses=openapi.answered((*OFFERS, CSVM), 304, 400, 404, 410, 422),
    )
    get(
        "/tables/{key}/structure",
        tables.structure,
        summary="The structure of a table",
        parameters=[*one, *state],
        responses=openapi.answered((JSON,), 304, 400, 404, 410),
    )
    get(
        "/tables/{key}/dimensions/{id}",
        tables.dimension,
        summary="The codes of a dimension",
        parameters=[*one, openapi.text("id", "path", "Its column."), *state],
        responses=openapi.answered((JSON,), 304, 400, 404, 410),
    )
    get(
        "/tables/{key}/revisions",
        tables.revisions,
        summary="The versions of a table and what they do not share",
        parameters=[
            *one,
            openapi.text("from", "query", "The earlier version, by its number."),
            openapi.text("to", "query", "The later one; without it, the current."),
        ],
        responses=openapi.answered((JSON,), 304, 400, 404, 410),
    )
