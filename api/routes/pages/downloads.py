"""`/{language}/downloads`: everything that is published, as files to take away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from api.pages.dataset_list import Line as Described
from api.pages.datasets import GROUP_NAMES, Group, group_of
from api.routes.dumps import folder
from api.routes.pages.website import Website
from api.site import Site
from registry.dumping import database, manifest
from registry.dumping.files import MEDIA_TYPES, Written
from registry.dumping.folder import DumpFolder
from registry.language import Text
from registry.ports import Dump
from registry.views.following import Following


@dataclass(frozen=True, slots=True)
class Line:
    """One dataset of a dump.

    Attributes:
        key: of the dataset in the catalogue.
        name: its title, if the catalogue has it yet.
        files: in which it is offered.
    """

    key: str
    name: Text
    files: Sequence[Written]


@dataclass(frozen=True, slots=True)
class DownloadsPage:
    """The page of one registry's dumps."""

    site: Site
    folder: DumpFolder
    lines: Following[Described]

    def page(self, request: Request, language: str) -> Response:
        """Returns the files of the latest dump, and how to take them."""
        web, current = self.site.web, self.folder.current()
        said = web.languages[language]
        return web.respond(
            request,
            "downloads",
            language,
            dump=current and current[0],
            groups=[
                (said.say(GROUP_NAMES[group]), lines)
                for group, lines in self._groups(current)
            ],
            manifest=manifest.address(self.site.base, manifest.NAME),
            database=manifest.address(self.site.base, database.NAME),
        )

    def _groups(
        self, current: tuple[Dump, Path] | None
    ) -> Iterator[tuple[Group, Sequence[Line]]]:
        """Yields what there is by group: everything, the registers, the tables."""
        files = manifest.read(current[1]).files if current else ()
        found: dict[str, list[Written]] = {}
        for written in files:
            found.setdefault(_dataset(written.file.name), []).append(written)
        lines = [Line(key, self._name(key), files) for key, files in found.items()]
        for group in Group:
            of_group = [line for line in lines if group_of(line.key) is group]
            if of_group:
                yield group, sorted(of_group, key=lambda line: line.key)

    def _name(self, key: str) -> Text:
        described = self.lines.values().get(key)
        return described.title if described else {}


def _dataset(name: str) -> str:
    """Returns the key of the dataset that a file is of."""
    return next(
        name.removesuffix(f".{end}") for end in MEDIA_TYPES if name.endswith(f".{end}")
    )


def add_to(website: Website, site: Site, lines: Following[Described]) -> None:
    """Adds the page of downloads."""
    website.add("/downloads", DownloadsPage(site, folder(site), lines).page)
