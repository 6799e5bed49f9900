"""A slice of a table as a page for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import caching
from api.reading import Table, Tables
from api.site import VARY, language_for
from api.slicing import HTML, OFFERS, SHOWN, Fields
from registry.statistics.formats.columns import columns, said
from registry.statistics.labels import Shown
from registry.statistics.selection import Changes, Slice
from registry.statistics.shape import captioned, shaped


def page(
    tables: Tables,
    request: Request,
    asked: Fields,
    table: Table,
    changes: Changes | None,
) -> Response:
    """Returns a page of a slice, of the first view if nothing is asked for."""
    site, structure, language = tables.site, table.structure, language_for(request)
    filters = asked.filters or {
        name: ",".join(codes) for name, codes in structure.default.items()
    }
    controls = {"limit": str(SHOWN), **asked.controls}
    shown = Fields(controls, filters, asked.state)
    wanted = shown.slice(structure, table.known, changes)
    found = tables.cubes.rows(table.parquet, structure, wanted)
    caption = captioned(table.caption, wanted)
    code, unit = caption.unit
    start = f"{site.base}tables/{table.key}/data"
    data = shown.query(format=None, limit=None, after=None)
    body = site.pages.render(
        "table",
        request,
        language,
        key=table.key,
        caption=caption,
        unit=said(unit, language, code),
        choices=_choices(table, wanted, language),
        columns=columns(shaped(structure, wanted), caption, Shown(language)),
        rows=found.rows,
        total=tables.cubes.count(table.parquet, structure, wanted),
        next=found.next
        and start
        + shown.query(
            format=HTML.extension,
            after=found.next,
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
            "selected": () if name in wanted.summed else wanted.filters.get(name, ()),
        }
        for name, known in table.known.items()
        if len(known.occurring) > 1
    ]
