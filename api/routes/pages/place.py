"""`/{language}/place/{key}`: what there is in a place, and what figures say of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.pages import figures
from api.pages.cards import Card, Cards
from api.pages.finding import FINDABLE
from api.pages.maps import ProvinceMap
from api.pages.places import KIND, Place
from api.pages.table_list import TableList
from api.pages.translations import msgid
from api.routes.pages.record import Records
from api.routes.pages.website import Website
from api.routes.records import asked
from api.site import Site
from registry import retrieval
from registry.errors import Gone
from registry.iris import record_id
from registry.language import Chosen, choose
from registry.ports import ListQuery
from registry.statistics.labels import place_code

SHOWN = 5
"""Records of one kind on the page; the rest is on the find page."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a place has of one kind.

    Attributes:
        kind: its slug.
        cards: the first of them.
        total: how many there are.
        address: of all of them.
    """

    kind: str
    cards: Sequence[Card]
    total: int
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    """A place inside the place of the page, and how much sits in it."""

    place: Place
    count: int


@dataclass(frozen=True, slots=True)
class PlacePages:
    """The pages of the places of one registry."""

    site: Site
    map: ProvinceMap
    tables: TableList

    def page(self, request: Request, language: str) -> Response:
        """Returns the page of a place, or what is left of one that was retired."""
        record = record_id(KIND, request.path_params["key"])
        state, records = asked(request), Records(self.site)
        registry = self.site.registry
        try:
            version = retrieval.find(
                registry.journal, record, version=state.version, at=state.at
            )
        except Gone as gone:
            return records.tombstone(request, language, record, gone)
        key, said = record.key, self.site.web.languages[language]
        counts = registry.lists.facets(ListQuery(kinds=FINDABLE, working=True)).places
        addresses = self.site.web.addresses(language)
        spots = self.map.spots(
            said, counts, lambda place: addresses.record(place.record), key
        )
        code = place_code(key)
        values = records.values(version, state, language)
        around = self.site.places.around(key)
        return self.site.web.respond(
            request,
            "place",
            language,
            **{
                **values,
                "trail": [
                    (
                        choose(place.names, language) or place.record.key,
                        addresses.record(place.record),
                    )
                    for place in around
                ],
                "level": self._level(key, language),
                "offers": list(self._offers(key, language)),
                "parts": list(self._parts(key, counts, language)),
                "spots": spots,
                "map": self.map.drawn(said.say(msgid("Provinces")), spots, language),
                "figures": figures.of_area(self.tables, code, said),
                "tables": self.tables.of_area(code),
                "code": code,
            },
        )

    def _level(self, key: str, language: str) -> Chosen | None:
        place = self.site.places.all().get(key)
        registry = self.site.registry
        labels = self.site.labels(language)
        scheme = f"{registry.iris.base}id/scheme/place-level"
        return labels.name(f"{scheme}#{place.level}") if place else None

    def _offers(self, key: str, language: str) -> Iterator[Offer]:
        registry = self.site.registry
        labels = self.site.labels(language)
        cards = Cards(labels, self.site.places)
        for kind in FINDABLE:
            query = ListQuery(
                kind=kind, place=key, working=True, by_name=language, limit=SHOWN
            )
            found = registry.lists.search(query)
            if found.items:
                yield Offer(
                    kind,
                    list(cards.of(item.record for item in found.items)),
                    found.total,
                    self.site.web.addresses(language).page(
                        "find", kind=kind, place=key
                    ),
                )

    def _parts(
        self, key: str, counts: Mapping[str, int], language: str
    ) -> Iterator[Part]:
        for place in self.site.places.inside(key, language):
            yield Part(place, counts.get(place.record.key, 0))


def add_to(website: Website, site: Site, map_: ProvinceMap, tables: TableList) -> None:
    """Adds the pages of places."""
    website.add(f"/{KIND}/{{key}}", PlacePages(site, map_, tables).page)
