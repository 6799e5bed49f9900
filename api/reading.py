"""Tables of the registry, ready to be read: the version that a request means."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import caching
from api.negotiation import Offer
from api.routes.records import Asked
from api.site import Site
from api.slicing import JSON
from registry import retrieval
from registry.errors import BadParameter
from registry.iris import record_id
from registry.record import Version
from registry.statistics.description import KIND, structure_of
from registry.statistics.labels import Caption, Known, Names
from registry.statistics.slices import Cubes
from registry.statistics.structure import Structure


@dataclass(frozen=True, slots=True)
class Table:
    """One version of a table, ready to be read."""

    version: Version
    structure: Structure
    parquet: Path
    known: Mapping[str, Known]
    caption: Caption

    @property
    def key(self) -> str:
        """The key of its record."""
        return self.structure.key


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one registry."""

    site: Site
    cubes: Cubes
    names: Names

    def asked(self, request: Request, state: Asked) -> Table:
        """Returns the table that a request names, in the version that it means.

        Raises:
            NotFound: there is no such table, or none such then.
            Gone: it was retired.
        """
        record = record_id(KIND, request.path_params["key"])
        journal = self.site.registry.journal
        return self.read(
            retrieval.find(journal, record, version=state.version, at=state.at)
        )

    def read(self, version: Version) -> Table:
        """Returns the table of a version."""
        structure = _structure(version.content.document)
        file = self.site.registry.tables.file(version)
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

    def older(self, table: Table, since: datetime) -> Table | None:
        """Returns the version that was current at a moment, if there was one.

        Raises:
            BadParameter: it cannot be compared with the table.
        """
        head = table.version.head
        found = self.site.registry.journal.as_of(head.record, since)
        if found is None:
            return None
        if found.head.version > head.version:
            raise BadParameter(
                "At the moment in “updatedAfter” there was a later version than the "
                "one asked for.",
                "Към момента в „updatedAfter“ вече е имало по-нова версия от "
                "поисканата.",
                extra={"parameter": "updatedAfter"},
            )
        older = self.read(found)
        if older.structure.columns != table.structure.columns:
            raise incomparable("updatedAfter")
        return older


@lru_cache(maxsize=256)
def _structure(document: str) -> Structure:
    return structure_of(json.loads(document))


def incomparable(parameter: str) -> BadParameter:
    """Returns the refusal to compare versions whose columns are not the same."""
    return BadParameter(
        "The table got other columns between these versions, so that their "
        "observations cannot be compared.",
        "Между тези версии таблицата е с различни колони и наблюденията не могат да "
        "бъдат сравнени.",
        extra={"parameter": parameter},
    )


def described(
    request: Request, document: Mapping[str, Any], offer: Offer = JSON
) -> Response:
    """Returns a document about tables."""
    body = json.dumps(document, ensure_ascii=False).encode()
    return caching.respond(request, body, {"Content-Type": offer.content_type})
