"""The observations of tables, read from the Parquet files in which they are kept.

    {folder}/{key}/{SHA-256 of the original file}.parquet

A file is a projection of the blob of the same digest and never changes.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry import tabular
from registry.ports import TableRow
from registry.record import Version
from registry.statistics import description
from registry.statistics.structure import VALUE, Structure

BATCH = 5_000
"""Rows that are read at a time."""


def path(folder: Path, key: str, digest: str) -> Path:
    """Returns where the observations of a file of figures are kept.

    Args:
        folder: of all tables.
        key: of the table's record.
        digest: SHA-256 of the file, in either case.
    """
    return folder / key / f"{digest.lower()}.parquet"


@dataclass(frozen=True, slots=True)
class ParquetTables:
    """The tables of one folder, row by row: see `registry.ports.Tables`.

    Attributes:
        folder: of all tables.
        restore: makes a file that is missing, from the blob of its digest.
    """

    folder: Path
    restore: Callable[[Version, Path], None]

    def file(self, version: Version) -> Path:
        """Returns the file of a version, which is there when this returns."""
        key = version.head.record.key
        data = description.data_of(json.loads(version.content.document))
        found = path(self.folder, key, data.digest)
        if not found.exists():
            self.restore(version, found)
        return found

    def batches(self, version: Version) -> Iterator[Sequence[TableRow]]:
        """Yields the rows of a version in the order of their observations' IRIs."""
        structure = _structure(version)
        with tabular.cursor() as engine:
            answer = engine.execute(
                f"{_selected(structure)} ORDER BY {_order(structure)}",
                [str(self.file(version))],
            )
            while rows := answer.fetchmany(BATCH):
                yield rows


def _structure(version: Version) -> Structure:
    return description.structure_of(json.loads(version.content.document))


def _selected(structure: Structure) -> str:
    columns = ", ".join(
        f"CAST({VALUE} AS VARCHAR)" if name == VALUE else _quoted(name)
        for name in structure.columns
    )
    return f"SELECT {columns} FROM read_parquet(?)"  # noqa: S608 - names are quoted


def _order(structure: Structure) -> str:
    # With what follows the key in a line of N-Triples, the lines are sorted too.
    codes = ", ".join(_quoted(dimension.id) for dimension in structure.dimensions)
    return f"concat_ws('.', {codes}) || '>'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
