"""`/dump/`: everything that is published, as files to take away."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, downloads, openapi
from api.downloads import Download
from api.negotiation import Offer
from api.site import VARY, Site, language_for, offer_for
from registry.dumping import manifest
from registry.dumping.files import MEDIA_TYPES, Written, media_type
from registry.dumping.folder import DumpFolder
from registry.errors import NotFound
from registry.iris import RecordId
from registry.kinds import KINDS
from registry.language import Text
from registry.ports import Dump
from registry.views import void

JSON = Offer("json", "application/json")
HTML = Offer("html", "text/html")
OFFERS = (JSON, HTML)


@dataclass(frozen=True, slots=True)
class Line:
    """One dataset of a dump, as its page shows it.

    Attributes:
        iri: of the table, if it is one.
        name: what it is; `None` for everything together.
        files: in which it is offered.
    """

    iri: str | None
    name: Text | None
    files: Sequence[Written]


@dataclass(frozen=True, slots=True)
class Downloads:
    """The public dump of one registry."""

    site: Site
    folder: DumpFolder

    async def listing(self, request: Request) -> Response:
        """Returns the files of the dump with their sizes and SHA-256.

        `sequence` is the position of the journal that they reflect, and `hash`
        that of its entry there. There is no file before the first dump.
        """
        offer = offer_for(request, OFFERS)
        return await run_in_threadpool(self._listing, request, offer)

    def _listing(self, request: Request, offer: Offer) -> Response:
        current = self.folder.current()
        listed = current and (current[0], manifest.read(current[1]))
        headers = {"Content-Type": offer.content_type, "Vary": VARY}
        if offer is JSON:
            document = _document(*listed) if listed else {"files": []}
            body = json.dumps(document, ensure_ascii=False).encode()
            return caching.respond(request, body, headers)
        language = language_for(request)
        headers["Content-Language"] = language
        body = self.site.pages.render(
            "dump",
            request,
            language,
            dump=listed and listed[0],
            lines=self._lines(listed[1].files) if listed else (),
            manifest=manifest.address(self.site.base, manifest.NAME),
        )
        return caching.respond(request, body, headers)

    def _lines(self, files: Sequence[Written]) -> Sequence[Line]:
        """Returns the datasets: everything, then the registers, then the tables."""
        found: dict[str, list[Written]] = {}
        for written in files:
            found.setdefault(_dataset(written.file.name), []).append(written)
        ordered = sorted(found, key=lambda key: (key != void.WHOLE, key))
        return [self._line(key, found[key]) for key in ordered]

    def _line(self, key: str, files: Sequence[Written]) -> Line:
        group, _, name = key.partition(".")
        if group == "register":
            return Line(None, KINDS[name].label, files)
        if group != "table":
            return Line(None, None, files)
        record = RecordId("table", name)
        version = self.site.registry.journal.current(record)
        title = json.loads(version.content.document)["title"] if version else None
        return Line(self.site.registry.iris.thing(record), title, files)

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


def _dataset(name: str) -> str:
    """Returns the key of the dataset that a file is of."""
    return next(
        name.removesuffix(f".{end}") for end in MEDIA_TYPES if name.endswith(f".{end}")
    )


def _content_type(name: str) -> str:
    kind = media_type(name)
    # RFC 4180, section 3; the registries' texts are UTF-8 throughout.
    return f"{kind}; charset=utf-8; header=present" if kind == "text/csv" else kind


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of the dumps."""
    registry = site.registry
    said = Downloads(site, DumpFolder(registry.settings.data / "dump", registry.dumps))
    get = openapi.getter(app, "dumps")
    get(
        "/dump/",
        said.listing,
        summary="The files of the latest dump",
        parameters=[openapi.LANG],
        responses=openapi.answered(OFFERS, 304, 406),
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
