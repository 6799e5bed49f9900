"""Records as a list of them shows them: what, where, in which languages, how fresh."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.pages.facts import Labels, name_of
from api.pages.places import Place, Places
from registry.iris import RecordId
from registry.language import Chosen, Text
from registry.ports import WORKING
from registry.record import Version

STATED = frozenset({"institution", "training-centre", "course", "service"})
"""Kinds of what one can turn to: it works or not, and was checked or not."""

_SERVICES = ("serviceKind", "genre")
_PROVIDERS = ("providedBy", "provider")
_LANGUAGES = ("servesIn", "taughtLanguage", "language")


@dataclass(frozen=True, slots=True)
class Card:
    """One record of a list.

    Attributes:
        record: which.
        names: per language.
        description: per language; empty if there is none.
        provider: who offers it, and the record of them, if it has one.
        place: where it is, if that is known.
        services: what is offered or taught, or what kind of work it is.
        languages: spoken, taught or written in.
        state: whether it works, if its kind has that.
        working: whether one can turn to it.
        usual: whether it works as ever, which needs no word.
        stated: whether its kind is one that somebody has to check.
        verified: when somebody last confirmed it, if ever.
        document: all that it says.
    """

    record: RecordId
    names: Text
    description: Text
    provider: tuple[RecordId, Chosen] | None
    place: Place | None
    services: tuple[Chosen, ...]
    languages: tuple[Chosen, ...]
    state: Chosen | None
    working: bool
    usual: bool
    stated: bool
    verified: datetime | None
    document: Mapping[str, Any] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Cards:
    """Makes cards in one language.

    Attributes:
        labels: names of what records refer to.
        places: those of the registry.
    """

    labels: Labels
    places: Places

    def of(self, records: Iterable[RecordId]) -> Iterator[Card]:
        """Yields the cards of records, without those that are gone meanwhile."""
        for record in records:
            version = self.labels.journal.current(record)
            if version and version.head.status.public:
                yield self.card(version)

    def card(self, version: Version) -> Card:
        """Returns the card of a record."""
        document = json.loads(version.content.document)
        record, state = version.head.record, document.get("state")
        code = str(state or WORKING[0]).rpartition("#")[2]
        location = self.labels.iris.parse(next(_all(document, ("location",)), ""))
        return Card(
            record=record,
            names=name_of(document),
            description=name_of({"name": document.get("description")}),
            provider=self._provider(document),
            place=self.places.all().get(location.key) if location else None,
            services=tuple(self._names(document, _SERVICES)),
            languages=tuple(self._names(document, _LANGUAGES)),
            state=self.labels.name(state) if isinstance(state, str) else None,
            working=code in WORKING,
            usual=code == WORKING[0],
            stated=record.kind in STATED,
            verified=version.head.verified,
            document=document,
        )

    def _provider(self, document: Mapping[str, Any]) -> tuple[RecordId, Chosen] | None:
        for iri in _all(document, _PROVIDERS):
            record, name = self.labels.iris.parse(iri), self.labels.name(iri)
            if record and name:
                return record, name
        return None

    def _names(
        self, document: Mapping[str, Any], terms: tuple[str, ...]
    ) -> Iterator[Chosen]:
        for iri in dict.fromkeys(_all(document, terms)):
            name = self.labels.name(iri)
            if name:
                yield name


def _all(document: Mapping[str, Any], terms: tuple[str, ...]) -> Iterator[str]:
    for term in terms:
        value = document.get(term, [])
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                yield one
