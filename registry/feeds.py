"""What changed, page by page: the records from the journal, and the catalogue.

A page holds the changes at `PAGE` consecutive positions. In the feed of records
positions are those of the journal, of which only some are public; in that of
the catalogue they are the numbers of its activities.
"""

import json
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pyoxigraph import Literal

from registry import graphs, projection
from registry.errors import Busy, NotFound
from registry.iris import Iris
from registry.language import Text
from registry.lifecycle import Event
from registry.namespaces import DCT
from registry.ports import Activity, Catalogue, Deed, Journal
from registry.record import Entry
from registry.views.feed import Feed, Member, Page

PAGE = 100
"""Positions on a page; another number would change pages that others keep."""

LATEST = 50
"""Changes that one who has just come is shown, if there are as many."""

ACTIVITY_SHAPE = "https://semiceu.github.io/LDES-DCAT-AP-feeds/shape.ttl#ActivityShape"
"""The shape that DCAT-AP Feeds gives to activities."""

_PUBLIC = frozenset({Event.ACCEPTED, Event.VERIFIED, Event.SUPERSEDED, Event.RETIRED})


class Log(Protocol):
    """Changes by their position, from 1 on; time never goes back in it."""

    @property
    def feed(self) -> Feed:
        """The feed that is made of it."""

    def tip(self) -> tuple[int, str]:
        """Returns the last position and a digest of the log as far as there."""

    def at(self, position: int) -> datetime:
        """Returns when a position was taken, which has to be one that is."""

    def members(self, after: int, until: int) -> Sequence[Member]:
        """Returns the public changes after a position and up to another."""


@dataclass(frozen=True, slots=True)
class RecordLog:
    """The published changes of all records, straight from the journal.

    The payload is the graph of the record without the observations of a table,
    which are read from its files.
    """

    journal: Journal
    iris: Iris

    @property
    def feed(self) -> Feed:
        """The feed of the records."""
        return Feed(
            f"{self.iris.base}feed/records",
            {"bg": "Промени в записите", "en": "Changes to the records"},
            {
                "bg": "Всяка публична промяна на всеки запис от самото начало: "
                "приемане, потвърждаване, замяна и оттегляне. Към промяната е "
                "приложен графът на записа, какъвто е бил след нея; наблюденията "
                "на таблиците се четат от техните файлове.",
                "en": "Every public change of every record, from the very first: "
                "accepted, confirmed, replaced, withdrawn. With a change comes the "
                "graph of the record as it stood afterwards; the observations of "
                "tables are read from their files.",
            },
        )

    def tip(self) -> tuple[int, str]:
        """Returns the last position of the journal and its hash."""
        return self.journal.tip()

    def at(self, position: int) -> datetime:
        """Returns when an entry of the journal was made."""
        return self.journal.entries(position - 1, 1)[0].at

    def members(self, after: int, until: int) -> Sequence[Member]:
        """Returns the public events after a position and up to another."""
        entries = self.journal.entries(after, until - after) if until > after else ()
        return [self._member(entry) for entry in entries if entry.event in _PUBLIC]

    def _member(self, entry: Entry) -> Member:
        version = self.journal.after_entry(entry)
        assert version is not None  # noqa: S101 - only what is published gets here
        deed = self._deed(entry)
        document = json.loads(version.content.document)
        return Member(
            number=entry.sequence,
            deed=deed,
            object=self.iris.thing(entry.record),
            at=entry.at,
            triples=""
            if deed is Deed.DELETE
            else projection.graph(version, self.iris)[1],
            title=document.get("name") or document.get("title") or {},
        )

    def _deed(self, entry: Entry) -> Deed:
        if not entry.status.public:
            return Deed.DELETE
        before = self.journal.entry_before(entry)
        known = before is not None and before.status.public
        return Deed.UPDATE if known else Deed.CREATE


@dataclass(frozen=True, slots=True)
class CatalogueLog:
    """The changes of the catalogue, as DCAT-AP Feeds."""

    catalogue: Catalogue
    iris: Iris

    @property
    def feed(self) -> Feed:
        """The feed of the catalogue."""
        return Feed(
            f"{self.iris.base}feed/catalog",
            {"bg": "Промени в каталога", "en": "Changes to the catalogue"},
            {
                "bg": "Всяка промяна в каталога от самото начало: добавени, "
                "променени и оттеглени набори от данни, всеки с цялото си описание "
                "по DCAT-AP.",
                "en": "Every change of the catalogue, from the very first: datasets "
                "that were added, changed or withdrawn, each with all of its "
                "description in DCAT-AP.",
            },
            ACTIVITY_SHAPE,
        )

    def tip(self) -> tuple[int, str]:
        """Returns the number of the last activity and the catalogue's digest."""
        state = self.catalogue.state()
        return state.number, state.digest

    def at(self, position: int) -> datetime:
        """Returns when an activity happened.

        Raises:
            Busy: the catalogue is just being made anew.
        """
        found = self.catalogue.activities(position - 1, 1)
        if not found:
            raise Busy(
                "The catalogue is being made anew.", "Каталогът се изгражда наново."
            )
        return found[0].at

    def members(self, after: int, until: int) -> Sequence[Member]:
        """Returns the activities after a number and up to another."""
        found = self.catalogue.activities(after, until - after) if until > after else ()
        return [self._member(activity) for activity in found]

    def _member(self, activity: Activity) -> Member:
        dataset = self.iris.dataset(activity.dataset)
        return Member(
            number=activity.number,
            deed=activity.deed,
            object=dataset,
            at=activity.at,
            triples=activity.triples,
            title=_titles(activity.triples, dataset),
        )


def page(log: Log, number: int) -> Page:
    """Returns a page by its number, from 1.

    The last one has room, and may be empty.

    Raises:
        NotFound: the feed has not come so far.
    """
    tip, _ = log.tip()
    last = number * PAGE
    if not 0 < number <= current(tip):
        raise NotFound(
            f"The feed has {current(tip)} pages so far.",
            f"Засега страниците на потока са {current(tip)}.",
        )
    return Page(
        number,
        members=log.members(last - PAGE, min(last, tip)),
        until=log.at(last) if last <= tip else None,
        after=log.at(last - PAGE) if number > 1 else None,
    )


def archive(log: Log, number: int) -> Page:
    """Returns a full page by its number, from 1.

    Raises:
        NotFound: that page is not full yet.
    """
    full = current(log.tip()[0]) - 1
    if number > full:
        raise NotFound(
            f"The feed has {full} full pages so far.",
            f"Засега пълните страници на потока са {full}.",
        )
    return page(log, number)


def member(log: Log, number: int) -> Member:
    """Returns the change at a position.

    Raises:
        NotFound: nothing public has happened there.
    """
    tip, _ = log.tip()
    found = log.members(number - 1, number) if 0 < number <= tip else ()
    if not found:
        raise NotFound(
            f"There is no change with the number {number}.",
            f"Няма промяна с номер {number}.",
        )
    return found[0]


def latest(log: Log) -> Sequence[Member]:
    """Returns the latest changes: all that are on no full page, or `LATEST`.

    They may be fewer if hardly any of the latest positions are public.
    """
    tip, _ = log.tip()
    start = (current(tip) - 1) * PAGE
    newest = log.members(start, tip)
    missing = LATEST - len(newest)
    if missing <= 0 or start == 0:
        return newest
    return [*log.members(start - PAGE, start)[-missing:], *newest]


def since(log: Log, moment: datetime) -> int:
    """Returns the number of the page with the first change at a moment or later.

    It is found with few reads, however long the log is.
    """
    tip, _ = log.tip()
    earlier = bisect_left(range(1, tip + 1), moment, key=log.at)
    return following(earlier)


def following(position: int) -> int:
    """Returns the number of the page with what comes after a position."""
    return position // PAGE + 1


def current(tip: int) -> int:
    """Returns the number of the page that has room, given the last position."""
    return following(tip)


def _titles(triples: str, dataset: str) -> Text:
    return {
        triple.object.language: triple.object.value
        for triple in graphs.triples(triples)
        if triple.predicate.value == f"{DCT}title"
        and str(triple.subject) == f"<{dataset}>"
        and isinstance(triple.object, Literal)
        and triple.object.language
    }
