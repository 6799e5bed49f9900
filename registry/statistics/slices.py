"""Slices of tables: DuckDB over the Parquet files in which observations are kept.

A file is named by what is in it and never changes. The one that is asked for is
held in memory, its codes as numbers, so that finding an observation takes as long
among three million as among thirty thousand. What was not asked for the longest
is let go.

The engine runs in this process, shut in: it opens no file outside its folders, no
network and no extension, and keeps to its memory.
"""

import json
import tempfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from itertools import count
from pathlib import Path
from threading import Lock

import duckdb
from duckdb import DuckDBPyConnection

from registry.errors import BadParameter, ResultTooLarge
from registry.ports import TableRow
from registry.statistics.selection import Slice, Sort
from registry.statistics.structure import FLAG, VALUE, Structure

HELD = 12_000_000
"""Rows that are held in memory, of all tables together."""

BATCH = 5_000
"""Rows that are read at a time."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a slice, in the order of `structure.columns`.

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
class _Held:
    """A table in memory.

    Attributes:
        name: of the table in the engine.
        rows: how many it has.
        codes: of each dimension, in their order, with how often they occur.
    """

    name: str
    rows: int
    codes: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class _Query:
    text: str
    values: Sequence[object] = ()


_Key = tuple[Path, Sequence[str]]


@dataclass
class Cubes:
    """The tables of one folder, as slices.

    Args:
        folder: where the Parquet files are.
        memory: bytes that the engine may use.
        held: rows that are held in memory.
    """

    folder: Path
    memory: int = 1024**3
    held: int = HELD
    _tables: OrderedDict[_Key, _Held] = field(default_factory=OrderedDict)
    _names: Iterator[int] = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)
    _reading: Lock = field(default_factory=Lock)

    _opened: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def _scratch(self) -> Path:
        made = tempfile.TemporaryDirectory(prefix="slices-")
        return Path(self._opened.enter_context(made))

    @cached_property
    def _engine(self) -> DuckDBPyConnection:
        engine = _engine(self.folder.resolve(), self._scratch, self.memory)
        return self._opened.enter_context(engine)

    def close(self) -> None:
        """Lets go of everything; nothing is opened before it is needed."""
        self._opened.close()

    def dimension_values(
        self, parquet: Path, structure: Structure, dimension: str
    ) -> Mapping[str, int]:
        """Returns the codes of a dimension, sorted, with how often they occur."""
        return self._hold(parquet, structure).codes[dimension]

    def size(self, parquet: Path, structure: Structure) -> int:
        """Returns how many rows the whole table has; costs nothing once held."""
        return self._hold(parquet, structure).rows

    def count(self, parquet: Path, structure: Structure, wanted: Slice) -> int:
        """Returns how many rows the slice has, whatever its limit and cursor."""
        held = self._hold(parquet, structure)
        if not _narrowed(held, wanted):
            return held.rows
        query = _selected("count(*)", held, wanted)
        with self._cursor() as cursor:
            row = cursor.execute(query.text, query.values).fetchone()
        return int(row[0]) if row else 0

    def rows(self, parquet: Path, structure: Structure, wanted: Slice) -> Page:
        """Returns the rows of a slice, and a cursor if its limit cut it.

        Raises:
            BadParameter: the cursor is not one of this slice.
        """
        limit = wanted.limit
        held = self._hold(parquet, structure)
        query = _rows(held, structure, wanted, None if limit is None else limit + 1)
        with self._cursor() as cursor:
            found = cursor.execute(query.text, query.values).fetchall()
        if limit is None or len(found) <= limit:
            return Page(found, None)
        del found[limit:]
        return Page(found, _cursor(found[-1], structure, wanted.sort))

    def batches(
        self, parquet: Path, structure: Structure, wanted: Slice
    ) -> Iterator[Sequence[TableRow]]:
        """Yields the rows of a slice, some thousands at a time.

        Memory is bounded by the batch, unless the slice has to be sorted.
        """
        query = _rows(self._hold(parquet, structure), structure, wanted, wanted.limit)
        with self._cursor() as cursor:
            answer = cursor.execute(query.text, query.values)
            while batch := answer.fetchmany(BATCH):
                yield batch

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

    def changed(
        self, old: Path, new: Path, structure: Structure, wanted: Slice
    ) -> Iterator[Sequence[TableRow]]:
        """Yields the rows of a slice that the older file does not have like that.

        Both files have the columns of the structure.
        """
        chosen = _columns(structure)
        where, values = _conditions(wanted.filters)
        text = (
            f"SELECT * FROM (SELECT {chosen} FROM read_parquet(?) "  # noqa: S608
            f"EXCEPT SELECT {chosen} FROM read_parquet(?)){where} "
            f"ORDER BY {_order(structure, wanted.sort, text=True)}"
        )
        with self._cursor() as cursor:
            answer = cursor.execute(text, [str(new), str(old), *values])
            while batch := answer.fetchmany(BATCH):
                yield batch

    def differences(
        self, old: Path, new: Path, structure: Structure
    ) -> Iterator[Difference]:
        """Yields what was added, removed or changed, in the order of the codes.

        Both files have the columns of the structure.
        """
        names = [dimension.id for dimension in structure.dimensions]
        keys = ", ".join(map(_quoted, names))
        shown = [name for name in structure.columns if name not in names]
        measured = ", ".join(
            f"{side}.{_quoted(name)}" for side in ("o", "n") for name in shown
        )
        differs = " OR ".join(
            f"o.{_quoted(name)} IS DISTINCT FROM n.{_quoted(name)}" for name in shown
        )
        side = f"SELECT {_columns(structure)}, true AS here FROM read_parquet(?)"  # noqa: S608
        text = (
            f"SELECT o.here, n.here, {keys}, {measured} "  # noqa: S608
            f"FROM ({side}) AS o FULL JOIN ({side}) AS n USING ({keys}) "
            f"WHERE o.here IS NULL OR n.here IS NULL OR {differs} ORDER BY {keys}"
        )
        width, size = len(names), len(shown)
        with self._cursor() as cursor:
            answer = cursor.execute(text, [str(old), str(new)])
            while batch := answer.fetchmany(BATCH):
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
        held = self._hold(parquet, structure)
        names = ", ".join(
            f"CAST({_quoted(name)} AS VARCHAR) AS {_quoted(name)}"
            if name != VALUE
            else _quoted(name)
            for name in structure.columns
        )
        query = _selected(names, held, wanted)
        keys = ", ".join(f"{_quoted(key)}: ?" for key in metadata)
        with (
            tempfile.TemporaryDirectory(dir=self._scratch) as folder,
            self._cursor() as cursor,
        ):
            target = Path(folder) / "slice.parquet"
            cursor.execute(
                f"COPY ({query.text} ORDER BY {_order(structure, wanted.sort)}) TO ? "
                f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{keys}}})",
                [*query.values, str(target), *metadata.values()],
            )
            return target.read_bytes()

    @contextmanager
    def _cursor(self) -> Iterator[DuckDBPyConnection]:
        """Opens a connection of this thread's own, which costs next to nothing."""
        with self._lock:
            cursor = self._engine.cursor()
        try:
            yield cursor
        except duckdb.OutOfMemoryException as error:
            raise ResultTooLarge(
                "The slice needs more memory than a slice may use; ask for less of "
                "the table, or leave out the sorting.",
                "Извадката изисква повече памет от разрешеното; поискайте по-малка "
                "част от таблицата или се откажете от подреждането.",
                extra={"limit": self.memory},
            ) from error
        finally:
            cursor.close()

    def _hold(self, parquet: Path, structure: Structure) -> _Held:
        """Returns the table in memory, after reading it if it was not held."""
        key = (parquet, structure.columns)
        held = self._held(key)
        if held is not None:
            return held
        with self._reading:
            held = self._held(key)  # somebody else may have read it meanwhile
            if held is None:
                with self._cursor() as cursor:
                    held = _read(cursor, f"t{next(self._names)}", parquet, structure)
                    self._keep(key, held, cursor)
            return held

    def _held(self, key: _Key) -> _Held | None:
        with self._lock:
            found = self._tables.get(key)
            if found is not None:
                self._tables.move_to_end(key)
            return found

    def _keep(self, key: _Key, held: _Held, cursor: DuckDBPyConnection) -> None:
        with self._lock:
            self._tables[key] = held
            gone = []
            while len(self._tables) > 1 and self._rows() > self.held:
                gone.append(self._tables.popitem(last=False)[1])
        for table in gone:
            # Who still reads it goes on reading it.
            cursor.execute(f"DROP TABLE {_quoted(table.name)}")
            for dimension in table.codes:
                cursor.execute(f"DROP TYPE {_codes(table.name, dimension)}")

    def _rows(self) -> int:
        return sum(table.rows for table in self._tables.values())


def _engine(folder: Path, scratch: Path, memory: int) -> DuckDBPyConnection:
    engine = duckdb.connect(
        ":memory:",
        config={
            "threads": 1,
            "memory_limit": f"{memory}B",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    # These can be set in a running engine only, the lock last.
    engine.execute("SET allowed_directories = ?", [[str(folder), str(scratch)]])
    engine.execute("SET temp_directory = ?", [str(scratch)])
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine


def _read(
    engine: DuckDBPyConnection, name: str, parquet: Path, structure: Structure
) -> _Held:
    """Reads a file into the engine, sorted, the codes of a dimension as numbers."""
    source = engine.read_parquet(str(parquet))
    source.create_view("source", replace=True)
    columns = []
    for dimension in structure.dimensions:
        column, kind = _quoted(dimension.id), _codes(name, dimension.id)
        engine.execute(
            f"CREATE TYPE {kind} AS ENUM "  # noqa: S608
            f"(SELECT DISTINCT {column} FROM source ORDER BY 1)"
        )
        columns.append(f"CAST({column} AS {kind}) AS {column}")
    columns += [_quoted(c) for c in structure.columns[len(columns) :]]
    engine.execute(
        f"CREATE TABLE {_quoted(name)} AS SELECT {', '.join(columns)} "  # noqa: S608
        f"FROM source ORDER BY {_order(structure, ())}"
    )
    engine.execute("DROP VIEW source")
    codes = {
        dimension.id: _counted(engine, name, dimension.id)
        for dimension in structure.dimensions
    }
    return _Held(name, sum(next(iter(codes.values())).values()), codes)


def _counted(engine: DuckDBPyConnection, table: str, column: str) -> Mapping[str, int]:
    counted = engine.execute(
        f"SELECT CAST({_quoted(column)} AS VARCHAR), count(*) "  # noqa: S608
        f"FROM {_quoted(table)} GROUP BY 1 ORDER BY 1"
    )
    return dict(counted.fetchall())


def _quoted(name: str) -> str:
    """Returns a name as SQL writes it; the one way by which a name gets there."""
    return '"' + name.replace('"', '""') + '"'


def _codes(table: str, dimension: str) -> str:
    """Returns the name of the type of a dimension's codes."""
    return _quoted(f"{table}_{dimension}")


def _columns(structure: Structure) -> str:
    """Returns the columns as text, the value as the plain decimal that it is."""
    return ", ".join(
        f"{_plain(name) if name == VALUE else f'CAST({_quoted(name)} AS VARCHAR)'} "
        f"AS {_quoted(name)}"
        for name in structure.columns
    )


def _plain(column: str) -> str:
    text = f"CAST({_quoted(column)} AS VARCHAR)"
    return (
        f"CASE WHEN contains({text}, '.') AND NOT contains({text}, 'e') "
        f"THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END"
    )


def _narrowed(held: _Held, wanted: Slice) -> Mapping[str, Collection[str]]:
    """Returns the filters that leave something out, with codes that occur."""
    return {
        name: [code for code in codes if code in held.codes[name]]
        for name, codes in wanted.filters.items()
        if not held.codes[name].keys() <= set(codes)
    }


def _conditions(filters: Mapping[str, Collection[str]]) -> tuple[str, list[object]]:
    conditions = [
        f"{_quoted(name)} IN ({', '.join('?' for _ in codes)})" if codes else "false"
        for name, codes in filters.items()
    ]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return where, [code for codes in filters.values() for code in codes]


def _selected(what: str, held: _Held, wanted: Slice) -> _Query:
    where, values = _conditions(_narrowed(held, wanted))
    return _Query(f"SELECT {what} FROM {_quoted(held.name)}{where}", values)  # noqa: S608


def _rows(
    held: _Held, structure: Structure, wanted: Slice, limit: int | None
) -> _Query:
    where, values = _conditions(_narrowed(held, wanted))
    if wanted.after is not None:
        condition, more = _after(wanted.after, held, structure, wanted.sort)
        where = f"{where} AND {condition}" if where else f" WHERE {condition}"
        values += more
    text = f"SELECT {_columns(structure)} FROM {_quoted(held.name)}{where}"  # noqa: S608
    if wanted.sort or limit is not None:
        text += f" ORDER BY {_order(structure, wanted.sort, held.name)}"
    # Otherwise it is in the order of the codes already, as it was stored.
    if limit is not None:
        text += " LIMIT ?"
        values.append(limit)
    return _Query(text, values)


def _sorted_by(structure: Structure, sort: Sequence[Sort]) -> Sequence[Sort]:
    """Returns the order completed by the codes, which makes it total."""
    named = {column.column for column in sort}
    rest = [Sort(d.id) for d in structure.dimensions if d.id not in named]
    return [*sort, *rest]


def _order(
    structure: Structure,
    sort: Sequence[Sort],
    table: str | None = None,
    *,
    text: bool = False,
) -> str:
    # The column is meant, not the text of the same name that is made of it.
    start = f"{_quoted(table)}." if table else ""
    return ", ".join(
        (
            f"TRY_CAST({_quoted(column.column)} AS DOUBLE)"
            if text and column.column == VALUE
            else f"{start}{_quoted(column.column)}"
        )
        + (" DESC NULLS LAST" if column.descending else " ASC NULLS LAST")
        for column in _sorted_by(structure, sort)
    )


def _cursor(row: TableRow, structure: Structure, sort: Sequence[Sort]) -> str:
    """Returns where a row stands in the order."""
    cells = dict(zip(structure.columns, row, strict=True))
    place = [cells[column.column] for column in _sorted_by(structure, sort)]
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _after(
    cursor: str, held: _Held, structure: Structure, sort: Sequence[Sort]
) -> tuple[str, list[object]]:
    """Returns the condition that a row comes after the cursor, with its values."""
    columns = _sorted_by(structure, sort)
    place = _place(cursor, held, columns)
    conditions, values = [], list[object]()
    for position, (column, value) in enumerate(zip(columns, place, strict=True)):
        if value is None:
            continue  # nothing comes after what is missing
        same = [
            f"{_column(held, before.column)} IS NOT DISTINCT FROM ?"
            for before in columns[:position]
        ]
        name = _column(held, column.column)
        beyond = f"{name} {'<' if column.descending else '>'} ?"
        if column.column in (VALUE, FLAG):
            beyond = f"({beyond} OR {name} IS NULL)"
        conditions.append(f"({' AND '.join([*same, beyond])})")
        values += [*place[:position], value]
    return f"({' OR '.join(conditions)})", values


def _column(held: _Held, column: str) -> str:
    """Returns the column itself, not the text that is made of it."""
    return f"{_quoted(held.name)}.{_quoted(column)}"


def _place(cursor: str, held: _Held, columns: Sequence[Sort]) -> Sequence[object]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = json.loads(urlsafe_b64decode(padded.encode("ascii")))
        return [
            _cell(cell, held.codes.get(column.column), column.column)
            for column, cell in zip(columns, place, strict=True)
        ]
    except (ValueError, TypeError, InvalidOperation) as error:
        raise BadParameter(
            "The cursor in “after” is not one of this slice; take it from the link "
            "to the next page.",
            "Курсорът в „after“ не е за тази извадка; вземете го от връзката към "
            "следващата страница.",
            extra={"parameter": "after"},
        ) from error


def _cell(cell: object, codes: Mapping[str, int] | None, column: str) -> object:
    if cell is None and codes is None:
        return None
    if not isinstance(cell, str) or (codes is not None and cell not in codes):
        raise ValueError(cell)
    if column != VALUE:
        return cell
    number = Decimal(cell)
    if not number.is_finite():
        raise ValueError(cell)
    return number
