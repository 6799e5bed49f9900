"""What the catalogue is made from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from registry.iris import Iris, RecordId
from registry.ports import Dumps, File, Tables
from registry.record import Entry, Version
from registry.views.dcat.definition import Definition
from registry.views.dcat.formats import DUMPED


class Published(Protocol):
    """What the catalogue has to know of a journal."""

    def entries(self, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Returns entries by sequence number, oldest first."""

    def version(self, record: RecordId, number: int) -> Version | None:
        """Returns one published version by its number."""

    def after_entry(self, entry: Entry) -> Version | None:
        """Returns the record as it stood after one of its entries."""

    def changed(self, after: int, limit: int = 1000) -> Sequence[Version]:
        """Returns the records whose head moved after a sequence number, by that."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The facts, and what the catalogue says of itself.

    Attributes:
        tables: the observations behind the journal's tables.
        iris: the registry's own.
        definition: what the catalogue says of itself.
    """

    journal: Published
    dumps: Dumps
    tables: Tables
    iris: Iris
    definition: Definition


Files = Mapping[str, Sequence[File]]
"""The files of a dump by the key of their dataset."""


def by_dataset(files: Sequence[File]) -> Files:
    """Returns the files of a dump by the key of their dataset."""
    found: defaultdict[str, list[File]] = defaultdict(list)
    for file in files:
        for extension in DUMPED:
            key = file.name.removesuffix(f".{extension}")
            if key != file.name:
                found[key].append(file)
    return found
