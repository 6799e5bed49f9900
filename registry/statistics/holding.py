"""Tables in memory: read from their files once, and let go when others need room.

A file is named by what is in it and never changes. Its table is held sorted, its
codes as numbers, so that finding an observation takes as long among three million
as among thirty thousand. What was not asked for the longest is let go.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Lock

from duckdb import DuckDBPyConnection

from registry.statistics.engine import Engine
from registry.statistics.sql import quoted
from registry.statistics.structure import Structure


@dataclass(frozen=True, slots=True)
class Held:
    """A table in memory.

    Attributes:
        name: of the table in the engine.
        rows: how many it has.
        codes: of each dimension, in their order, with how often they occur.
    """

    name: str
    rows: int
    codes: Mapping[str, Mapping[str, int]]

    def narrowed(
        self, filters: Mapping[str, Collection[str]]
    ) -> Mapping[str, Collection[str]]:
        """Returns the filters that leave something out, with codes that occur."""
        return {
            name: [code for code in codes if code in self.codes[name]]
            for name, codes in filters.items()
            if not self.codes[name].keys() <= set(codes)
        }


_Key = tuple[Path, Sequence[str]]


@dataclass
class Holding:
    """The tables that an engine holds.

    Args:
        engine: which holds them.
        most: rows that are held, of all tables together.
    """

    engine: Engine
    most: int
    _tables: OrderedDict[_Key, Held] = field(default_factory=OrderedDict)
    _names: Iterator[int] = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)
    _reading: Lock = field(default_factory=Lock)

    def table(self, parquet: Path, structure: Structure) -> Held:
        """Returns the table of a file, after reading it if it was not held."""
        key = (parquet, structure.columns)
        held = self._held(key)
        if held is not None:
            return held
        with self._reading:
            held = self._held(key)  # somebody else may have read it meanwhile
            if held is None:
                with self.engine.working() as cursor:
                    held = _read(cursor, f"t{next(self._names)}", parquet, structure)
                    self._keep(key, held, cursor)
            return held

    def _held(self, key: _Key) -> Held | None:
        with self._lock:
            found = self._tables.get(key)
            if found is not None:
                self._tables.move_to_end(key)
            return found

    def _keep(self, key: _Key, held: Held, cursor: DuckDBPyConnection) -> None:
        with self._lock:
            self._tables[key] = held
            gone = []
            while len(self._tables) > 1 and self._rows() > self.most:
                gone.append(self._tables.popitem(last=False)[1])
        for table in gone:
            # Who still reads it goes on reading it.
            cursor.execute(f"DROP TABLE {quoted(table.name)}")
            for dimension in table.codes:
                cursor.execute(f"DROP TYPE {_codes(table.name, dimension)}")

    def _rows(self) -> int:
        return sum(table.rows for table in self._tables.values())


def _read(
    cursor: DuckDBPyConnection, name: str, parquet: Path, structure: Structure
) -> Held:
    """Reads a file into the engine, sorted, the codes of a dimension as numbers."""
    source = cursor.read_parquet(str(parquet))
    source.create_view("source", replace=True)
    columns, keys = [], []
    for dimension in structure.dimensions:
        column, kind = quoted(dimension.id), _codes(name, dimension.id)
        cursor.execute(
            f"CREATE TYPE {kind} AS ENUM "  # noqa: S608
            f"(SELECT DISTINCT {column} FROM source ORDER BY 1)"
        )
        columns.append(f"CAST({column} AS {kind}) AS {column}")
        keys.append(column)
    columns += [quoted(c) for c in structure.columns[len(columns) :]]
    cursor.execute(
        f"CREATE TABLE {quoted(name)} AS SELECT {', '.join(columns)} "  # noqa: S608
        f"FROM source ORDER BY {', '.join(keys)}"
    )
    cursor.execute("DROP VIEW source")
    codes = {
        dimension.id: _counted(cursor, name, dimension.id)
        for dimension in structure.dimensions
    }
    return Held(name, sum(next(iter(codes.values())).values()), codes)


def _counted(cursor: DuckDBPyConnection, table: str, column: str) -> Mapping[str, int]:
    counted = cursor.execute(
        f"SELECT CAST({quoted(column)} AS VARCHAR), count(*) "  # noqa: S608
        f"FROM {quoted(table)} GROUP BY 1 ORDER BY 1"
    )
    return dict(counted.fetchall())


def _codes(table: str, dimension: str) -> str:
    """Returns the name of the type of a dimension's codes."""
    return quoted(f"{table}_{dimension}")
