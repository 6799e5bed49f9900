"""`/{language}/catalogue`: what data there are, to be browsed and searched."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.catalogue import page_number, paging
from api.moments import past
from api.pages.dataset_list import Line
from api.pages.datasets import GROUP_NAMES, Group
from api.pages.scores import RATINGS
from api.routes.lists import TEXT_CAP
from api.routes.pages.dataset import WAYS
from api.routes.pages.website import Website
from api.site import Site
from registry.errors import BadParameter
from registry.language import Text
from registry.namespaces import SCHEMA
from registry.ports import ListQuery
from registry.views.ckan.shelf import words
from registry.views.following import Following
from registry.views.hydra import Paging
from registry.views.indicators import TOTAL
from registry.views.score import Score

SIZE = 25
"""Datasets on a page."""

_MOST = 1000
"""Tables that words may find."""
_NAMES = ("q", "kind", "modified_since")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which datasets are asked for.

    Attributes:
        text: words that they have, as they were typed.
        group: what they are, if that matters.
        since: leaves out what has not changed since that moment.
        page: its number.
        given: what was given for the parameters of these, without the page.
    """

    text: str
    group: Group | None
    since: datetime | None
    page: int
    given: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CatalogueList:
    """The list of the datasets of one registry."""

    site: Site
    lines: Following[Line]

    def page(self, request: Request, language: str) -> Response:
        """Returns a page of the list of datasets, or of those that are asked for."""
        registry, web = self.site.registry, self.site.web
        asked = _asked(request)
        matching = list(self._matching(asked))
        found = [line for line in matching if asked.group in (None, line.group)]
        found.sort(key=lambda line: line.place(language))
        where = paging(asked.page, SIZE, len(found))
        rows = found[(where.number - 1) * SIZE :][:SIZE]
        said = web.languages[language]
        return web.respond(
            request,
            "catalogue",
            language,
            asked=asked,
            rows=rows,
            scores=self._scores(rows),
            ratings={key: said.say(name) for key, name in RATINGS.items()},
            total=TOTAL,
            group_names={key: said.say(name) for key, name in GROUP_NAMES.items()},
            groups=list(self._groups(asked, language)),
            counts={g: sum(1 for line in matching if line.group is g) for g in Group},
            where=where,
            pages=self._pages(asked, where, language),
            ways=[way.at(registry.iris.catalogue) for way in WAYS],
            text_cap=TEXT_CAP,
            structured=self._structured(),
        )

    def _matching(self, asked: Asked) -> Iterator[Line]:
        """Yields datasets that changed since and have the words, of any group.

        Tables are also found by what the search knows of Bulgarian.
        """
        wanted, tables = words(asked.text), self._tables(asked.text)
        for line in self.lines.values().values():
            if asked.since and line.at < asked.since:
                continue
            told = bool(wanted) and line.found_by(wanted)
            if told or not asked.text or line.key in tables:
                yield line

    def _tables(self, text: str) -> frozenset[str]:
        if not text:
            return frozenset()
        query = ListQuery(kind="table", text=text, limit=_MOST)
        found = self.site.registry.lists.search(query).items
        return frozenset(f"{Group.TABLE}.{listed.record.key}" for listed in found)

    def _scores(self, rows: Sequence[Line]) -> Mapping[str, Score]:
        """Returns the scores of the rows that have one, by the keys of datasets."""
        registry = self.site.registry
        read = (registry.catalogue.dataset(row.key) for row in rows)
        described = [one for one in read if one is not None and not one.deleted]
        start = registry.iris.dataset("")
        return {
            score.dataset.removeprefix(start): score
            for score in registry.scorer.scores(described)
        }

    def _groups(self, asked: Asked, language: str) -> Iterator[tuple[Group, str, str]]:
        """Yields the groups, what they are called, and the same question about each."""
        web = self.site.web
        address, said = web.addresses(language).page, web.languages[language]
        for group, name in GROUP_NAMES.items():
            given = {**asked.given, "kind": group.value}
            yield group, said.say(name), address("catalogue", **given)

    def _pages(self, asked: Asked, where: Paging, language: str) -> Mapping[str, str]:
        address = self.site.web.addresses(language).page
        return {
            name: address("catalogue", **asked.given, page=number)
            for name, number in where.neighbours
            if name in ("previous", "next")
        }

    def _structured(self) -> Mapping[str, Any]:
        iris, definition = self.site.registry.iris, self.site.registry.definition
        return {
            "@context": SCHEMA,
            "@id": iris.catalogue,
            "@type": "DataCatalog",
            "name": _texts(definition.title.text),
            "description": _texts(definition.description.text),
            "publisher": {
                "@id": definition.publisher_iri(iris),
                "@type": "Organization",
                "name": _texts(definition.publisher.name.text),
            },
        }


def _texts(text: Text) -> Sequence[Mapping[str, str]]:
    return [{"@language": tag, "@value": said} for tag, said in text.items()]


def _asked(request: Request) -> Asked:
    """Reads the parameters; what means nothing here is passed over.

    Raises:
        BadParameter: one of them cannot be understood.
    """
    query = request.query_params
    given = {name: query[name].strip() for name in _NAMES if name in query}
    text, since = given.get("q", ""), given.get("modified_since")
    if len(text) > TEXT_CAP:
        raise BadParameter(
            f"The parameter “q” can have {TEXT_CAP} characters.",
            f"Параметърът „q“ може да има най-много {TEXT_CAP} знака.",
            extra={"parameter": "q", "limit": TEXT_CAP},
        )
    return Asked(
        text=text,
        group=_group(given.get("kind", "")),
        since=past(since, "modified_since", datetime.now(UTC)) if since else None,
        page=page_number(query.get("page", "1")),
        given={name: value for name, value in given.items() if value},
    )


def _group(value: str) -> Group | None:
    if value and value not in set(Group):
        raise BadParameter(
            f"The parameter “kind” can be: {', '.join(Group)}.",
            f"Параметърът „kind“ може да бъде: {', '.join(Group)}.",
            extra={"parameter": "kind", "allowed": list(Group)},
        )
    return Group(value) if value else None


def add_to(website: Website, site: Site, lines: Following[Line]) -> None:
    """Adds the list of datasets."""
    website.add("/catalogue", CatalogueList(site, lines).page)
