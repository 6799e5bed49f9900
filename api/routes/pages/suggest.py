"""`/{language}/suggest`: what a reader may mean, while they still type.

A fragment, not a page: a list that a script puts below the search box. Without a
script the box is a plain form.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.pages.facts import Labels
from api.pages.kinds import KIND_NAMES
from api.routes.lists import TEXT_CAP
from api.routes.pages.website import Website
from api.site import Site
from registry.iris import RecordId
from registry.language import Chosen, Text
from registry.ports import Listed

SHOWN = 7
"""Suggestions below the box."""

_LEAST = 2
"""Letters from which suggestions help more than they distract."""
_UNSHOWN = frozenset({"scheme", "dataset"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A record that may be meant.

    Attributes:
        record: which.
        names: per language.
        kind: what it is.
        place: where it is, if that is known.
    """

    record: RecordId
    names: Text
    kind: Chosen
    place: Text | None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The suggestions of one registry."""

    site: Site

    def page(self, request: Request, language: str) -> Response:
        """Returns the suggestions for `q` as a fragment of a page."""
        text = request.query_params.get("q", "").strip()
        return self.site.web.respond(
            request,
            "suggest",
            language,
            headers={"X-Robots-Tag": "noindex"},
            q=text,
            suggestions=list(self._found(text, language)),
        )

    def _found(self, text: str, language: str) -> Iterator[Suggestion]:
        if not _LEAST <= len(text) <= TEXT_CAP:
            return
        registry = self.site.registry
        # Some of what is found is not shown.
        found = registry.lists.suggest(text, 2 * SHOWN)
        labels = Labels(registry.journal, registry.iris, language)
        shown = [listed for listed in found if listed.record.kind not in _UNSHOWN]
        places = self.site.places.all()
        for listed in shown[:SHOWN]:
            place = places.get(listed.place or "")
            yield Suggestion(
                listed.record,
                listed.name,
                self._kind(listed, labels, language),
                place.names if place else None,
            )

    def _kind(self, listed: Listed, labels: Labels, language: str) -> Chosen:
        """Returns what a record is; of a place, at which level."""
        place = self.site.places.all().get(listed.record.key)
        if listed.record.kind == "place" and place:
            scheme = f"{self.site.base}id/scheme/place-level"
            level = labels.name(f"{scheme}#{place.level}")
            if level:
                return level
        said = self.site.web.languages[language]
        return Chosen(said.say(KIND_NAMES[listed.record.kind]), language)


def add_to(website: Website, site: Site) -> None:
    """Adds the suggestions."""
    website.add("/suggest", Suggestions(site).page)
