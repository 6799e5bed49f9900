"""`table.{key}.csv` and `.parquet`: the observations of each published table.

Both have a column for each dimension with its codes, the measured value, and the
flag if the table has flags. A missing value is an empty field, or a null. The
Parquet file is the one in which the observations are kept, under a second name.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from registry.dumping.files import linked
from registry.ports import TableRow, Tables
from registry.record import Version
from registry.statistics import description
from registry.statistics.formats import csv
from registry.statistics.formats.columns import Column


class Kept(Tables, Protocol):
    """The observations of tables, with the files in which they are kept."""

    def file(self, version: Version) -> Path:
        """Returns the Parquet file of a version, which never changes."""


def is_table(version: Version) -> bool:
    """Says whether a record is a published table."""
    return version.head.record.kind == description.KIND and version.head.status.public


class Figures:
    """The files in the making.

    Args:
        folder: where they are written.
        tables: the observations.
    """

    def __init__(self, folder: Path, tables: Kept) -> None:
        self._folder = folder
        self._tables = tables
        self._done: list[tuple[Path, int]] = []

    def add(self, version: Version) -> None:
        """Writes the files of a table; does nothing for other records."""
        if not is_table(version):
            return
        name = f"table.{version.head.record.key}"
        structure = description.structure_of(json.loads(version.content.document))
        columns = [Column(c, c, i) for i, c in enumerate(structure.columns)]
        counted = _Counted(self._tables.batches(version))
        lines = self._folder / f"{name}.csv"
        with lines.open("wb") as file:
            file.writelines(csv.write(counted, columns, bom=False))
        parquet = self._folder / f"{name}.parquet"
        linked(self._tables.file(version), parquet)
        self._done += [(lines, counted.rows), (parquet, counted.rows)]

    def finish(self) -> Iterable[tuple[Path, int]]:
        """Returns the files, which are complete already."""
        return self._done

    def close(self) -> None:
        """Does nothing: no file stays open."""


class _Counted:
    """Batches of rows that are counted as they pass."""

    def __init__(self, batches: Iterator[Sequence[TableRow]]) -> None:
        self._batches = batches
        self.rows = 0

    def __iter__(self) -> Iterator[Sequence[TableRow]]:
        for batch in self._batches:
            self.rows += len(batch)
            yield batch
