"""The items of the repository: datasets of the catalogue and records, as they are now.

A retired record and a deleted dataset are deleted items; a superseded record is
still read, and names its successor.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from registry.iris import KEY, Iris, RecordId
from registry.kinds import KINDS
from registry.lifecycle import Status
from registry.ports import Catalogue, Described, Journal
from registry.record import Version
from registry.views.dublin_core import Statement
from registry.views.oai import moments
from registry.views.oai.tokens import Remainder

DATASETS = "dataset"
"""The set of the datasets of the catalogue, and what their names begin with."""

RECORDS = "record"
"""The set of all records; that of one kind is `record:{kind}`."""

_CATALOGUE = "catalog"


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it is now.

    Attributes:
        name: the end of its identifier: `catalog/{key}` or `{kind}/{key}`.
        set: the narrowest set that it is in.
        position: in the catalogue or in the journal; where it changed last.
        at: when that was.
        deleted: whether only its header is left.
        thing: IRI of what is described.
        triples: canonical N-Triples; empty for a deleted one.
        extra: what Dublin Core is to say beside the triples.
    """

    name: str
    set: str
    position: int
    at: datetime
    deleted: bool
    thing: str
    triples: str
    extra: tuple[Statement, ...] = ()

    @property
    def dataset(self) -> bool:
        """Whether it is a dataset of the catalogue, which has DCAT-AP."""
        return self.set == DATASETS


@dataclass(frozen=True, slots=True)
class Items:
    """Reads items.

    Attributes:
        catalogue: where datasets are read.
        journal: where records are read.
        iris: the registry's own.
        limit: how many items a page has.
    """

    catalogue: Catalogue
    journal: Journal
    iris: Iris
    limit: int

    def find(self, name: str) -> Item | None:
        """Returns the item of this name, or `None` if there never was one."""
        kind, _, key = name.partition("/")
        if not KEY.match(key):
            return None
        if kind == _CATALOGUE:
            described = self.catalogue.dataset(key)
            return None if described is None else self._dataset(described)
        if kind not in KINDS:
            return None
        version = self.journal.current(RecordId(kind, key))
        return None if version is None else self._record(version)

    def page(self, asked: Remainder) -> tuple[Sequence[Item], Remainder | None]:
        """Returns the next items of a list, and what is left of it after them."""
        found: list[Item] = []
        datasets, records = asked.datasets, asked.records
        period = asked.until and moments.read(asked.until)
        end = period[1] if period else None
        if datasets is not None:
            read = self._datasets(datasets, self.limit + 1)
            found, datasets = _cut(read, end, self.limit, datasets)
        if records is not None and datasets is None:
            # Where there is no room left, this tells whether anything follows.
            room = self.limit - len(found)
            read = self._records(records, room + 1, asked.kind)
            more, records = _cut(read, end, room, records)
            found += more
        if datasets is None and records is None:
            return found, None
        cursor = asked.cursor + len(found)
        return found, replace(asked, datasets=datasets, records=records, cursor=cursor)

    def moment(self, sequence: int) -> datetime:
        """Returns when an entry of the journal was made."""
        return self.journal.entries(sequence - 1, 1)[0].at

    def changed(self, number: int) -> datetime:
        """Returns when an activity of the catalogue happened."""
        return self.catalogue.activities(number - 1, 1)[0].at

    def _datasets(self, after: int, limit: int) -> list[Item]:
        return [self._dataset(each) for each in self.catalogue.changed(after, limit)]

    def _records(self, after: int, limit: int, kind: str | None) -> list[Item]:
        read = self.journal.changed(after, limit, kind=kind)
        return [self._record(each) for each in read]

    def _dataset(self, described: Described) -> Item:
        return Item(
            name=f"{_CATALOGUE}/{described.key}",
            set=DATASETS,
            position=described.number,
            at=described.at,
            deleted=described.deleted,
            thing=self.iris.dataset(described.key),
            triples=described.triples,
        )

    def _record(self, version: Version) -> Item:
        head = version.head
        extra = [Statement("date", head.modified.date().isoformat())]
        if head.successor:
            extra.append(Statement("relation", self.iris.thing(head.successor)))
        deleted = head.status is Status.RETIRED
        return Item(
            name=str(head.record),
            set=f"{RECORDS}:{head.record.kind}",
            position=head.sequence,
            at=self.moment(head.sequence),
            deleted=deleted,
            thing=self.iris.thing(head.record),
            triples="" if deleted else version.content.triples,
            extra=tuple(extra),
        )


def _cut(
    read: list[Item], end: datetime | None, room: int, after: int
) -> tuple[list[Item], int | None]:
    """Returns the items that fit, and after which position to go on.

    Args:
        read: by position, one more than there is room for, if there are so many.
        end: items that changed then or later are left out.
        room: how many may be returned.
        after: the position after which they were read.

    Returns:
        `None` for the position if nothing follows.
    """
    fitting = [each for each in read if end is None or each.at < end]
    kept = fitting[:room]
    if len(fitting) <= room:
        return kept, None
    return kept, kept[-1].position if kept else after
