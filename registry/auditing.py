"""Who changed what, when and why: the journal with the people and ways behind it.

Names are looked up when they are shown: of a person whose data were erased the
opaque id is left, and the journal need not be touched.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from registry.desk import Channel
from registry.errors import NotFound
from registry.iris import RecordId
from registry.lifecycle import Event
from registry.people import KEEPER, Organisation, Person
from registry.policy import State, Subject, Verb, allowed, require
from registry.ports import Actors
from registry.record import Actor, Entry
from registry.views.trail import Line

BATCH = 500
"""Entries that are read at a time."""


class Entries(Protocol):
    """The journal, entry by entry."""

    def tip(self) -> tuple[int, str]:
        """Returns the sequence number and hash of the last entry."""

    def entries(self, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Returns entries by sequence number, oldest first."""


class Keepers(Protocol):
    """Which organisation keeps which records."""

    def organisations(self) -> Sequence[Organisation]:
        """Returns every organisation."""

    def kept(self, organisation: str) -> Sequence[RecordId]:
        """Returns the records that an organisation keeps."""


class Ways(Protocol):
    """For whom, and by which way, things were handed in."""

    def ways(self, first: int, last: int) -> Mapping[int, tuple[str, Channel]]:
        """Returns organisation and channel of the submissions between two numbers."""


@dataclass(frozen=True, slots=True)
class Auditing:
    """Reads the trail of changes.

    Attributes:
        journal: the truth.
        actors: the people behind the ids in it.
        keepers: whose the records are.
        ways: how submissions came.
    """

    journal: Entries
    actors: Actors
    keepers: Keepers
    ways: Ways

    def export(
        self, person: Person, organisation: str = KEEPER, *, after: int = 0
    ) -> Iterator[Line]:
        """Returns every change that an organisation may audit, oldest first.

        The organisation that keeps the registry sees them all.

        Raises:
            NotFound: the organisation is none of the person's business.
            NotAllowed: the person is no reviewer or administrator of it.
        """
        self._authorise(person, organisation)
        return self.all(organisation, after=after)

    def latest(
        self,
        person: Person,
        organisation: str = KEEPER,
        *,
        before: int | None = None,
        limit: int = 50,
    ) -> Sequence[Line]:
        """Returns the latest changes, the newest first.

        Args:
            person: who asks.
            organisation: whose.
            before: the sequence number that the page before ended with.
            limit: how many at most.

        Raises:
            NotFound: the organisation is none of the person's business.
            NotAllowed: the person is no reviewer or administrator of it.
        """
        self._authorise(person, organisation)
        page = _Page(self, organisation)
        found: list[Line] = []
        end = before or self.journal.tip()[0] + 1
        while end > 1 and len(found) < limit:
            start = max(end - 1 - BATCH, 0)
            entries = self.journal.entries(start, end - 1 - start)
            found += reversed(list(page.lines(entries)))
            end = start + 1
        return found[:limit]

    def all(self, organisation: str = KEEPER, *, after: int = 0) -> Iterator[Line]:
        """Yields every change of an organisation's records, for whoever runs it."""
        page = _Page(self, organisation)
        while entries := self.journal.entries(after, BATCH):
            yield from page.lines(entries)
            after = entries[-1].sequence

    def _authorise(self, person: Person, organisation: str) -> None:
        subject = Subject(State.ORGANISATION, organisation)
        if not allowed(person, Verb.READ, subject):
            raise NotFound("There is no such organisation.", "Няма такава организация.")
        require(person, Verb.AUDIT, subject)


@dataclass(slots=True)
class _Page:
    """What one reading knows: each name and each keeper is looked up once."""

    audit: Auditing
    organisation: str
    _people: dict[str, Actor | None] = field(default_factory=dict)
    _stewards: Mapping[RecordId, str] | None = None

    def lines(self, entries: Sequence[Entry]) -> Iterator[Line]:
        """Yields the lines of what concerns the organisation."""
        numbers = [_submission(entry) for entry in entries]
        known = [number for number in numbers if number is not None]
        ways = self.audit.ways.ways(min(known), max(known)) if known else {}
        for entry, number in zip(entries, numbers, strict=True):
            way = ways.get(number) if number is not None else None
            steward = self._steward(entry.record)
            if self.organisation in {KEEPER, steward, way[0] if way else None}:
                yield self._line(entry, way, steward)

    def _line(
        self, entry: Entry, way: tuple[str, Channel] | None, steward: str
    ) -> Line:
        if entry.actor not in self._people:
            self._people[entry.actor] = self.audit.actors.find(entry.actor)
        actor = self._people[entry.actor]
        return Line(
            entry,
            organisation=way[0] if way else steward,
            channel=way[1] if way else None,
            name=actor.name if actor else None,
            erased=actor is not None and actor.name is None,
        )

    def _steward(self, record: RecordId) -> str:
        if self._stewards is None:
            keepers = self.audit.keepers
            self._stewards = {
                kept: organisation.id
                for organisation in keepers.organisations()
                for kept in keepers.kept(organisation.id)
            }
        return self._stewards.get(record, KEEPER)


def _submission(entry: Entry) -> int | None:
    """Returns the number of the submission that an entry is, or decides."""
    return entry.sequence if entry.event is Event.SUBMITTED else entry.decides
