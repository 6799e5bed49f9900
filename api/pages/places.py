"""The places of the registry, kept at hand: every page of a list or a map names some.

They are read from the journal once, and again only as far as they change.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.facts import name_of
from registry.iris import Iris, RecordId
from registry.language import Text, choose
from registry.ports import Journal
from registry.record import Version

KIND = "place"
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """A place.

    Attributes:
        record: its record.
        level: code of the scheme `place-level`, such as `province`.
        code: of NUTS, of the municipality or of EKATTE; empty if it has none.
        names: per language.
        container: key of the place that contains it, if there is one.
    """

    record: RecordId
    level: str
    code: str
    names: Text
    container: str | None


class Places:
    """All places as they are now; may be asked on any thread."""

    def __init__(self, journal: Journal, iris: Iris) -> None:
        self._journal = journal
        self._iris = iris
        self._lock = threading.Lock()
        self._sequence = 0
        self._tip: tuple[int, str] | None = None
        self._places: Mapping[str, Place] = {}

    def all(self) -> Mapping[str, Place]:
        """Returns every place by its key."""
        tip = self._journal.tip()
        with self._lock:
            if tip == self._tip:
                return self._places
            while moved := self._journal.changed(self._sequence, _BATCH, kind=KIND):
                self._take(moved)
            self._tip = tip
            return self._places

    def of_level(self, level: str, language: str) -> Sequence[Place]:
        """Returns the places of a level, in the order of their names."""
        found = [place for place in self.all().values() if place.level == level]
        return sorted(found, key=lambda place: _sorted_by(place, language))

    def around(self, key: str) -> Sequence[Place]:
        """Returns the places that contain a place, the largest first."""
        places, found = self.all(), list[Place]()
        place = places.get(key)
        while place and place.container in places and len(found) < len(places):
            place = places[str(place.container)]
            found.insert(0, place)
        return found

    def inside(self, key: str, language: str) -> Sequence[Place]:
        """Returns the places that are parts of a place, in the order of their names."""
        found = [place for place in self.all().values() if place.container == key]
        return sorted(found, key=lambda place: _sorted_by(place, language))

    def _take(self, moved: Sequence[Version]) -> None:
        # A new mapping: whoever reads the old one is not disturbed.
        places = dict(self._places)
        for version in moved:
            if version.head.status.public:
                places[version.head.record.key] = self._place(version)
            else:
                places.pop(version.head.record.key, None)
        self._places = places
        self._sequence = moved[-1].head.sequence

    def _place(self, version: Version) -> Place:
        document = json.loads(version.content.document)
        container = self._iris.parse(_one(document, "broader"))
        return Place(
            record=version.head.record,
            level=_one(document, "genre").rpartition("#")[2],
            code=_one(document, "notation") or _one(document, "ekatte"),
            names=name_of(document),
            container=container.key if container else None,
        )


def _one(document: Mapping[str, Any], term: str) -> str:
    value = document.get(term) or ""
    return str(value[0] if isinstance(value, list) else value)


def _sorted_by(place: Place, language: str) -> tuple[str, str]:
    name = choose(place.names, language)
    return (name.text.casefold() if name else "", place.record.key)
