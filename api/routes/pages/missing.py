"""`/{language}/missing`: what is missing, for those who can complete it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from starlette.requests import Request
from starlette.responses import Response

from api.missing import FILTERS, WANTS, Messages, query
from api.pages.filters import Option
from api.pages.places import Place
from api.routes.pages.website import Website
from api.site import Site
from registry import freshness
from registry.iris import RecordId
from registry.kinds import KINDS
from registry.language import Chosen, Text, choose
from registry.ports import GapCounts, Missing, Want

UNKEPT = "no-cache"

SIZE = 50
"""Gaps on a page."""


@dataclass(frozen=True, slots=True)
class Task:
    """A record with what is missing from it, and what to do about each gap."""

    record: RecordId
    name: Text
    gaps: Sequence[tuple[Missing, Text]]


@dataclass(frozen=True, slots=True)
class Board:
    """What is missing from one registry, as a page."""

    site: Site
    messages: Messages

    def page(self, request: Request, language: str) -> Response:
        """Returns the filters, the counts, and one page of what is missing."""
        given = {
            name: value
            for name in (*FILTERS, "after")
            if (value := request.query_params.get(name, "").strip())
        }
        asked = query(self.site, given)
        missing, pages = self.site.registry.missing, self.site.web.addresses(language)
        shown: dict[str, str | None] = {name: given.get(name) for name in FILTERS}
        page = missing.search(replace(asked, after=given.get("after"), limit=SIZE))
        everywhere = missing.counts(replace(asked, place=None)).places
        return self.site.web.respond(
            request,
            "missing",
            language,
            # Who keeps what moves without the journal, so nobody keeps this answer.
            cache=UNKEPT,
            given={name: given.get(name, "") for name in FILTERS},
            total=page.total,
            tasks=list(self._tasks(page.items)),
            wants=list(_wants(missing.counts(replace(asked, want=None)))),
            provinces=list(self._provinces(everywhere, given.get("place"), language)),
            organisations=list(self._organisations(given, language)),
            kinds_offered=list(_kinds(given.get("kind"), language)),
            wants_offered=[
                Option(want, choose(text, language) or Chosen(want, ""), want == chosen)
                for chosen in [given.get("gap")]
                for want, text in WANTS.items()
            ],
            next=pages.page("missing", **shown, after=page.next) if page.next else None,
            first=pages.page("missing", **shown) if given.get("after") else None,
            feed=f"{self.site.base}missing.atom",
        )

    def _tasks(self, items: Sequence[Missing]) -> Iterator[Task]:
        for record, own in groupby(items, attrgetter("record")):
            found = list(own)
            told = [(one, self.messages.of(one)) for one in found]
            yield Task(record, found[0].name, told)

    def _organisations(
        self, given: Mapping[str, str], language: str
    ) -> Iterator[tuple[Option, int]]:
        """Yields the organisations with how much is missing from what they keep."""
        missing, chosen = self.site.registry.missing, given.get("organisation")
        for one in self.site.registry.directory.organisations():
            asked = query(self.site, {**given, "organisation": one.id})
            name = choose(one.name, language) or Chosen(one.id, "")
            total = missing.search(replace(asked, limit=1)).total
            yield Option(one.id, name, one.id == chosen), total

    def _provinces(
        self, counts: Mapping[str, int], chosen: str | None, language: str
    ) -> Iterator[tuple[Option, int]]:
        found = [*self.site.places.of_level("province", language)]
        found += self._chosen(chosen, found)
        for place in found:
            key = place.record.key
            name = choose(place.names, language) or Chosen(key, "")
            if key in counts or key == chosen:
                yield Option(key, name, key == chosen), counts.get(key, 0)

    def _chosen(self, key: str | None, found: Sequence[Place]) -> Sequence[Place]:
        """Returns the place that is asked for, if it is no province."""
        place = self.site.places.all().get(key or "")
        return [place] if place and place not in found else []


def _wants(counts: GapCounts) -> Iterator[tuple[Want, Text, int]]:
    for want, text in WANTS.items():
        if want in counts.wants:
            yield want, text, counts.wants[want]


def _kinds(chosen: str | None, language: str) -> Iterator[Option]:
    for kind in freshness.KINDS:
        name = choose(KINDS[kind].label, language) or Chosen(kind, "")
        yield Option(kind, name, kind == chosen)


def add_to(website: Website, site: Site) -> None:
    """Adds the page of what is missing."""
    website.add("/missing", Board(site, Messages(site)).page)
