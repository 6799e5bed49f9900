"""Figures that somebody hands in: read, checked, protected and compared.

    file ──► cells ──► codes of names ──► checks ──► disclosure control
                                                          │
                          what is published ──► difference, and the table as a whole

What comes out of it is the table as it would be published, as plain CSV: codes in the
order of the structure, sorted. Nothing else of a file is kept.

To be called in a sandboxed worker only.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from registry.errors import DatasetRefused
from registry.sheets.reading import Line, is_plain, lines, template_of
from registry.sheets.wording import REMARKS, Names, Wording, spoken
from registry.statistics import description, disclosure, reading, sql, table
from registry.statistics.findings import BadCell, Finding, finding
from registry.statistics.reading import (
    IGNORED,
    Cells,
    Headings,
    UnreadableError,
    folded,
    quoted,
)
from registry.statistics.structure import FLAG, VALUE, Role, Structure

FAULTS = 10_000
"""Rows that a finding has at most; the others are counted."""

SHOWN = 200
"""Cells of the difference that are listed."""

_NUMBER = "DECIMAL(38, 12)"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file is checked for.

    Attributes:
        document: of the table's record, compact.
        names: of the codes of each coded dimension and area, and of flags.
        headings: names of the columns, per language.
        broader: which code each code is a part of, by column.
        published: the Parquet file of what is published; `None` if nothing is.
        part: whether the places and periods that the file lacks stay as they are.
        others: columns of the other tables, by their keys.
    """

    document: Mapping[str, Any]
    names: Mapping[str, Names]
    headings: Mapping[str, Mapping[str, str]]
    broader: Mapping[str, Mapping[str, str]]
    published: str | None
    part: bool
    others: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a file.

    Attributes:
        said: for `registry.tables`, as JSON has it.
        text: the table as it would be published; empty if the file is refused.
    """

    said: Mapping[str, Any]
    text: str = ""


def marked_for(path: Path, key: str) -> None:
    """Checks that a file is not the template of another table.

    Raises:
        UnreadableError: it is.
    """
    mark = template_of(path)
    if mark.startswith(_MARK) and mark != f"{_MARK}{key}":
        raise UnreadableError(
            finding("other-table", tables=mark.removeprefix(_MARK)[:_LONGEST_KEY])
        )


_MARK = "table/"
_LONGEST_KEY = 128


def plain(path: Path) -> bytes | None:
    """Returns a file as CSV in UTF-8, or `None` if it is that already.

    Empty rows stay as empty lines and no cell has a line end, so that lines are rows.

    Raises:
        UnreadableError: it holds what is not accepted.
    """
    if is_plain(path):
        return None
    result = io.StringIO()
    width = 0
    for line in lines(path):
        width = width or len(line.cells)
        result.write(f"{_csv(line, width)}\n")
    return result.getvalue().encode()


def _csv(line: Line, width: int) -> str:
    if not line.cells:
        return ""
    cells = [*line.cells, *([""] * (width - len(line.cells)))]
    return ",".join(
        f'"{" ".join(c.split()).replace(chr(34), chr(34) * 2)}"' for c in cells
    )


def check(path: Path, asked: Asked) -> Answer:
    """Checks a file of plain CSV.

    Args:
        path: the file.
        asked: what it has to be.
    """
    checking = _Check(path, asked)
    try:
        answer = checking.answer()
    except UnreadableError as error:
        answer = refused(error.findings)
    return replace(answer, said={**answer.said, "headings": checking.named})


def refused(findings: Iterable[Finding]) -> Answer:
    """Returns the answer to a file that breaks rules."""
    return Answer(
        {
            "findings": [
                {
                    "column": found.column,
                    "rule": found.rule,
                    "count": found.count,
                    "cells": [[cell.line, cell.value] for cell in found.cells],
                    "message": dict(found.message),
                }
                for found in findings
            ]
        }
    )


class _Check:
    """One file on its way."""

    def __init__(self, path: Path, asked: Asked) -> None:
        self.path = path
        self.asked = asked
        self.published = description.structure_of(asked.document)
        self.headings = _headings(asked)
        self.named = {
            self.headings.get(folded(cell), cell): cell for cell in reading.header(path)
        }
        self.header = [column for column in self.named if column != IGNORED]
        self.given = self.published
        if self.published.threshold is not None:
            self.given = replace(self.published, flags=FLAG in self.header)

    def answer(self) -> Answer:
        folders = [Path(self.asked.published).parent] if self.asked.published else []
        try:
            with reading.opened(
                self.path, self.given.columns, folders, self.headings
            ) as cells:
                return self._checked(cells)
        except UnreadableError as error:
            other = self._other_table()
            raise UnreadableError(*([other] if other else error.findings)) from None

    def _other_table(self) -> Finding | None:
        """Says of which tables this is a file, if it has the columns of others."""
        found = [
            key
            for key, columns in self.asked.others.items()
            if {*columns} == {*self.header} or {*columns} == {*self.header, FLAG}
        ]
        shown = ", ".join(found[:_NAMED]) + (" …" if len(found) > _NAMED else "")
        return finding("other-table", tables=shown) if found else None

    def _checked(self, cells: Cells) -> Answer:
        self._name_codes(cells)
        codes: Mapping[str, Iterable[str]] = self.asked.names
        known = {column: tuple(listed) for column, listed in codes.items()}
        checked = table.examined(cells, self.given, known, shown=FAULTS)
        counted = _one(cells, "SELECT count(*) FROM cells")
        if checked.table is None or not counted:
            return refused(checked.report.findings or [finding("no-rows")])
        try:
            withheld = self._protect(cells, checked.table)
        except DatasetRefused as error:
            return refused([_unprotected(error)])
        return self._compared(cells, {"rows": counted, "withheld": withheld})

    def _name_codes(self, cells: Cells) -> None:
        """Puts codes in the place of names, and periods in that of dates."""
        for dimension in self.given.dimensions:
            if dimension.role is Role.TIME:
                kind = self.given.period
                self._replace(cells, dimension.id, lambda v, k=kind: _period(v, k))
            else:
                wording = Wording(self.asked.names[dimension.id])
                self._replace(cells, dimension.id, wording.code)
        if self.given.flags:
            self._replace(cells, FLAG, Wording(self.asked.names[FLAG]).code)

    def _replace(self, cells: Cells, column: str, meant: Any) -> None:
        name = quoted(column)
        found = cells.connection.execute(
            f"SELECT DISTINCT {name} FROM cells WHERE {name} IS NOT NULL"  # noqa: S608
        ).fetchall()
        pairs = [(value, code) for (value,) in found if (code := meant(value))]
        changed = [pair for pair in pairs if pair[0] != pair[1]]
        if changed:
            cells.connection.execute(
                f"UPDATE cells SET {name} = m.code FROM (SELECT "  # noqa: S608
                "unnest($values) AS v, unnest($codes) AS code) AS m "
                f"WHERE cells.{name} = m.v",
                {"values": [v for v, _ in changed], "codes": [c for _, c in changed]},
            )

    def _protect(self, cells: Cells, checked: table.Table) -> Mapping[str, int] | None:
        """Makes the relation `result`: the table as it may be published."""
        names = ", ".join(map(quoted, self.published.columns))
        threshold = self.published.threshold
        if threshold is None:
            cells.connection.execute(
                f"CREATE TABLE result AS SELECT {names} FROM cells"  # noqa: S608
            )
            return None
        rows = [_count(row, flags=self.given.flags) for row in checked.rows()]
        done = disclosure.suppress(rows, self.published, self.asked.broader, threshold)
        columns = list(zip(*(_texts(row) for row in done.rows), strict=True))
        chosen = ", ".join(
            f"unnest(${n}::VARCHAR[]) AS {quoted(name)}"
            for n, name in enumerate(self.published.columns, start=1)
        )
        cells.connection.execute(
            f"CREATE TABLE result AS SELECT {chosen}",
            [list(column) for column in columns],
        )
        return {"primary": done.primary, "secondary": done.secondary}

    def _compared(self, cells: Cells, said: Mapping[str, Any]) -> Answer:
        structure = self.published
        run = cells.connection.execute
        names = [quoted(d.id) for d in structure.dimensions]
        all_names = ", ".join(map(quoted, structure.columns))
        if self.asked.published:
            run(
                f"CREATE TABLE published AS SELECT {sql.texts(structure)} "  # noqa: S608
                "FROM read_parquet(?)",
                [self.asked.published],
            )
        else:
            run(f"CREATE TABLE published AS SELECT {all_names} FROM result LIMIT 0")  # noqa: S608
        if self.asked.part:
            blocks = [quoted(d.id) for d in structure.dimensions if d.role in _BLOCKS]
            within = ", ".join(blocks)
            run(
                "CREATE TABLE kept AS SELECT * FROM published WHERE "  # noqa: S608
                f"({within}) NOT IN (SELECT DISTINCT ({within}) FROM result)"
            )
            overlap = self._overlap(cells)
            if overlap:
                return refused([overlap])
            run(f"INSERT INTO result SELECT {all_names} FROM kept")  # noqa: S608
        order = ", ".join(names)
        cells_of = ", ".join(f"coalesce({quoted(c)}, '')" for c in structure.columns)
        text = _one(
            cells,
            f"SELECT string_agg(concat_ws(',', {cells_of}), chr(10) ORDER BY {order})"  # noqa: S608
            " FROM result",
        )
        extent = table.Table(structure, _Result(cells)).extent()
        header = ",".join(structure.columns)
        return Answer(
            {
                **said,
                "findings": [],
                "difference": _difference(cells, structure),
                "extent": [
                    extent.observations,
                    extent.gaps,
                    extent.first,
                    extent.last,
                ],
            },
            f"{header}\n{text}\n",
        )

    def _overlap(self, cells: Cells) -> Finding | None:
        """Finds a place whose figures sum up, or are part of, what stays as it is.

        Protection has to see all figures that add up; what is published already has
        been withheld in part.
        """
        area = next((d for d in self.published.dimensions if d.role is Role.AREA), None)
        if area is None or self.published.threshold is None:
            return None
        time = next(d.id for d in self.published.dimensions if d.role is Role.TIME)
        name, period = quoted(area.id), quoted(time)
        new = _column(cells, f"SELECT DISTINCT {name} FROM result")  # noqa: S608
        old = _column(
            cells,
            f"SELECT DISTINCT {name} FROM kept WHERE {period} IN "  # noqa: S608
            f"(SELECT {period} FROM result)",
        )
        above = self.asked.broader.get(area.id, {})
        whole = self.published.default.get(area.id, ())
        for code in new:
            if old and (code in whole or {*whole} & old):
                return finding("part-overlaps", code=code)
            if _path(code, above) & old or any(code in _path(o, above) for o in old):
                return finding("part-overlaps", code=code)
        return None


_NAMED = 5
_BLOCKS = (Role.AREA, Role.TIME)


class _Result(Cells):
    """The table as it may be published, in the place of the cells of the file."""

    def __init__(self, cells: Cells) -> None:
        cells.connection.execute("ALTER TABLE cells RENAME TO handed_in")
        cells.connection.execute("ALTER TABLE result RENAME TO cells")
        self.connection = cells.connection


def _difference(cells: Cells, structure: Structure) -> Mapping[str, Any]:
    """Returns how many cells were added, changed and removed, and the first of them."""
    names = [quoted(d.id) for d in structure.dimensions]
    joined = " AND ".join(f"n.{name} = o.{name}" for name in names)
    chosen = ", ".join(f"coalesce(n.{name}, o.{name}) AS {name}" for name in names)
    flags = ("n.obs_flag", "o.obs_flag") if structure.flags else ("NULL", "NULL")
    cells.connection.execute(
        f"CREATE TABLE difference AS SELECT {chosen}, o.{VALUE} AS old_value, "  # noqa: S608
        f"n.{VALUE} AS new_value, {flags[1]} AS old_flag, {flags[0]} AS new_flag, "
        f"CASE WHEN o.{names[0]} IS NULL THEN 'added' "
        f"WHEN n.{names[0]} IS NULL THEN 'removed' "
        f"WHEN CAST(o.{VALUE} AS {_NUMBER}) IS DISTINCT FROM "
        f"CAST(n.{VALUE} AS {_NUMBER}) OR {flags[0]} IS DISTINCT FROM {flags[1]} "
        "THEN 'changed' ELSE 'same' END AS happened "
        f"FROM cells AS n FULL JOIN published AS o ON {joined}"
    )
    counted = dict(
        cells.connection.execute(
            "SELECT happened, count(*) FROM difference GROUP BY happened"
        ).fetchall()
    )
    order = ", ".join(names)
    shown = cells.connection.execute(
        f"SELECT happened, {order}, old_value, new_value, old_flag, new_flag "  # noqa: S608
        f"FROM difference WHERE happened <> 'same' ORDER BY happened, {order} "
        f"LIMIT {SHOWN}"
    ).fetchall()
    kinds = ("added", "changed", "removed", "same")
    return {
        **{kind: counted.get(kind, 0) for kind in kinds},
        "shown": [list(row) for row in shown],
    }


def _headings(asked: Asked) -> Headings:
    """Returns by what else columns may be called: their names, in each language."""
    found = {folded(heading): IGNORED for heading in REMARKS.values()}
    for column, names in asked.headings.items():
        for tag, name in names.items():
            found[folded(spoken(column, {tag: name}, tag))] = column
            found.setdefault(folded(name), column)
    return found


def _period(value: str, kind: Any) -> str | None:
    """Returns the period that begins or ends on a day, as a cell may have it."""
    if len(value) != len("2024-01-01") or value[4] != "-" or value[7] != "-":
        return None
    try:
        found = description.period(value, kind)
        ends = {description.first_day(found), description.last_day(found)}
    except ValueError:
        return None
    return found if value in ends else None


def _count(row: Sequence[str | None], *, flags: bool) -> disclosure.Row:
    cells = list(row)
    flag = cells.pop() if flags else None
    value = cells.pop()
    return tuple(map(str, cells)), None if value is None else int(value), flag


def _texts(row: disclosure.Row) -> Sequence[str | None]:
    codes, value, flag = row
    return (*codes, None if value is None else str(value), flag)


def _unprotected(error: DatasetRefused) -> Finding:
    made = finding("unprotected")
    message = {tag: f"{text} {error.detail[tag]}" for tag, text in made.message.items()}
    return replace(made, message=message, cells=(BadCell(0, ""),))


def _path(code: str, above: Mapping[str, str]) -> set[str]:
    path = [code]
    while (step := above.get(path[-1])) and step not in path:
        path.append(step)
    return set(path)


def _one(cells: Cells, query: str) -> Any:
    return cells.connection.execute(query).fetchall()[0][0]


def _column(cells: Cells, query: str) -> set[str]:
    return {value for (value,) in cells.connection.execute(query).fetchall()}
