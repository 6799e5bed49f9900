"""`/tables`: statistical tables, their structures and their codes.

Everything is read on a thread of its own: even a small table takes longer than
handing it over.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import openapi
from api.reading import Tables, described
from api.site import Site
from api.slicing import JSON, OFFERS, fields
from registry.errors import NotFound
from registry.statistics.description import KIND, data_of
from registry.statistics.formats import json_rows
from registry.statistics.labels import Names, place_key
from registry.statistics.slices import Cubes
from registry.statistics.structure import Dimension, Role


@dataclass(frozen=True, slots=True)
class Descriptions:
    """What one registry says of its tables, besides their figures."""

    site: Site
    tables: Tables

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
        return described(request, {"tables": found})

    async def structure(self, request: Request) -> Response:
        """Returns the dimensions, measure and attributes of a table."""
        return await run_in_threadpool(self._structure, request)

    def _structure(self, request: Request) -> Response:
        table = self.tables.asked(request, fields(request).state)
        structure, caption = table.structure, table.caption
        address = f"{self.site.base}tables/{structure.key}"
        default = {name: ",".join(codes) for name, codes in structure.default.items()}
        query = f"?{urlencode(default, safe=',')}" if default else ""
        extent = data_of(json.loads(table.version.content.document))
        about = json_rows.about(caption, structure)
        return described(
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
        table = self.tables.asked(request, fields(request).state)
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
        counts = self.tables.cubes.dimension_values(
            table.parquet, table.structure, name
        )
        return described(
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


def add_to(app: FastAPI, site: Site, cubes: Cubes, names: Names) -> None:
    """Adds the routes that describe tables."""
    described_by = Descriptions(site, Tables(site, cubes, names))
    get = openapi.getter(app, "tables")
    state = openapi.STATE[:2]
    get(
        "/tables",
        described_by.list,
        summary="Every table",
        responses=openapi.answered((JSON,), 304),
    )
    get(
        "/tables/{key}/structure",
        described_by.structure,
        summary="The structure of a table",
        parameters=[openapi.KEY, *state],
        responses=openapi.answered((JSON,), 304, 400, 404, 410),
    )
    get(
        "/tables/{key}/dimensions/{id}",
        described_by.dimension,
        summary="The codes of a dimension",
        parameters=[openapi.KEY, openapi.text("id", "path", "Its column."), *state],
        responses=openapi.answered((JSON,), 304, 400, 404, 410),
    )
