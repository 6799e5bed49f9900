"""`/{language}/table/{key}`: a table as a picture, as rows, and as files to keep.

All of the slice is in the address, in the words of `/tables/{key}/data`, so that a
page can be kept, sent on, and read as data. A form says `time_period.from` and
`time_period.to`, and is sent on to the address that has them as one range.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.caching import REVALIDATED
from api.pages.cells import rows
from api.pages.choices import choices
from api.pages.code_names import CodeNames
from api.pages.facts import Labels
from api.pages.plots import CELLS, Plot, plot
from api.pages.slice_files import files
from api.reading import Table, Tables
from api.routes.pages.website import Website
from api.site import Site
from api.slicing import CONTROLS, SHOWN, Fields, fields
from registry.ports import TableRow
from registry.statistics.description import data_of
from registry.statistics.labels import Names
from registry.statistics.selection import RANGE, Changes, Slice
from registry.statistics.shape import captioned, shaped
from registry.statistics.slices import Cubes, cut
from registry.statistics.structure import Role
from registry.views import cube_query

QUERY_CAP = 6_000
"""Characters of a query that still fit into an address."""

_KEPT = ("totals", "sort", "version", "asOf", "updatedAfter")
"""What a change of the selection leaves as it is."""

_ENDS = (".from", ".to")


@dataclass(frozen=True, slots=True)
class View:
    """A slice on its way into a page.

    Attributes:
        asked: the slice, with the first view in place of nothing.
        given: whether the reader asked for it themselves.
    """

    table: Table
    asked: Fields
    wanted: Slice
    names: CodeNames
    given: bool


@dataclass(frozen=True, slots=True)
class TablePages:
    """The pages of one registry's tables."""

    site: Site
    tables: Tables

    def page(self, request: Request, language: str) -> Response:
        """Returns the page of a table, of the slice that is asked for."""
        tidy = tidied(request.query_params.multi_items())
        if tidy is not None:
            key = request.path_params["key"]
            address = self.site.web.addresses(language).page(f"table/{key}")
            return RedirectResponse(
                f"{address}{tidy}", 303, headers={"Cache-Control": REVALIDATED}
            )
        view = self._view(request, language)
        return self.site.web.respond(
            request, "table", language, **self._values(request, view)
        )

    def _view(self, request: Request, language: str) -> View:
        asked = fields(request)
        table = self.tables.asked(request, asked.state)
        filters = asked.filters or {
            name: ",".join(codes) for name, codes in table.structure.default.items()
        }
        controls = {"limit": str(SHOWN), **asked.controls}
        shown = Fields(controls, filters, asked.state)
        wanted = shown.slice(table.structure, table.known, self._changes(table, asked))
        names = CodeNames(
            shaped(table.structure, wanted),
            captioned(table.caption, wanted),
            self.site.web.languages[language],
        )
        return View(table, shown, wanted, names, bool(asked.filters))

    def _changes(self, table: Table, asked: Fields) -> Changes | None:
        if asked.since is None:
            return None
        older = self.tables.older(table, asked.since)
        return Changes(older.parquet if older else None)

    def _values(self, request: Request, view: View) -> Mapping[str, Any]:
        table, wanted, cubes = view.table, view.wanted, self.tables.cubes
        whole = self._whole(view)
        if whole is None:
            count = cubes.count(table.parquet, table.structure, wanted)
        else:
            count = len(whole)
        if whole is None or wanted.after or wanted.sort:
            found = cubes.rows(table.parquet, table.structure, wanted)
        else:
            found = cut(whole, view.names.structure, wanted)
        occurring = {name: list(known.occurring) for name, known in table.known.items()}
        shown = rows(found.rows, table.structure, wanted, occurring, view.names)
        asked = Fields(
            {k: v for k, v in view.asked.controls.items() if k in _KEPT},
            view.asked.filters,
            view.asked.state,
        )
        address = f"{self.site.base}tables/{table.key}/data"
        head = table.version.head
        now = self.site.registry.journal.head(head.record)
        picture = self._plot(view, whole)
        return {
            "key": table.key,
            "head": head,
            "outdated": bool(now and now.version > head.version),
            "caption": table.caption,
            "unit": table.caption.unit,
            "value": view.names.column("obs_value"),
            "view": shown,
            "count": count,
            "empty_filters": self._empty(view, occurring) if not count else [],
            "choices": choices(
                table.structure, self._counts(table), wanted, view.names
            ),
            "kept": {k: v for k, v in asked.controls.items() if k != "sort"},
            "sort": view.asked.controls.get("sort", ""),
            "query": asked.query,
            "everything": urlencode({_time(table): RANGE}),
            "limit": wanted.limit,
            "start": "after" in view.asked.controls,
            "next": found.next,
            "plot": picture,
            "picture": picture.drawn(view.names.language) if picture else None,
            "drawable": count <= CELLS,
            "interactive": request.query_params.get("chart") == "interactive",
            "explored": _explored(picture) if picture else "",
            "files": files(
                address,
                asked,
                count,
                self.site.registry.settings.tables,
                view.names.language,
            ),
            "address": address + asked.query(),
            "permanent": self.site.registry.iris.version(head.record, head.version),
            "slice_address": address
            + asked.query(version=head.version, asOf=None, updatedAfter=None),
            "sparql": self._sparql(view),
            "about": self._about(view),
            "given": view.given,
        }

    def _counts(self, table: Table) -> Mapping[str, Mapping[str, int]]:
        return {
            name: self.tables.cubes.dimension_values(
                table.parquet, table.structure, name
            )
            for name in table.known
        }

    def _whole(self, view: View) -> Sequence[TableRow] | None:
        """Returns all rows of the slice in the order of their codes, if few enough."""
        if view.wanted.changes is not None:
            return None
        table = view.table
        whole = replace(view.wanted, sort=(), after=None, limit=CELLS)
        found = self.tables.cubes.rows(table.parquet, table.structure, whole)
        return None if found.next else found.rows

    def _plot(self, view: View, whole: Sequence[TableRow] | None) -> Plot | None:
        if not whole:
            return None
        title = view.names.said(view.table.caption.title, view.table.key).text
        return plot(whole, view.names, title)

    def _empty(
        self, view: View, occurring: Mapping[str, Sequence[str]]
    ) -> Sequence[tuple[str, str]]:
        """Returns what no figure is left of: a dimension, and what was asked of it."""
        return [
            (view.names.column(name).text, view.asked.filters.get(name, ""))
            for name, codes in view.wanted.filters.items()
            if set(codes).isdisjoint(occurring[name])
        ]

    def _sparql(self, view: View) -> str | None:
        if view.wanted.changes is not None:
            return None
        structure = view.table.structure
        narrowed = {
            name: [code for code in view.table.known[name].occurring if code in codes]
            for name, codes in view.wanted.filters.items()
            if not set(view.table.known[name].occurring) <= set(codes)
        }
        text = cube_query.query(
            structure,
            narrowed,
            self.site.registry.iris,
            language=view.names.language.tag,
        )
        return text if len(text) <= QUERY_CAP else None

    def _about(self, view: View) -> Mapping[str, Any]:
        registry, table = self.site.registry, view.table
        document = json.loads(table.version.content.document)
        extent = data_of(document)
        labels = Labels(registry.journal, registry.iris, view.names.language.tag)
        derivation = document.get("derivation", {})
        said = view.names.period
        return {
            "first": said(extent.first) if extent.first else None,
            "last": said(extent.last) if extent.last else None,
            "observations": extent.observations,
            "frequency": labels.name(document.get("frequency", "")),
            "pages": document.get("page", []),
            "notation": document.get("notation"),
            "licence": document["data"].get("license"),
            "derivation": derivation.get("description"),
            "derived_from": [
                (iri, labels.name(iri)) for iri in document.get("derivedFrom", [])
            ],
        }


def tidied(pairs: Sequence[tuple[str, str]]) -> str | None:
    """Returns the query that a form means; `None` if it stands there already.

    The ends of a range become one range, codes of a dimension that are given one by
    one a list, and what is left empty is left out.

    Args:
        pairs: names and values of the query, as they were sent.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        end = next((e for e in _ENDS if name.endswith(e)), None)
        if end:
            dimension = name.removesuffix(end)
            first, _, last = found.get(dimension, RANGE).partition(RANGE)
            ends = (value, last) if end == _ENDS[0] else (first, value)
            found[dimension] = RANGE.join(ends)
        elif not value.strip():
            continue
        elif name in found and name not in CONTROLS:
            found[name] += f",{value}"
        else:
            found[name] = value
    if not any(name.endswith(_ENDS) for name, _ in pairs):
        return None
    return f"?{urlencode(found, safe=',:')}"


def _time(table: Table) -> str:
    """Returns the dimension of periods."""
    return next(d.id for d in table.structure.dimensions if d.role is Role.TIME)


def _explored(picture: Plot) -> str:
    """Returns what a script draws the picture from."""
    lines = [{"name": one.name, "values": list(one.values)} for one in picture.series]
    drawn = {
        "labels": list(picture.labels),
        "said": list(picture.said),
        "series": lines,
    }
    return json.dumps(drawn, ensure_ascii=False)


def add_to(website: Website, site: Site, cubes: Cubes, names: Names) -> None:
    """Adds the pages of tables."""
    pages = TablePages(site, Tables(site, cubes, names))
    website.add("/table/{key}", pages.page)
