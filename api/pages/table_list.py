"""The tables of the registry, kept at hand: what each has, and for which areas.

They are read again when anything was published, for names come from other records.
"""

import json
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from api.pages.topics import topic
from api.reading import Table, Tables
from registry.language import Text
from registry.statistics.description import KIND, data_of
from registry.statistics.structure import Role

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TableSummary:
    """What a list says of a table.

    Attributes:
        topic: what it is about, of `api.pages.topics`.
        frequency: how often there are figures; empty if the table does not say.
        unit: of its values.
        first: the first period that it has; `None` if it is empty.
        last: the last one.
        observations: how many figures it has.
        areas: the codes of the areas that it has, and their names.
    """

    key: str
    topic: str
    title: Text
    description: Text
    publisher: Text
    frequency: Text
    unit: Text
    first: str | None
    last: str | None
    observations: int
    areas: Mapping[str, Text]


class TableList:
    """All tables as they are now; may be asked on any thread."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._lock = threading.Lock()
        self._sequence = -1
        self._found: Mapping[str, TableSummary] = {}
        self._made: dict[Hashable, Any] = {}

    def all(self) -> Mapping[str, TableSummary]:
        """Returns every table by its key."""
        journal = self.tables.site.registry.journal
        with self._lock:
            sequence = journal.tip()[0]
            if sequence != self._sequence:
                self._found = {
                    version.head.record.key: self._summary(self.tables.read(version))
                    for version in journal.heads(KIND)
                    if version.head.status.public
                }
                self._made = {}
                self._sequence = sequence
            return self._found

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Returns what is made of the tables as they are now.

        It is made once, and again only when something was published.

        Args:
            key: of what is made; there have to be few.
            make: makes it.
        """
        self.all()
        made = self._made
        if key not in made:
            made[key] = make()
        found: T = made[key]
        return found

    def of_area(self, code: str) -> Sequence[TableSummary]:
        """Returns the tables that have figures for an area, in the order of topics."""
        return [found for found in self.all().values() if code in found.areas]

    def _summary(self, table: Table) -> TableSummary:
        document = json.loads(table.version.content.document)
        extent = data_of(document)
        caption = table.caption
        code = str(document.get("frequency", "")).rpartition("#")[2]
        return TableSummary(
            key=table.key,
            topic=topic(table.key),
            title=caption.title,
            description=caption.description,
            publisher=caption.publisher,
            frequency=self.tables.names.scheme("frequency").names.get(code, {}),
            unit=caption.unit[1],
            first=extent.first,
            last=extent.last,
            observations=extent.observations,
            areas=_areas(table),
        )


def _areas(table: Table) -> Mapping[str, Text]:
    return {
        code: table.caption.codes[dimension.id].names.get(code, {})
        for dimension in table.structure.dimensions
        if dimension.role is Role.AREA
        for code in table.known[dimension.id].occurring
    }
