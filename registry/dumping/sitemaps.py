"""`sitemap.xml` and the files that it lists, which travel with each dump.

They are no part of the data and so of no manifest. They are made with the dump
because they have to see every record, which a request should not.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from registry.iris import Iris
from registry.record import Version
from registry.views import sitemap
from registry.views.sitemap import UrlSet

INDEX = "sitemap.xml"
"""The name of the file that lists the others."""

_PAGES = (
    *("", "find", "statistics", "publications", "practices"),
    *("catalogue", "catalogue/scores", "downloads", "feeds", "sparql", "api"),
    *("vocabulary", "vocabulary/shapes", "limits"),
    *("about", "project", "contacts", "accessibility", "privacy"),
)


class Sitemaps:
    """The files in the making, `sitemap-{kind}-{number}.xml`.

    Args:
        folder: where they are written.
        iris: the registry's own.
        cap: addresses that one file may have.
    """

    def __init__(self, folder: Path, iris: Iris, cap: int = sitemap.CAP) -> None:
        self._cap = cap
        self._folder = folder
        self._iris = iris
        self._kind = ""
        self._number = 0
        self._open: tuple[UrlSet, BinaryIO] | None = None
        self._listed: list[tuple[str, datetime | None]] = []
        self._begin("sitemap-pages.xml")
        for page in _PAGES:
            self._add(page, None)
        self._end()

    def add(self, version: Version) -> None:
        """Adds the page of a record, if it is public."""
        if not version.head.status.public:
            return
        record = version.head.record
        if record.kind != self._kind:
            self._end()
            self._kind, self._number = record.kind, 0
        if self._open and self._open[0].full:
            self._end()
        if not self._open:
            self._number += 1
            self._begin(f"sitemap-{self._kind}-{self._number}.xml")
        self._add(f"{record.kind}/{quote(record.key)}", version.head.modified)

    def finish(self) -> Iterable[tuple[Path, int]]:
        """Completes the files; none of them is data."""
        self._end()
        with _written(self._folder / INDEX) as file:
            sitemap.index(file, self._listed)
        return ()

    def close(self) -> None:
        """Closes the files, complete or not."""
        if self._open:
            self._open[1].close()

    def _begin(self, name: str) -> None:
        file = _written(self._folder / name)
        self._open = UrlSet(file, self._iris.base, self._cap), file
        self._listed.append((f"{self._iris.base}{name}", None))

    def _add(self, path: str, modified: datetime | None) -> None:
        assert self._open is not None  # noqa: S101 - every caller has begun one
        self._open[0].add(path, modified)

    def _end(self) -> None:
        if self._open:
            pages, file = self._open
            pages.finish()
            file.close()
            self._listed[-1] = (self._listed[-1][0], pages.modified)
            self._open = None


def _written(path: Path) -> BinaryIO:
    return path.open("wb")
