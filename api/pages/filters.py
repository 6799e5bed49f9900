"""The filters of the find page: what can be chosen, and what is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.pages.facts import Labels
from api.pages.finding import ANY, Asked
from api.pages.places import Place, Places
from api.pages.terms import FRESHNESS
from api.pages.translations import Language, msgid
from registry.kinds import KINDS
from registry.language import Chosen, choose
from registry.ports import Facets

NAMES: Mapping[str, str] = {
    "q": msgid("Words"),
    "kind": msgid("Kind"),
    "place": msgid("Place"),
    "service": msgid("Service or course"),
    "language": msgid("Language"),
    "group": msgid("For whom"),
    "state": msgid("State"),
    "freshness": msgid("How recent"),
}
"""What a filter is called, by its parameter."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value that can be chosen.

    Attributes:
        code: the value; empty for none.
        name: what it is called.
        chosen: whether it is what is asked for.
    """

    code: str
    name: Chosen
    chosen: bool


@dataclass(frozen=True, slots=True)
class Applied:
    """A filter that holds.

    Attributes:
        parameter: its parameter.
        name: what the filter is called, in the language of the page.
        value: what it is set to.
        without: the address of the same question without it.
    """

    parameter: str
    name: str
    value: Chosen
    without: str


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters in one language.

    Attributes:
        asked: what is asked for.
        labels: names of codes.
        places: those of the registry.
        said: the language of the page.
        schemes: the code lists that the values of a parameter come from.
    """

    asked: Asked
    labels: Labels
    places: Places
    said: Language
    schemes: Mapping[str, Sequence[str]]

    def applied(self) -> Iterator[Applied]:
        """Yields the filters that hold, but for the words."""
        for parameter, name in NAMES.items():
            code = self.asked.given.get(parameter)
            if code is None or parameter == "q":
                continue
            if (parameter, code) == ("state", ANY):
                continue
            yield Applied(
                parameter,
                self.said.say(name),
                self._name(parameter, code),
                self.asked.address(**{parameter: None}),
            )

    def codes(self, parameter: str, occurring: Mapping[str, int]) -> Sequence[Option]:
        """Returns the codes that occur, and the one that is chosen, by name."""
        chosen = self.asked.given.get(parameter)
        known = {*occurring, chosen} if chosen and chosen != ANY else set(occurring)
        found = [
            Option(code, name, code == chosen)
            for code in known
            if (name := self._named(parameter, code))
        ]
        return sorted(found, key=lambda option: option.name.text.casefold())

    def spread(self, facets: Facets) -> Mapping[str, Sequence[Option]]:
        """Returns what can be chosen, by parameter."""
        return {
            "service": self.codes("service", facets.services),
            "language": self.codes("language", facets.languages),
            "group": self.codes("group", facets.groups),
            "state": self.codes("state", facets.states),
        }

    def ages(self) -> Sequence[Option]:
        """Returns how fresh records can be, the freshest first."""
        chosen = self.asked.given.get("freshness")
        return [
            Option(code, self._name("freshness", code), code == chosen)
            for code in FRESHNESS
        ]

    def provinces(self) -> Sequence[Option]:
        """Returns the provinces and, first, the place asked for if it is another."""
        chosen = self.asked.given.get("place")
        found = list(self.places.of_level("province", self.said.tag))
        other = self.places.all().get(chosen or "")
        if other and other not in found:
            found.insert(0, other)
        return [
            Option(place.record.key, self._place(place), place.record.key == chosen)
            for place in found
        ]

    def _name(self, parameter: str, code: str) -> Chosen:
        if parameter == "kind":
            label = choose(KINDS[code].label, self.said.tag)
        elif parameter == "freshness":
            label = choose(FRESHNESS[code], self.said.tag)
        elif parameter == "place":
            place = self.places.all().get(code)
            label = self._place(place) if place else None
        else:
            label = self._named(parameter, code)
        return label or Chosen(code, "")

    def _place(self, place: Place) -> Chosen:
        label = choose(place.names, self.said.tag)
        return label or Chosen(place.record.key, "")

    def _named(self, parameter: str, code: str) -> Chosen | None:
        base = self.labels.iris.base
        names = (
            self.labels.name(f"{base}id/scheme/{scheme}#{code}")
            for scheme in self.schemes[parameter]
        )
        return next((name for name in names if name), None)
