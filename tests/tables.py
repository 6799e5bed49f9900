"""Tables for tests: the real ones, with rows straight from their files."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from registry.iris import Iris, RecordId
from registry.ports import TableRow
from registry.record import Content, Version
from registry.statistics import definition, description
from registry.statistics.definition import Defined, DerivationPart
from registry.statistics.description import Data
from registry.statistics.structure import VALUE, Structure
from tests.versions import IRIS, content

FOLDER = Path(__file__).parents[1] / "datasets" / "tables"
COMPONENTS = FOLDER / definition.COMPONENTS
KEYS = sorted(
    path.stem for path in FOLDER.glob("*.json") if path.name != definition.COMPONENTS
)
"""The keys of all tables, the derived ones among them."""

DERIVED = "asylum-applicants-per-thousand-residents"
"""The derived one."""

BATCH = 1000


@cache
def defined(key: str) -> Defined:
    """Returns the definition of a real table."""
    return definition.read(FOLDER / f"{key}.json", COMPONENTS)


def structure(key: str, iris: Iris = IRIS) -> Structure:
    """Returns the structure of a real table."""
    return description.structure(defined(key).definition, iris, operands(key, iris))


def operands(key: str, iris: Iris = IRIS) -> Mapping[str, Structure]:
    """Returns the structures of the tables that a table is derived from."""
    given = defined(key).definition.derivation
    parts = (given.numerator, given.denominator) if given else ()
    return {part.table: structure(part.table, iris) for part in parts}


@cache
def rows(key: str, edition: int = -1) -> Sequence[TableRow]:
    """Returns the rows of an edition of a real table, the latest by default.

    Those of a derived table are worked out here, in another way than in the registry.
    """
    table = defined(key)
    wanted = structure(key)
    if table.definition.derivation is not None:
        return _derived(table.definition.derivation, wanted)
    with table.file(table.definition.editions[edition]).open(newline="") as file:
        found = [
            tuple(row[column] or None for column in wanted.columns)
            for row in csv.DictReader(file)
        ]
    return sorted(found, key=lambda row: row[: len(wanted.dimensions)])


def _derived(given: DerivationPart, wanted: Structure) -> Sequence[TableRow]:
    names = [dimension.id for dimension in wanted.dimensions]
    above, below = (
        {
            tuple(row[name] for name in names): row[VALUE]
            for row in (
                dict(zip(structure(part.table).columns, cells, strict=True))
                for cells in rows(part.table)
            )
            if row.items() >= part.where.items()
        }
        for part in (given.numerator, given.denominator)
    )
    step = Decimal(1).scaleb(-given.decimals)
    found: list[TableRow] = []
    for codes in sorted(above.keys() & below.keys(), key=str):
        divisor = Decimal(below[codes] or 0)
        if divisor:
            value = given.times * Decimal(above[codes] or 0) / divisor
            found.append((*codes, str(value.quantize(step, ROUND_HALF_UP))))
    return found


def record(key: str) -> RecordId:
    """Returns the id of a table's record."""
    return RecordId("table", key)


def table_content(
    key: str, given: Sequence[TableRow], digest: str = "ab" * 32, iris: Iris = IRIS
) -> Content:
    """Returns the content of a version of a table that has these rows."""
    wanted = structure(key, iris)
    time = next(i for i, d in enumerate(wanted.dimensions) if d.id == "time_period")
    periods = sorted(str(row[time]) for row in given)
    data = Data(
        digest=digest,
        size=0,
        media_type="text/csv",
        observations=len(given),
        first=periods[0] if periods else None,
        last=periods[-1] if periods else None,
    )
    document = description.document_of(
        defined(key).definition, data, iris, operands(key, iris)
    )
    document.pop("id")
    return content(record(key), document, iris)


@dataclass(frozen=True)
class MemoryTables:
    """The rows of versions by table and the digest of their figures."""

    held: dict[tuple[str, str], Sequence[TableRow]] = field(default_factory=dict)

    def add(self, key: str, digest: str, given: Sequence[TableRow]) -> None:
        self.held[key, digest] = given

    def batches(self, version: Version) -> Iterator[Sequence[TableRow]]:
        found = self._rows(version)
        for start in range(0, len(found), BATCH):
            yield found[start : start + BATCH]

    def _rows(self, version: Version) -> Sequence[TableRow]:
        key = version.head.record.key
        for (table, digest), found in self.held.items():
            if table == key and digest in version.content.document.lower():
                return found
        return ()
