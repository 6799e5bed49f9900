"""`/{language}/table/{key}/editions`: the versions of a table, and what changed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from api.pages.cells import number
from api.pages.code_names import CodeNames
from api.reading import Table, Tables
from api.routes.pages.website import Website
from api.site import Site
from registry import retrieval
from registry.iris import RecordId, record_id
from registry.language import Text
from registry.ports import TableRow
from registry.record import Version
from registry.statistics.description import KIND
from registry.statistics.labels import Names
from registry.statistics.slices import Cubes, Difference

SHOWN = 200
"""Differences on a page; all of them are counted, and can be read as data."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One figure that two editions do not share.

    Attributes:
        kind: `added`, `removed` or `changed`.
        about: names of its codes.
        key: of the observation.
        before: value and flag; empty if there was none.
        after: value and flag; empty if there is none.
    """

    kind: str
    about: str
    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What an edition changed of the one before it.

    Attributes:
        counts: figures by kind of change; `None` if the columns are not the same.
        changes: the first of them.
    """

    counts: Mapping[str, int] | None
    changes: Sequence[Changed]


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of a table.

    Attributes:
        number: of the version.
        day: when it was published.
        note: what was said of it.
        comparison: with the one before; `None` for the first.
    """

    number: int
    day: date
    note: Text
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class Editions:
    """The pages of the editions of one registry's tables."""

    site: Site
    tables: Tables

    def page(self, request: Request, language: str) -> Response:
        """Returns every edition of a table, the latest first."""
        record = record_id(KIND, request.path_params["key"])
        journal = self.site.registry.journal
        current = self.tables.read(retrieval.find(journal, record))
        editions = self._editions(record, current, language)
        return self.site.web.respond(
            request,
            "editions",
            language,
            key=record.key,
            caption=current.caption,
            editions=editions,
            most=SHOWN,
        )

    def _editions(
        self, record: RecordId, current: Table, language: str
    ) -> Sequence[Edition]:
        journal = self.site.registry.journal
        numbers = range(1, current.version.head.version + 1)
        found = (journal.version(record, number) for number in numbers)
        made, before = list[Edition](), None
        for version in filter(None, found):
            table = self.tables.read(version)
            comparison = self._compared(before, table, language) if before else None
            made.insert(0, _edition(version, comparison))
            before = table
        return made

    def _compared(self, old: Table, new: Table, language: str) -> Comparison:
        if old.structure.columns != new.structure.columns:
            return Comparison(None, [])
        counts: Counter[str] = Counter()
        changes: list[Changed] = []
        names = CodeNames(new.structure, new.caption, self.site.web.languages[language])
        cubes = self.tables.cubes
        for one in cubes.differences(old.parquet, new.parquet, new.structure):
            counts[one.kind] += 1
            if len(changes) < SHOWN:
                changes.append(_changed(one, names))
        return Comparison(counts, changes)


def _edition(version: Version, comparison: Comparison | None) -> Edition:
    head = version.head
    return Edition(head.version, head.modified.date(), head.provenance.note, comparison)


def _changed(one: Difference, names: CodeNames) -> Changed:
    dimensions = names.structure.dimensions
    codes = {d.id: code for d, code in zip(dimensions, one.codes, strict=True)}
    return Changed(
        kind=one.kind,
        about=names.joined(codes),
        key=names.structure.observation_key(one.codes),
        before=_said(one.old, names),
        after=_said(one.new, names),
    )


def _said(row: TableRow | None, names: CodeNames) -> str:
    if row is None:
        return ""
    value, *flags = row
    shown = "–" if value is None else number(value, names.language)
    return " ".join([shown, *(flag for flag in flags if flag)])


def add_to(website: Website, site: Site, cubes: Cubes, names: Names) -> None:
    """Adds the pages of editions."""
    pages = Editions(site, Tables(site, cubes, names))
    website.add("/table/{key}/editions", pages.page)
