"""Rows that stand for a star, read from the columns by DuckDB.

DuckDB has one thread and little memory, writes nothing, and opens no file but
those of the snapshot. It is loaded at the first use, since most workers never
need it. Values are bound; what is written into statements is made here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from registry.store.columns import TYPE, Columns, Table
from registry.store.stars import Pattern

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST = 5_000
"""Rows that may take the place of a star: the engine reads them as text."""

_MEMORY = 256 * 1024**2
_EXACT = Decimal(10**15)
"""Absolute values of one table may add up to this: thousands of tables, or of rows
joined to each, are still far from where the engine's own sums would overflow."""
_EXTREMES = ("sum({})", "min({})", "max({})", "sum(abs({}))")
_OPERATORS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "=": "=", "!=": "<>"}
_WIDE = "DECIMAL(38, 18)"


class Doubt(Exception):  # noqa: N818 - the engine will answer
    """The columns cannot tell."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What rows have to fulfil: be one of the terms, or pass a comparison."""

    variable: str
    terms: frozenset[str] = frozenset()
    comparison: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The star, and the tables that may have rows for it.

    Attributes:
        patterns: with terms as the engine gives them back.
        predicates: by the variables that stand for their objects.
        tables: where all the predicates, and the constants, occur.
    """

    patterns: Sequence[Pattern]
    predicates: Mapping[str, str]
    tables: Sequence[Table]

    def kinds(self, name: str) -> frozenset[str]:
        """Returns what a variable stands for: `terms`, or a datatype of values.

        Raises:
            Doubt: for what is not to be used.
        """
        return frozenset(
            meaning if isinstance(meaning, str) else "terms"
            for meaning in self._meanings(name)
        )

    def terms(self, name: str) -> Sequence[str]:
        """Returns all terms that a variable can stand for."""
        found: dict[str, None] = {}
        for meaning in self._meanings(name):
            if not isinstance(meaning, str):
                found |= dict.fromkeys(meaning)
        return list(found)

    def _meanings(self, name: str) -> Iterator[Sequence[str] | str]:
        return (_usable(table, self.predicates[name]) for table in self.tables)

    def rows(
        self, keys: Sequence[str], added: Sequence[str], conditions: Sequence[Condition]
    ) -> Iterator[str]:
        """Yields the rows that stand for the star, in the syntax of `VALUES`.

        Args:
            keys: variables; a row for each combination of their terms.
            added: variables; after the number of observations come the sum, the
                least and the greatest value of each.
            conditions: on the observations.

        Raises:
            Doubt: there are too many, or the sums too great.
        """
        left = MOST
        for table in self.tables:
            selection = _Selection(self, table, keys, added, conditions)
            for row in selection.rows(left + 1):
                left -= 1
                if left < 0:
                    raise Doubt
                yield row


def plan(patterns: Sequence[Pattern], columns: Columns) -> Plan:
    """Returns how a star is read from the columns of a snapshot.

    Raises:
        Doubt: one of its predicates is also said of what has no row.
    """
    for pattern in patterns:
        said = pattern.predicate
        if said == TYPE:
            said = f"{TYPE} {pattern.term}"
        if pattern.predicate == TYPE == said.strip() or said in columns.outside:
            raise Doubt
    tables = [table for table in columns.tables if _holds(table, patterns)]
    predicates = {p.variable: p.predicate for p in patterns if p.variable}
    return Plan(patterns, predicates, tables)


def _holds(table: Table, patterns: Sequence[Pattern]) -> bool:
    for pattern in patterns:
        if pattern.predicate not in table.columns:
            return False
        meaning = table.columns[pattern.predicate]
        if pattern.term and isinstance(meaning, list) and pattern.term not in meaning:
            return False
    return True


def _usable(table: Table, predicate: str) -> Sequence[str] | str:
    found = table.columns[predicate]
    if found is None:
        raise Doubt
    return found


@dataclass(frozen=True, slots=True)
class _Selection:
    """What is read from one table."""

    plan: Plan
    table: Table
    keys: Sequence[str]
    added: Sequence[str]
    conditions: Sequence[Condition]

    def rows(self, most: int) -> Iterator[str]:
        values: list[object] = [self.table.file]
        tests = [self._test(pattern, values) for pattern in self.plan.patterns]
        tests += [self._passes(condition, values) for condition in self.conditions]
        selected = [self._column(self.plan.predicates[key]) for key in self.keys]
        selected.append("count(*)")
        for name in self.added:
            column = self._column(self.plan.predicates[name])
            selected += [function.format(column) for function in _EXTREMES]
        text = (
            f"SELECT {', '.join(selected)} FROM read_parquet(?) "  # noqa: S608 - no text of others
            f"WHERE {' AND '.join(tests)} GROUP BY ALL HAVING count(*) > 0 "
            f"LIMIT {most}"
        )
        found = _fetched(str(Path(self.table.file).parent), text, values)
        total = Decimal(0)
        for row in found:
            sizes = row[len(self.keys) + len(_EXTREMES) :: len(_EXTREMES)]
            total += sum(Decimal(str(size)) for size in sizes)
            if total > _EXACT:
                raise Doubt
            yield self._row(row)

    def _column(self, predicate: str) -> str:
        return f"c{list(self.table.columns).index(predicate)}"

    def _test(self, pattern: Pattern, values: list[object]) -> str:
        column = self._column(pattern.predicate)
        meaning = _usable(self.table, pattern.predicate)
        if not pattern.term:
            return f"{column} IS NOT NULL"
        if not isinstance(meaning, str):
            values.append(list(meaning).index(pattern.term))
            return f"{column} = ?"
        number, _, datatype = pattern.term.removeprefix('"').partition('"^^')
        if datatype != meaning:
            return "false"
        values.append(number)
        return f"{column} = CAST(? AS {_WIDE})"

    def _passes(self, condition: Condition, values: list[object]) -> str:
        predicate = self.plan.predicates[condition.variable]
        column = self._column(predicate)
        if condition.comparison:
            operator, number = condition.comparison
            values.append(number)
            wide = f"CAST({column} AS {_WIDE})"
            return f"{wide} {_OPERATORS[operator]} CAST(? AS {_WIDE})"
        terms = _usable(self.table, predicate)
        values.append([n for n, t in enumerate(terms) if t in condition.terms])
        return f"{column} IN (SELECT unnest(CAST(? AS INTEGER[])))"

    def _row(self, row: Sequence[object]) -> str:
        width = len(self.keys)
        terms = [
            self._term(name, cell)
            for name, cell in zip(self.keys, row[:width], strict=True)
        ]
        terms.append(str(row[width]))
        for number, name in enumerate(self.added):
            start = width + 1 + len(_EXTREMES) * number
            terms += [self._term(name, cell) for cell in row[start : start + 3]]
        return f"({' '.join(terms)})"

    def _term(self, name: str, cell: object) -> str:
        meaning = _usable(self.table, self.plan.predicates[name])
        if isinstance(meaning, str):
            return f'"{cell:f}"^^{meaning}'
        assert isinstance(cell, int)  # noqa: S101 - the number of a term
        return meaning[cell]


def _fetched(
    folder: str, text: str, values: Sequence[object]
) -> Sequence[Sequence[object]]:
    import duckdb

    try:
        return _engine(folder).execute(text, values).fetchall()
    except duckdb.Error as error:
        raise Doubt from error


@lru_cache(maxsize=1)
def _engine(folder: str) -> "DuckDBPyConnection":
    import duckdb

    engine = duckdb.connect(
        ":memory:",
        config={
            "threads": 1,
            "memory_limit": f"{_MEMORY}B",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    # These can be set in a running engine only, the lock last.
    engine.execute("SET temp_directory = ''")
    engine.execute("SET allowed_directories = ?", [[folder]])
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine
