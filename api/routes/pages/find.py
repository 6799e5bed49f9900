"""`/{language}/find`: centres, courses, institutions and services, by words and place.

A plain form with the method GET; where there are scripts, htmx sends it as soon as
a filter changes and puts the answer in place.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from api.pages.cards import Cards
from api.pages.filters import Filters
from api.pages.finding import ANY, FINDABLE, PARAMETERS, Asked
from api.pages.maps import ProvinceMap, Spot
from api.pages.translations import msgid
from api.routes.lists import SCHEMES, TEXT_CAP, Lists
from api.routes.pages.website import Website
from api.site import Site
from registry.ports import COUNT_CAP, Facets, ListQuery

Spread = Callable[[ListQuery], Facets]


@dataclass(frozen=True, slots=True)
class Tab:
    """A kind that the list can be narrowed to.

    Attributes:
        kind: its slug; empty for all kinds.
        address: of the same question about it.
        count: how many there are.
        current: whether it is what is shown.
    """

    kind: str
    address: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, as far as it is not the list itself.

    Attributes:
        total: how many there are.
        capped: whether there may be more than that.
        idle: how many more there are that one cannot turn to now.
        places: how many there are in each place, whatever place is asked for.
    """

    total: int
    capped: bool
    idle: int
    places: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Find:
    """The find page of one registry."""

    site: Site
    map: ProvinceMap

    def page(self, request: Request, language: str) -> Response:
        """Returns the form, filled with what was asked, and one page of the list."""
        registry, web = self.site.registry, self.site.web
        asked = Asked.read(request.query_params.multi_items(), web.addresses(language))
        query = asked.query(Lists(self.site).query(asked.filters))
        page = registry.lists.search(query)
        # What is spread is asked about the same records up to three times.
        spread = cache(registry.lists.facets)
        everything = replace(query, after=None, by_name=None)
        found = self._found(everything, page.total, spread)
        labels = self.site.labels(language)
        said = web.languages[language]
        filters = Filters(asked, labels, self.site.places, said, SCHEMES)
        spots = self._spots(asked, found, language)
        return web.respond(
            request,
            "find",
            language,
            asked=asked,
            given={name: asked.given.get(name, "") for name in PARAMETERS},
            found=found,
            tabs=list(self._tabs(asked, everything, spread)),
            provinces=filters.provinces(),
            options=filters.spread(
                spread(ListQuery(kind=query.kind, kinds=query.kinds))
            ),
            ages=filters.ages(),
            applied=list(filters.applied()),
            everything=asked.address(state=ANY),
            cards=list(
                Cards(labels, self.site.places).of(item.record for item in page.items)
            ),
            spots=spots,
            map=self.map.drawn(said.say(msgid("Where they are")), spots, language),
            next=asked.address(after=page.next) if page.next else None,
            text_cap=TEXT_CAP,
        )

    def _found(self, query: ListQuery, total: int, spread: Spread) -> Found:
        idle = 0
        if query.working:
            idle = self._count(replace(query, working=False)) - total
        places = spread(replace(query, place=None)).places
        return Found(total, total >= COUNT_CAP, idle, places)

    def _tabs(self, asked: Asked, query: ListQuery, spread: Spread) -> Iterator[Tab]:
        counts = spread(replace(query, kind=None, kinds=asked.kinds)).kinds
        total = sum(counts[kind] for kind in asked.kinds if kind in counts)
        yield Tab("", asked.address(kind=None), total, query.kind is None)
        chosen = asked.given.get("kind")
        if chosen and chosen not in asked.kinds:
            yield Tab(chosen, asked.address(), self._count(query), current=True)
        for kind in asked.kinds:
            if kind in FINDABLE or kind in counts or kind == chosen:
                current = kind == chosen
                count = counts.get(kind, 0)
                yield Tab(kind, asked.address(kind=kind), count, current)

    def _count(self, query: ListQuery) -> int:
        return self.site.registry.lists.search(replace(query, limit=0)).total

    def _spots(self, asked: Asked, found: Found, language: str) -> Sequence[Spot]:
        return self.map.spots(
            self.site.web.languages[language],
            found.places,
            lambda place: asked.address(place=place.record.key),
            asked.given.get("place"),
        )


def add_to(website: Website, site: Site, map_: ProvinceMap) -> None:
    """Adds the find page."""
    website.add("/find", Find(site, map_).page)
