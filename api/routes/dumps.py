"""`/dump/`: everything that is published, as files to take away."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, downloads, openapi
from api.downloads import Download
from api.negotiation import Offer
from api.site import VARY, Site, offer_for
from registry.dumping import manifest
from registry.dumping.files import MEDIA_TYPES, media_type
from registry.dumping.folder import DumpFolder
from registry.errors import NotFound
from registry.ports import Dump

JSON = Offer("json", "application/json")
HTML = Offer("html", "text/html")
OFFERS = (JSON, HTML)


@dataclass(frozen=True, slots=True)
class Downloads:
    """The public dump of one registry."""

    site: Site
    folder: DumpFolder

    async def listing(self, request: Request) -> Response:
        """Returns the files of the dump with their sizes and SHA-256.

        `sequence` is the position of the journal that they reflect, and `hash`
        that of its entry there. There is no file before the first dump. People are
        sent to the page of downloads.
        """
        if offer_for(request, OFFERS) is HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(self._listing, request)

    def _listing(self, request: Request) -> Response:
        current = self.folder.current()
        headers = {"Content-Type": JSON.content_type, "Vary": VARY}
        document: Mapping[str, Any] = {"files": []}
        if current:
            document = _document(current[0], manifest.read(current[1]))
        body = json.dumps(document, ensure_ascii=False).encode()
        return caching.respond(request, body, headers)

    async def file(self, request: Request) -> Response:
        """Returns a file of the dump, or a part of it.

        Downloads can be resumed: send `Range` with the `ETag` in `If-Range`. When
        there is a newer dump by then, the whole new file comes.
        """
        return await run_in_threadpool(self._file, request)

    def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        current = self.folder.current()
        if current is not None and name == manifest.NAME:
            body = (current[1] / name).read_bytes()
            return caching.respond(request, body, {"Content-Type": JSON.content_type})
        for file in current[0].files if current else ():
            if current and file.name == name:
                return downloads.send(
                    request,
                    Download(
                        path=current[1] / name,
                        size=file.size,
                        tag=f'"{file.digest}"',
                        content_type=_content_type(name),
                        digest=file.digest,
                        links=f"<{manifest.address(self.site.base, manifest.NAME)}>; "
                        'rel="describedby"; type="application/json"',
                    ),
                )
        raise NotFound(
            f"There is no file {name} in the current dump.",
            f"Сред файловете за изтегляне няма {name}.",
        )


def _document(dump: Dump, listed: manifest.Manifest) -> dict[str, Any]:
    return {
        "number": dump.number,
        "published": dump.at.isoformat(),
        **listed.document(),
    }


def folder(site: Site) -> DumpFolder:
    """Returns where the files of dumps are."""
    registry = site.registry
    return DumpFolder(registry.settings.data / "dump", registry.dumps)


def _content_type(name: str) -> str:
    kind = media_type(name)
    # RFC 4180, section 3; the registries' texts are UTF-8 throughout.
    return f"{kind}; charset=utf-8; header=present" if kind == "text/csv" else kind


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of the dumps."""
    said = Downloads(site, folder(site))
    get = openapi.getter(app, "dumps")
    get(
        "/dump/",
        said.listing,
        summary="The files of the latest dump",
        parameters=[openapi.LANG],
        responses=openapi.answered(OFFERS, 304, 406) | openapi.redirected(),
    )
    offers = [Offer(end, kind) for end, kind in MEDIA_TYPES.items()]
    get(
        "/dump/{name}",
        said.file,
        summary="A file of the latest dump",
        parameters=[
            openapi.text("name", "path", "As the listing has it."),
            openapi.text("Range", "header", "One range of bytes."),
            openapi.text("If-Range", "header", "The `ETag` of what is resumed."),
        ],
        responses=openapi.answered((*offers, JSON), 206, 304, 404, 416),
    )
