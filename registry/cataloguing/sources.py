"""What the catalogue is made from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.iris import Iris
from registry.ports import Dumps, File, Journal, Tables
from registry.views.dcat.definition import Definition
from registry.views.dcat.formats import DUMPED


@dataclass(frozen=True, slots=True)
class Sources:
    """The facts, and what the catalogue says of itself.

    Attributes:
        tables: the observations behind the journal's tables.
        iris: the registry's own.
        definition: what the catalogue says of itself.
    """

    journal: Journal
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
