"""A table that was handed in, checked against its structure.

Every column is checked on its distinct values, and keys by grouping their hashes,
so that three million observations take seconds. What is sound is written as
Parquet: sorted by the dimensions, codes and flags as text, values as exact
numbers, NULL where there is none. A missing value is never a zero: a row without
value is refused unless a flag says why, and is then kept as a gap.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from registry.ports import TableRow
from registry.statistics import reading
from registry.statistics.findings import (
    SHOWN,
    BadCell,
    Finding,
    TableReport,
    finding,
)
from registry.statistics.reading import Cells, Reader, UnreadableError, quoted
from registry.statistics.structure import (
    CODE,
    FLAG,
    VALUE,
    Dimension,
    Period,
    Role,
    Structure,
)

Codes = Mapping[str, Collection[str]]
"""The codes that each dimension knows, and those of `obs_flag`."""

WHOLE = 18
"""Digits that a value may have before the decimal point."""

DECIMALS = 12
"""Digits that a value may have after it."""

BATCH = 10_000
"""Rows that are handed over at a time."""

_PERIODS: Mapping[Period, tuple[str, str]] = {
    Period.YEAR: (r"[12][0-9]{3}", "2024"),
    Period.QUARTER: (r"[12][0-9]{3}-Q[1-4]", "2024-Q1"),
    Period.MONTH: (r"[12][0-9]{3}-(0[1-9]|1[0-2])", "2024-01"),
}
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a table holds.

    Attributes:
        observations: rows with a value.
        gaps: rows without one, each with a flag that says why.
        first: the earliest period; `None` for a table without rows.
        last: the latest period.
    """

    observations: int
    gaps: int
    first: str | None
    last: str | None


class Table:
    """A sound table, open for reading."""

    def __init__(self, structure: Structure, cells: Cells) -> None:
        self._structure = structure
        self._connection = cells.connection
        names = [quoted(dimension.id) for dimension in structure.dimensions]
        self._order = ", ".join(names)

    def extent(self) -> Extent:
        """Returns how much the table holds."""
        time = next(d.id for d in self._structure.dimensions if d.role is Role.TIME)
        rows = self._connection.execute(
            f"SELECT count({VALUE}), count(*) - count({VALUE}), "  # noqa: S608
            f"min({quoted(time)}), max({quoted(time)}) FROM cells"
        ).fetchall()
        return Extent(*rows[0])

    def rows(self) -> Iterator[TableRow]:
        """Yields the rows in the order of the structure's columns, sorted."""
        chosen = ", ".join(map(quoted, self._structure.columns))
        answer = self._connection.execute(
            f"SELECT {chosen} FROM cells ORDER BY {self._order}"  # noqa: S608
        )
        while batch := answer.fetchmany(BATCH):
            yield from batch

    def write(self, target: Path) -> None:
        """Writes the table as Parquet.

        Args:
            target: a new file in a folder that the engine may write to.
        """
        number = f"CAST({VALUE} AS {self._number()}) AS {VALUE}"
        chosen = ", ".join(
            number if column == VALUE else quoted(column)
            for column in self._structure.columns
        )
        self._connection.execute(
            f"COPY (SELECT {chosen} FROM cells ORDER BY {self._order}) "  # noqa: S608
            "TO $target (FORMAT parquet, COMPRESSION zstd)",
            {"target": str(target)},
        )

    def _number(self) -> str:
        """Returns the narrowest exact type of the values."""
        if self._structure.integer:
            return "BIGINT"
        rows = self._connection.execute(
            f"SELECT max(length(split_part(ltrim({VALUE}, '-'), '.', 1))), "  # noqa: S608
            f"max(length(split_part({VALUE}, '.', 2))) FROM cells"
        ).fetchall()
        whole, decimals = (int(digits or 0) for digits in rows[0])
        return f"DECIMAL({max(1, whole + decimals)}, {decimals})"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes:
        report: everything that is wrong.
        table: the table, if nothing is.
    """

    report: TableReport
    table: Table | None


@contextmanager
def check(
    path: Path, structure: Structure, codes: Codes, reader: Reader
) -> Iterator[Checked]:
    """Reads and checks a file; the table can be read within the block.

    Args:
        path: a CSV file or an Excel workbook.
        structure: what its columns must be, in any order.
        codes: the codes that each coded dimension and the area knows, by column,
            and those of `obs_flag`.
        reader: opens the file.
    """
    with ExitStack() as stack:
        try:
            cells = stack.enter_context(reader.opened(path, structure.columns))
        except UnreadableError as unreadable:
            yield Checked(TableReport(unreadable.findings), None)
            return
        yield examined(cells, structure, codes)


def examined(
    cells: Cells, structure: Structure, codes: Codes, *, shown: int = SHOWN
) -> Checked:
    """Checks cells that were read.

    Args:
        cells: with the columns of the structure.
        structure: what they must be.
        codes: as for `check`.
        shown: how many rows a finding has at most.
    """
    report = TableReport(tuple(_Checks(cells, structure, codes, shown).findings()))
    return Checked(report, Table(structure, cells) if report.sound else None)


@contextmanager
def opened(
    path: Path, structure: Structure, *, folder: Path | None = None
) -> Iterator[Table]:
    """Reads a file that was found sound before, without checking it again.

    Args:
        path: a CSV file or an Excel workbook.
        structure: what it was found to be.
        folder: where the table may be written to as Parquet.

    Raises:
        UnreadableError: it is not a file with the columns of the structure.
    """
    folders = [folder] if folder else []
    with reading.opened(path, structure.columns, folders) as cells:
        numbers = _Numbers(cells)
        if not structure.integer and numbers.decimal_comma():
            numbers.normalise()
        yield Table(structure, cells)


class _Numbers:
    """The values of a file, and what a comma in them stands for."""

    def __init__(self, cells: Cells) -> None:
        self._connection = cells.connection

    def decimal_comma(self) -> bool:
        """Says whether commas can only be decimal points.

        They can if each value has at most one, none has a point, and at least
        one value could not have a comma for thousands.
        """
        any_comma = self._connection.execute(
            f"SELECT 1 FROM cells WHERE contains({VALUE}, ',') LIMIT 1"  # noqa: S608
        )
        if not any_comma.fetchall():
            return False
        rows = self._connection.execute(
            f"SELECT count(*) FILTER (contains({VALUE}, '.')), "  # noqa: S608
            f"count(*) FILTER (regexp_matches({VALUE}, ',.*,')), "
            f"count(*) FILTER (contains({VALUE}, ',') AND "
            f"NOT regexp_full_match({VALUE}, '-?[1-9][0-9]{{0,2}}(,[0-9]{{3}})+')) "
            "FROM cells"
        ).fetchall()
        points, several, decimals = rows[0]
        return bool(decimals and not points and not several)

    def normalise(self) -> None:
        """Puts points in the place of decimal commas."""
        self._connection.execute(
            f"UPDATE cells SET {VALUE} = replace({VALUE}, ',', '.') "  # noqa: S608
            f"WHERE contains({VALUE}, ',')"
        )


@dataclass(frozen=True, slots=True)
class _Column:
    """What the values of a column must be.

    Attributes:
        name: of the column.
        rule: SQL that gives the rule that a value `v` breaks, or NULL.
        values: of its parameters.
        words: what the messages mention.
    """

    name: str
    rule: str
    values: Sequence[object]
    words: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A finding whose rows are not yet known by their lines."""

    column: str
    rule: str
    count: int
    cells: Sequence[tuple[int, str]]
    words: Mapping[str, object]


class _Checks:
    """All the checks of one file."""

    def __init__(
        self, cells: Cells, structure: Structure, codes: Codes, shown: int
    ) -> None:
        self._shown = shown
        self._cells = cells
        self._connection = cells.connection
        self._structure = structure
        self._codes = codes

    def findings(self) -> Sequence[Finding]:
        broken = self._cells.broken(self._shown)
        columns = [*map(self._dimension, self._structure.dimensions), self._value()]
        if self._structure.flags:
            columns.append(self._flag())
        drafts = [
            *self._columns(columns),
            *self._missing_values(),
            *self._duplicates(),
        ]
        lines = self._cells.lines({row for d in drafts for row, _ in d.cells})
        findings = [
            finding(
                draft.rule,
                column=draft.column,
                count=draft.count,
                cells=[BadCell(lines.get(row, 0), value) for row, value in draft.cells],
                shown=self._shown,
                **draft.words,
            )
            for draft in drafts
        ]
        return [broken, *findings] if broken else findings

    def _dimension(self, dimension: Dimension) -> _Column:
        if dimension.role is Role.TIME:
            own, example = _PERIODS[self._structure.period]
            anything = "|".join(f"({pattern})" for pattern, _ in _PERIODS.values())
            return _Column(
                dimension.id,
                "CASE WHEN v IS NULL THEN 'empty-code' "
                "WHEN regexp_full_match(v, ?) THEN NULL "
                "WHEN regexp_full_match(v, ?) THEN 'period-kind' "
                "ELSE 'period-format' END",
                [own, anything],
                {"example": example},
            )
        known = self._known(dimension.id)
        return _Column(
            dimension.id,
            "CASE WHEN v IS NULL THEN 'empty-code' "
            "WHEN v NOT IN (SELECT unnest(?)) THEN 'unknown-code' END",
            [known],
            {
                "list": dimension.scheme or "place",
                "codes": ", ".join(known[:_EXAMPLES]),
            },
        )

    def _known(self, column: str) -> list[str]:
        return sorted(code for code in self._codes[column] if CODE.match(code))

    def _value(self) -> _Column:
        """Returns what the values must be, once commas for points are points."""
        numbers = _Numbers(self._cells)
        decimals = numbers.decimal_comma()
        if decimals and not self._structure.integer:
            numbers.normalise()
        return _Column(
            VALUE,
            "CASE WHEN v IS NULL THEN NULL "
            "WHEN regexp_full_match(v, '-?[0-9]+(,[0-9]+)+') THEN ? "
            "WHEN NOT regexp_full_match(v, '-?[0-9]+([.][0-9]+)?') "
            "THEN 'value-format' "
            "WHEN ? AND contains(v, '.') THEN 'value-not-whole' "
            "WHEN NOT regexp_full_match(v, ?) THEN 'value-too-long' END",
            [
                "value-not-whole" if decimals else "value-comma",
                self._structure.integer,
                f"-?[0-9]{{1,{WHOLE}}}([.][0-9]{{1,{DECIMALS}}})?",
            ],
            {"whole": WHOLE, "decimals": DECIMALS},
        )

    def _flag(self) -> _Column:
        known = self._known(FLAG)
        return _Column(
            FLAG,
            "CASE WHEN v NOT IN (SELECT unnest(?)) THEN 'unknown-code' END",
            [known],
            {"list": "obs-flag", "codes": ", ".join(known[:_EXAMPLES])},
        )

    def _columns(self, columns: Sequence[_Column]) -> Iterator[_Draft]:
        """Yields what is wrong in columns, all looked through by one statement."""
        parts = [
            f"SELECT {number} AS n, v, {column.rule} "  # noqa: S608
            f"AS rule FROM (SELECT DISTINCT {quoted(column.name)} AS v FROM cells)"
            for number, column in enumerate(columns)
        ]
        self._connection.execute(
            "CREATE TEMP TABLE bad AS "
            f"FROM ({' UNION ALL '.join(parts)}) WHERE rule IS NOT NULL",
            [value for column in columns for value in column.values],
        )
        rules = self._connection.execute(
            "SELECT DISTINCT n, rule FROM bad ORDER BY 1, 2"
        )
        for number, broken in rules.fetchall():
            column = columns[number]
            name = quoted(column.name)
            yield from self._rows(
                column.name,
                broken,
                "EXISTS (FROM bad WHERE n = $n AND rule = $rule "
                f"AND v IS NOT DISTINCT FROM {name})",
                f"coalesce({name}, '')",
                {"n": number, "rule": broken},
                **column.words,
            )

    def _missing_values(self) -> Iterator[_Draft]:
        unflagged = f" AND {FLAG} IS NULL" if self._structure.flags else ""
        yield from self._rows(
            VALUE, "missing-value", f"{VALUE} IS NULL{unflagged}", "''", {}
        )

    def _duplicates(self) -> Iterator[_Draft]:
        names = ", ".join(quoted(d.id) for d in self._structure.dimensions)
        # Hashes first: they are a fraction of the work that the keys would be.
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE again AS "  # noqa: S608
            f"SELECT hash({names}) AS h FROM cells GROUP BY h HAVING count(*) > 1"
        )
        if not self._connection.execute("FROM again LIMIT 1").fetchall():
            return
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE later AS "  # noqa: S608
            "SELECT r FROM (SELECT rowid AS r, row_number() OVER "
            f"(PARTITION BY {names} ORDER BY rowid) AS nth FROM cells "
            f"WHERE hash({names}) IN (FROM again)) WHERE nth > 1"
        )
        yield from self._rows(
            "",
            "duplicate-key",
            "rowid IN (FROM later)",
            f"concat_ws('.', {names})",
            {},
        )

    def _rows(
        self,
        column: str,
        rule: str,
        condition: str,
        shown: str,
        values: Mapping[str, object],
        **words: object,
    ) -> Iterator[_Draft]:
        """Yields the finding that rows under a condition make, if there are any."""
        counted = self._connection.execute(
            f"SELECT count(*) FROM cells WHERE {condition}",  # noqa: S608
            values,
        ).fetchall()
        if not counted[0][0]:
            return
        rows = self._connection.execute(
            f"SELECT rowid, {shown} FROM cells WHERE {condition} "  # noqa: S608
            f"ORDER BY rowid LIMIT {self._shown}",
            values,
        ).fetchall()
        yield _Draft(column, rule, counted[0][0], rows, words)
