"""`/{language}/statistics`: every table, by what it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.pages import figures, periods
from api.pages.figures import Figure
from api.pages.table_list import TableList, TableSummary
from api.pages.topics import TOPICS
from api.pages.translations import Language
from api.routes.lists import TEXT_CAP
from api.routes.pages.website import Website
from api.site import Site
from registry.ports import ListQuery
from registry.statistics.description import KIND

FOUND = 500
"""Tables that a search finds, at most."""


@dataclass(frozen=True, slots=True)
class Group:
    """The tables on one topic.

    Attributes:
        name: of the topic, in the language of the page.
        tables: each with the first and the last of its periods, in words.
    """

    id: str
    name: str
    tables: Sequence[tuple[TableSummary, str]]


@dataclass(frozen=True, slots=True)
class Statistics:
    """The page of statistics of one registry."""

    site: Site
    tables: TableList

    def page(self, request: Request, language: str) -> Response:
        """Returns the list of tables: all of them, or those that have the words."""
        text = request.query_params.get("q", "").strip()[:TEXT_CAP]
        said = self.site.web.languages[language]
        tables = self.tables.all()
        found = self._found(text, tables) if text else tables
        return self.site.web.respond(
            request,
            "statistics",
            language,
            q=text,
            total=len(tables),
            count=len(found),
            groups=_groups(found, said),
            headlines=[] if text else self._headlines(said),
        )

    def _headlines(self, language: Language) -> Sequence[tuple[str, Figure]]:
        return self.tables.once(
            ("headlines", language.tag),
            lambda: figures.headlines(self.tables.tables, language),
        )

    def _found(
        self, text: str, tables: Mapping[str, TableSummary]
    ) -> Mapping[str, TableSummary]:
        query = ListQuery(kind=KIND, text=text, limit=FOUND)
        items = self.site.registry.lists.search(query).items
        keys = (listed.record.key for listed in items)
        return {key: tables[key] for key in keys if key in tables}


def _groups(tables: Mapping[str, TableSummary], language: Language) -> Sequence[Group]:
    groups = [
        Group(
            topic,
            language.say(name),
            [
                (table, _extent(table, language))
                for table in tables.values()
                if table.topic == topic
            ],
        )
        for topic, name in TOPICS.items()
    ]
    return [group for group in groups if group.tables]


def _extent(table: TableSummary, language: Language) -> str:
    if table.first is None or table.last is None:
        return ""
    ends = dict.fromkeys([table.first, table.last])
    return " – ".join(periods.named(period, language.locale) for period in ends)


def add_to(website: Website, site: Site, tables: TableList) -> None:
    """Adds the page."""
    website.add("/statistics", Statistics(site, tables).page)
