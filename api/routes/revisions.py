"""`/tables/{key}/revisions`: the versions of a table, and what they do not share."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import openapi
from api.reading import Table, Tables, described, incomparable
from api.site import Site
from api.slicing import JSON
from registry import retrieval
from registry.errors import BadParameter
from registry.iris import record_id
from registry.ports import TableRow
from registry.record import Version
from registry.statistics.description import KIND
from registry.statistics.labels import Names
from registry.statistics.slices import Cubes, Difference

DIFFERENCES = 1_000
"""Differences that are listed; all of them are counted."""


@dataclass(frozen=True, slots=True)
class Revisions:
    """The versions of one registry's tables."""

    site: Site
    tables: Tables

    async def revisions(self, request: Request) -> Response:
        """Returns the versions of a table or, with `from`, what changed since one.

        Observations that were added, removed or changed between the versions
        `from` and `to`; without `to`, up to the current one.
        """
        return await run_in_threadpool(self._revisions, request)

    def _revisions(self, request: Request) -> Response:
        journal = self.site.registry.journal
        record = record_id(KIND, request.path_params["key"])
        current = retrieval.find(journal, record)
        first = request.query_params.get("from")
        if first is None:
            return described(request, {"versions": self._versions(current)})
        last = request.query_params.get("to", str(current.head.version))
        old, new = (
            self.tables.read(retrieval.find(journal, record, version=number))
            for number in (_number("from", first), _number("to", last))
        )
        if old.structure.columns != new.structure.columns:
            raise incomparable("from")
        found = self.tables.cubes.differences(old.parquet, new.parquet, new.structure)
        counts: Counter[str] = Counter()
        listed: list[Mapping[str, Any]] = []
        for difference in found:
            counts[difference.kind] += 1
            if len(listed) < DIFFERENCES:
                listed.append(_difference(difference, new))
        return described(
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


def _number(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < len(value) < 9):
        raise BadParameter(
            f"The parameter “{name}” is the number of a version, from 1 on.",
            f"Параметърът „{name}“ е номер на версия, от 1 нагоре.",
            extra={"parameter": name},
        )
    return int(value)


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


def add_to(app: FastAPI, site: Site, cubes: Cubes, names: Names) -> None:
    """Adds the route of revisions."""
    revisions = Revisions(site, Tables(site, cubes, names))
    get = openapi.getter(app, "tables")
    get(
        "/tables/{key}/revisions",
        revisions.revisions,
        summary="The versions of a table and what they do not share",
        parameters=[
            openapi.KEY,
            openapi.text("from", "query", "The earlier version, by its number."),
            openapi.text("to", "query", "The later one; without it, the current."),
        ],
        responses=openapi.answered((JSON,), 304, 400, 404, 410, 503),
    )
