"""`/robots.txt` and `/sitemap.xml`: where search engines begin.

**Source:** RFC 9309 (robots exclusion); the Sitemaps XML format, version 0.9.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, downloads, openapi
from api.downloads import Download
from api.negotiation import Offer
from api.site import Site
from registry.dumping import sitemaps
from registry.dumping.folder import DumpFolder
from registry.errors import NotFound

TEXT = Offer("txt", "text/plain")
XML = Offer("xml", "application/xml")

_NAME = re.compile(r"[a-z0-9-]+\Z")


@dataclass(frozen=True, slots=True)
class Crawling:
    """What the crawlers of one registry read."""

    site: Site
    folder: DumpFolder

    async def robots(self, request: Request) -> Response:
        """Tells crawlers where the pages are, and what to leave alone.

        Queries and slices cost much and lead nowhere that links do not lead.
        """
        base = self.site.base
        path = urlsplit(base).path
        text = (
            "User-agent: *\n"
            f"Disallow: {path}sparql\n"
            f"Disallow: {path}tables/*?\n"
            f"Disallow: {path}*/sparql?\n"
            f"Disallow: {path}*/table/*?\n"
            f"Allow: {path}\n"
            f"Sitemap: {base}{sitemaps.INDEX}\n"
        )
        headers = {"Content-Type": TEXT.content_type}
        return caching.respond(request, text.encode(), headers)

    async def index(self, request: Request) -> Response:
        """Returns the list of sitemaps, which are made with each dump."""
        return await run_in_threadpool(self._file, request, sitemaps.INDEX)

    async def pages(self, request: Request) -> Response:
        """Returns the addresses of some of the pages, in both languages."""
        name = request.path_params["name"]
        known = f"sitemap-{name}.xml" if _NAME.match(name) else ""
        return await run_in_threadpool(self._file, request, known)

    def _file(self, request: Request, name: str) -> Response:
        current = self.folder.current()
        if current is None or not (name and (current[1] / name).is_file()):
            raise NotFound("There is no such sitemap.", "Няма такава карта на сайта.")
        path = current[1] / name
        return downloads.send(
            request,
            Download(
                path=path,
                size=path.stat().st_size,
                tag=f'"{current[1].name}-{path.stem}"',
                content_type=XML.content_type,
            ),
        )


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes for crawlers."""
    registry = site.registry
    folder = DumpFolder(registry.settings.data / "dump", registry.dumps)
    said = Crawling(site, folder)
    get = openapi.getter(app, "descriptions")
    get(
        "/robots.txt",
        said.robots,
        summary="What crawlers may do",
        responses=openapi.answered((TEXT,), 304),
    )
    get(
        f"/{sitemaps.INDEX}",
        said.index,
        summary="The list of sitemaps",
        responses=openapi.answered((XML,), 206, 304, 404, 416),
    )
    get(
        "/sitemap-{name}.xml",
        said.pages,
        summary="The addresses of pages",
        parameters=[openapi.text("name", "path", "As the list has it.")],
        responses=openapi.answered((XML,), 206, 304, 404, 416),
    )
