"""`/{language}/publications` and `/{language}/practices`: what there is to read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.pages.addresses import web_address
from api.pages.cards import Card, Cards
from api.pages.facts import Labels, name_of
from api.pages.translations import msgid
from api.routes.pages.website import Website
from api.site import Site
from registry.iris import RecordId
from registry.language import Chosen, choose
from registry.ports import ListQuery

MOST = 500
"""Publications on the page; there are some tens."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    msgid("Handbooks and guides"): ("handbook", "guide", "web-guide"),
    msgid("Studies and policy papers"): ("study", "policy-paper", "event-report"),
    msgid("Brochures and leaflets"): ("brochure", "leaflet", "newsletter", "map"),
    msgid("For learning and teaching"): (
        *("textbook", "curriculum", "e-learning-content", "book"),
    ),
    msgid("Newspaper posts"): ("newspaper-post",),
    msgid("Useful links"): ("web-platform", "project-site", "database"),
}
"""Headings of the page, and codes of `publication-kind` that belong under each."""

OTHERS = msgid("Other publications")
_NO_YEAR = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication as its list shows it.

    Attributes:
        publisher: who published it, and the record of them, if it has one.
        year: as the record has it; empty if it is not known.
        rights: per language; empty if nothing is known.
        links: where it can be read.
    """

    card: Card
    publisher: tuple[RecordId | None, Chosen] | None
    year: str
    rights: Mapping[str, str]
    links: Sequence[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Publications under one heading, the newest first."""

    heading: str
    publications: Sequence[Publication]


@dataclass(frozen=True, slots=True)
class Reading:
    """The pages of publications and of good practices of one registry."""

    site: Site

    def publications(self, request: Request, language: str) -> Response:
        """Returns all publications, by what they are."""
        labels = self._labels(language)
        found = [
            _publication(card, labels) for card in self._cards("publication", labels)
        ]
        return self.site.web.respond(
            request,
            "publications",
            language,
            groups=list(self._grouped(found, language)),
            total=len(found),
        )

    def practices(self, request: Request, language: str) -> Response:
        """Returns all good practices, or what belongs there while there is none."""
        cards = list(self._cards("practice", self._labels(language)))
        return self.site.web.respond(request, "practices", language, cards=cards)

    def _labels(self, language: str) -> Labels:
        registry = self.site.registry
        return Labels(registry.journal, registry.iris, language)

    def _cards(self, kind: str, labels: Labels) -> Iterator[Card]:
        query = ListQuery(kind=kind, by_name=labels.language, limit=MOST)
        items = self.site.registry.lists.search(query).items
        return Cards(labels, self.site.places).of(item.record for item in items)

    def _grouped(self, found: Sequence[Publication], language: str) -> Iterator[Group]:
        said, left = self.site.web.languages[language], list(found)
        for heading, codes in GROUPS.items():
            group = [one for one in left if _kinds(one.card).intersection(codes)]
            left = [one for one in left if one not in group]
            if group:
                yield Group(said.say(heading), _newest_first(group))
        if left:
            yield Group(said.say(OTHERS), _newest_first(left))


def _kinds(card: Card) -> set[str]:
    genre = card.document.get("genre", [])
    codes = genre if isinstance(genre, list) else [genre]
    return {str(code).rpartition("#")[2] for code in codes}


def _newest_first(group: Sequence[Publication]) -> Sequence[Publication]:
    return sorted(group, key=lambda one: one.year or _NO_YEAR, reverse=True)


def _publication(card: Card, labels: Labels) -> Publication:
    document = card.document
    pages = document.get("page", [])
    rights = document.get("rights")
    return Publication(
        card=card,
        publisher=_publisher(document.get("publisher"), labels),
        year=str(document.get("issuedYear", "")),
        rights=name_of({"name": rights.get("description")}) if rights else {},
        links=[
            one
            for one in (pages if isinstance(pages, list) else [pages])
            if web_address(one)
        ],
    )


def _publisher(value: Any, labels: Labels) -> tuple[RecordId | None, Chosen] | None:
    if isinstance(value, Mapping):
        name = choose(name_of(value), labels.language)
        return (None, name) if name else None
    name = labels.name(str(value)) if value else None
    return (labels.iris.parse(str(value)), name) if name else None


def add_to(website: Website, site: Site) -> None:
    """Adds the pages."""
    reading = Reading(site)
    website.add("/publications", reading.publications)
    website.add("/practices", reading.practices)
