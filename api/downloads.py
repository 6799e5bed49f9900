"""Files that never change, sent whole or from where a download broke off.

**Source:** RFC 9110, sections 13.1.5 (`If-Range`) and 14 (ranges); RFC 9530
(`Repr-Digest`).
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from api.caching import REVALIDATED, http_date, is_known, not_modified
from api.headers import asked_for_head
from api.problems import RangeNotSatisfiable

_RANGE = re.compile(r"bytes=[ \t]*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))[ \t]*\Z", re.I)


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be sent.

    Attributes:
        path: where it is; what stands there never changes.
        size: its bytes.
        tag: its strong `ETag`.
        content_type: what it is.
        digest: its SHA-256, if it is to be told.
        links: value of `Link`, if there is any.
    """

    path: Path
    size: int
    tag: str
    content_type: str
    digest: str | None = None
    links: str | None = None


def send(request: Request, download: Download) -> Response:
    """Returns the file, the part of it that was asked for, or 304.

    One range at a time is served. Several of them, one that is not well-formed,
    and one of a file that has changed since are ignored, as they may be: the
    reader gets the whole.

    Raises:
        RangeNotSatisfiable: the range starts behind the end.
    """
    headers = _headers(download)
    if is_known(request.headers.get("if-none-match"), download.tag):
        return not_modified(headers)
    if asked_for_head(request):
        return Response(headers={**headers, "Content-Length": str(download.size)})
    if not _has_range(request, download):
        request.scope["headers"] = [
            (name, value)
            for name, value in request.scope["headers"]
            if name not in (b"range", b"if-range")
        ]
    return FileResponse(download.path, headers=headers)


def _headers(download: Download) -> dict[str, str]:
    headers = {
        "Content-Type": download.content_type,
        "ETag": download.tag,
        "Cache-Control": REVALIDATED,
        "Last-Modified": http_date(_modified(download.path)),
        "Accept-Ranges": "bytes",
    }
    if download.digest:
        value = b64encode(bytes.fromhex(download.digest)).decode()
        headers["Repr-Digest"] = f"sha-256=:{value}:"
        headers["Content-Disposition"] = f'attachment; filename="{download.path.name}"'
    if download.links:
        headers["Link"] = download.links
    return headers


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _has_range(request: Request, download: Download) -> bool:
    """Says whether a part of the file is to be sent."""
    found = _RANGE.match(request.headers.get("range", ""))
    condition = request.headers.get("if-range", download.tag)
    if not found or condition != download.tag:
        return False
    first, last, suffix = found.groups()
    if last and int(last) < int(first):
        return False
    if (int(first) >= download.size) if first else not (int(suffix) and download.size):
        raise RangeNotSatisfiable(
            {
                "en": f"The file has {download.size} bytes.",
                "bg": f"Файлът е с големина {download.size} байта.",
            },
            headers={"Content-Range": f"bytes */{download.size}"},
        )
    return True
