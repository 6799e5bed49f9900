"""Slices of tables: DuckDB over the Parquet files in which observations are kept."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from registry.ports import TableRow
from registry.statistics import relations
from registry.statistics.cursors import beyond, cursor
from registry.statistics.engine import Engine
from registry.statistics.holding import Holding
from registry.statistics.relations import Relation
from registry.statistics.selection import Slice
from registry.statistics.sql import order, quoted, texts, typed
from registry.statistics.structure import Structure

HELD = 12_000_000
"""Rows that are held in memory, of all tables together."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a slice, in the order of its columns.

    Attributes:
        next: cursor of the page that follows; `None` on the last one.
    """

    rows: Sequence[TableRow]
    next: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One observation that two versions of a table do not share.

    Attributes:
        codes: of the observation, in their order.
        old: value and flag before; `None` if it was added.
        new: value and flag afterwards; `None` if it was removed.
    """

    codes: tuple[str, ...]
    old: TableRow | None
    new: TableRow | None

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"


@dataclass(frozen=True, slots=True)
class _Query:
    text: str
    values: Sequence[object]


@dataclass
class Cubes:
    """The tables of one folder, as slices.

    The columns of a slice are those of its structure, see `registry.statistics.shape`;
    what is passed here is always the structure of the table.

    Args:
        folder: where the Parquet files are.
        memory: bytes that the engine may use.
        held: rows that are held in memory.
        deadline: seconds that the engine may work for one slice.
    """

    folder: Path
    memory: int = 1024**3
    held: int = HELD
    deadline: float = 10.0

    @cached_property
    def _engine(self) -> Engine:
        return Engine(self.folder, self.memory, self.deadline)

    @cached_property
    def _holding(self) -> Holding:
        return Holding(self._engine, self.held)

    def close(self) -> None:
        """Lets go of everything; nothing is opened before it is needed."""
        self._engine.close()

    def dimension_values(
        self, parquet: Path, structure: Structure, dimension: str
    ) -> Mapping[str, int]:
        """Returns the codes of a dimension, sorted, with how often they occur."""
        return self._holding.table(parquet, structure).codes[dimension]

    def size(self, parquet: Path, structure: Structure) -> int:
        """Returns how many rows the whole table has; costs nothing once held."""
        return self._holding.table(parquet, structure).rows

    def count(self, parquet: Path, structure: Structure, wanted: Slice) -> int:
        """Returns how many rows the slice has, whatever its limit and cursor."""
        if not (wanted.summed or wanted.changes):
            held = self._holding.table(parquet, structure)
            if not held.narrowed(wanted.filters):
                return held.rows
        source = self._source(parquet, structure, wanted)
        with self._engine.reading() as reader:
            found = reader.all(f"SELECT count(*) FROM {source.text}", source.values)  # noqa: S608
        return int(found[0][0])

    def rows(self, parquet: Path, structure: Structure, wanted: Slice) -> Page:
        """Returns the rows of a slice, and a cursor if its limit cut it.

        Raises:
            BadParameter: the cursor is not one of this slice.
            QueryTimeout: the engine passed its deadline.
        """
        limit = wanted.limit
        source = self._source(parquet, structure, wanted)
        query = _rows(source, wanted, None if limit is None else limit + 1)
        with self._engine.reading() as reader:
            found = reader.all(query.text, query.values)
        return cut(found, source.structure, wanted)

    def batches(
        self, parquet: Path, structure: Structure, wanted: Slice
    ) -> Iterator[Sequence[TableRow]]:
        """Yields the rows of a slice, some thousands at a time.

        Memory is bounded by the batch, unless the slice has to be sorted.
        """
        source = self._source(parquet, structure, wanted)
        query = _rows(source, wanted, wanted.limit)
        with self._engine.reading() as reader:
            yield from reader.batches(query.text, query.values)

    def observation(
        self, parquet: Path, structure: Structure, codes: Sequence[str]
    ) -> TableRow | None:
        """Returns the row that has these codes, in their order, if there is one."""
        names = [dimension.id for dimension in structure.dimensions]
        if len(codes) != len(names):
            return None
        wanted = Slice({name: (code,) for name, code in zip(names, codes, strict=True)})
        found = self.rows(parquet, structure, wanted).rows
        return found[0] if found else None

    def differences(
        self, old: Path, new: Path, structure: Structure
    ) -> Iterator[Difference]:
        """Yields what was added, removed or changed, in the order of the codes.

        Both files have the columns of the structure.
        """
        names = [dimension.id for dimension in structure.dimensions]
        shown = [name for name in structure.columns if name not in names]
        text = _compared(structure, names, shown)
        width, size = len(names), len(shown)
        with self._engine.reading() as reader:
            for batch in reader.batches(text, [str(old), str(new)]):
                for before, after, *cells in batch:
                    yield Difference(
                        tuple(cells[:width]),
                        tuple(cells[width : width + size]) if before else None,
                        tuple(cells[width + size :]) if after else None,
                    )

    def parquet(
        self,
        parquet: Path,
        structure: Structure,
        wanted: Slice,
        metadata: Mapping[str, str],
    ) -> bytes:
        """Returns a slice as a Parquet file of its own.

        Args:
            parquet: the whole table.
            structure: its structure.
            wanted: the slice.
            metadata: goes into the file as its key-value metadata.
        """
        source = self._source(parquet, structure, wanted)
        query = _rows(source, wanted, wanted.limit, file=True)
        keys = ", ".join(f"{quoted(key)}: ?" for key in metadata)
        with (
            self._engine.reading() as reader,
            tempfile.TemporaryDirectory(dir=self._engine.scratch) as folder,
        ):
            target = Path(folder) / "slice.parquet"
            reader.run(
                f"COPY ({query.text}) TO ? "
                f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{keys}}})",
                [*query.values, str(target), *metadata.values()],
            )
            return target.read_bytes()

    def _source(self, parquet: Path, structure: Structure, wanted: Slice) -> Relation:
        if wanted.changes is not None:
            return relations.changes(parquet, structure, wanted, wanted.changes)
        held = self._holding.table(parquet, structure)
        if wanted.summed:
            return relations.sums(held, structure, wanted)
        return relations.cells(held, structure, wanted)


def cut(rows: Sequence[TableRow], structure: Structure, wanted: Slice) -> Page:
    """Returns the first rows of a slice, as many as it may have, and a cursor.

    Args:
        rows: more than that, or all that there are.
        structure: of the rows.
        wanted: the slice.
    """
    limit = wanted.limit
    if limit is None or len(rows) <= limit:
        return Page(rows, None)
    page = rows[:limit]
    return Page(page, cursor(page[-1], structure, wanted.sort))


def _rows(
    source: Relation, wanted: Slice, limit: int | None, *, file: bool = False
) -> _Query:
    chosen = typed(source.structure) if file else texts(source.structure)
    text = f"SELECT {chosen} FROM {source.text}"  # noqa: S608
    values = list(source.values)
    if wanted.after is not None:
        condition, more = beyond(wanted.after, source, wanted.sort)
        text += f" AND {condition}"
        values += more
    if wanted.sort or limit is not None or file or not source.stored:
        text += f" ORDER BY {order(source.name, source.structure, wanted.sort)}"
    # Otherwise it is in the order of the codes already, as it was stored.
    if limit is not None:
        text += " LIMIT ?"
        values.append(limit)
    return _Query(text, values)


def _compared(structure: Structure, names: Sequence[str], shown: Sequence[str]) -> str:
    """Returns the query for what two files do not share."""
    keys = ", ".join(map(quoted, names))
    measured = ", ".join(
        f"{side}.{quoted(name)}" for side in ("o", "n") for name in shown
    )
    differs = " OR ".join(
        f"o.{quoted(name)} IS DISTINCT FROM n.{quoted(name)}" for name in shown
    )
    side = f"SELECT {texts(structure)}, true AS here FROM read_parquet(?)"  # noqa: S608
    return (
        f"SELECT o.here, n.here, {keys}, {measured} "  # noqa: S608
        f"FROM ({side}) AS o FULL JOIN ({side}) AS n USING ({keys}) "
        f"WHERE o.here IS NULL OR n.here IS NULL OR {differs} ORDER BY {keys}"
    )
