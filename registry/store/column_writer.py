"""Columns of observations, kept beside the store for those who add up.

    {store}/columns/outside.json      predicates of all that is not in columns,
                                      and which table has which files
    {store}/columns/{number}.parquet  a row for each observation or gap of a table
    {store}/columns/{number}.json     what the numbers in it stand for

They are made of the very triples that the store is given, a column for each
predicate: a number for each term that stands there, or the value itself where
all are integers, or all are decimals. A column in which some row has two values,
or that is nothing of the kind, is marked and not to be used.

A predicate that is said of anything but rows is `outside`, and stays so until
the store is filled anew. An answer from columns may only be about predicates
that are not, for then they are said of nothing else in any graph. What is about
to change is marked before it does, so that a crash leaves columns that nobody
uses rather than wrong ones.
"""

import json
import logging
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TextIO

import duckdb
from pyoxigraph import NamedNode, RdfFormat, Store

from registry import tabular
from registry.namespaces import INTG, QB, XSD
from registry.ports import Graph
from registry.store.columns import (
    DECIMAL,
    FILE,
    INTEGER,
    TYPE,
    Column,
    file_name,
)

log = logging.getLogger(__name__)

_OUTSIDE = "outside.json"
_ROWS = frozenset({f"{TYPE} <{QB}Observation> .", f"{TYPE} <{INTG}Gap> ."})
_SAID = re.compile(rf"^<[^>]*> ({re.escape(TYPE)} <[^>]*>|<[^>]*>) ", re.MULTILINE)
_VALUE = re.compile(
    r'"(-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{0,17}[1-9])?)"\^\^'
    rf"({re.escape(INTEGER)}|{re.escape(DECIMAL)})\Z"
)
_INEXACT = (f"^^<{XSD}double>", f"^^<{XSD}float>")
_DIGITS = 18
_TERMS = 20_000
"""Terms that a column may have; more are no codes."""
_REMEMBERED = 1 << 16


@dataclass(slots=True)
class _State:
    """What is on disk.

    Attributes:
        outside: predicates, and `type class`, that are said of what is no row.
        tables: the number of each table's files and the sequence number by which
            they hold; no number for what is no table any more.
        subjects: what the IRIs of rows begin with, by the number of the files.
        changing: graphs that are being replaced.
    """

    outside: set[str] = field(default_factory=set)
    tables: dict[str, tuple[int | None, int]] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    changing: list[str] = field(default_factory=list)


class ColumnWriter:
    """Makes the columns of one store; to be told of all that goes into it.

    Args:
        store: folder of the store.
        empty: whether the store is; columns cannot begin in the middle.
    """

    def __init__(self, store: Path, *, empty: bool) -> None:
        self._folder = store / "columns"
        self._made: dict[str, int] = {}
        if empty:
            self._folder.mkdir(exist_ok=True)
            self._state: _State | None = _State()
            self._keep()
        else:
            self._state = _read(self._folder / _OUTSIDE)
            if self._state:
                self._sweep(self._state)

    def moved(self, store: Path) -> Self:
        """Takes note that the store has another folder now."""
        self._folder = store / "columns"
        return self

    def begin(self, graphs: Iterable[str]) -> None:
        """Marks graphs in pieces, and tables, as about to be replaced."""
        if self._state is None:
            return
        self._made.clear()
        changing = [iri for iri in graphs if iri not in self._state.changing]
        if changing:
            self._state.changing += changing
            self._keep()

    def replaces(self, iri: str) -> bool:
        """Tells whether a graph is a table, or was one."""
        return self._state is not None and iri in self._state.tables

    def watch(self, graphs: Iterable[Graph]) -> Iterator[Graph]:
        """Yields the same graphs, and makes columns of those in pieces."""
        for iri, triples in graphs:
            if self._state is None:
                yield iri, triples
            elif isinstance(triples, str):
                self.mention(triples)
                yield iri, triples
            else:
                yield iri, self._columns(self._state, iri, triples)

    def mention(self, triples: str) -> None:
        """Takes note of what is said in a graph that is no table.

        To be called before the store holds it.
        """
        if self._state is None:
            return
        new = set(_SAID.findall(triples)) - self._state.outside
        if new:
            self._state.outside |= new
            self._keep()

    def end(self, graphs: Iterable[str], sequence: int) -> None:
        """Takes note that what was begun is in the store, by a sequence number."""
        if self._state is None:
            return
        for iri in graphs:
            if iri in self._state.changing:
                self._state.changing.remove(iri)
            self._state.tables[iri] = self._made.pop(iri, None), sequence
        self._keep()
        # Not before: a crash must not leave numbers whose files are gone.
        self._sweep(self._state)

    def end_all(self, sequence: int) -> None:
        """Takes note that all that was watched is in the store; see `end`."""
        self.end(list(self._made), sequence)

    def publish(self, snapshot: Path, sequence: int) -> None:
        """Puts the columns into a snapshot, unless they may not be of its state."""
        state = self._state
        if state is None or state.changing:
            return
        # A store that lost power may have gone back behind its columns.
        if any(reached > sequence for _, reached in state.tables.values()):
            return
        numbers = [number for number, _ in state.tables.values() if number is not None]
        # One subject in two tables would be two rows.
        if len({state.subjects[str(number)] for number in numbers}) < len(numbers):
            return
        for number in numbers:
            for kind in ("parquet", "json"):
                os.link(self._file(number, kind), snapshot / file_name(number, kind))
        held = {"outside": sorted(state.outside), "tables": numbers}
        (snapshot / FILE).write_text(json.dumps(held))

    def _columns(self, state: _State, iri: str, pieces: Iterable[str]) -> Iterator[str]:
        number = self._unused(state)
        draft = self._file(number, "csv")
        with draft.open("w") as file:
            rows = _Rows(file)
            for piece in pieces:
                rows.add(piece)
                yield piece
            rows.end()
        if (
            rows.count
            and rows.regular
            and _make(rows, draft, self._file(number, "parquet"))
        ):
            _write(self._file(number, "json"), rows.described())
            self._made[iri] = number
            state.subjects[str(number)] = rows.subjects
        else:
            rows.outside |= rows.said
        draft.unlink()
        state.outside |= rows.outside
        self._keep()

    def _sweep(self, state: _State) -> None:
        """Removes the files of no table: replaced ones, and what a crash left."""
        used = _numbers(state) | set(map(str, self._made.values()))
        state.subjects = {n: s for n, s in state.subjects.items() if n in used}
        for path in self._folder.iterdir():
            if path.name != _OUTSIDE and path.stem not in used:
                path.unlink()

    def _unused(self, state: _State) -> int:
        files = {path.stem for path in self._folder.iterdir()}
        taken = files | _numbers(state)
        return next(n for n in range(len(taken) + 1) if str(n) not in taken)

    def _file(self, number: int, kind: str) -> Path:
        return self._folder / f"{number}.{kind}"

    def _keep(self) -> None:
        if self._state is not None:
            held = {
                "outside": sorted(self._state.outside),
                "tables": self._state.tables,
                "subjects": self._state.subjects,
                "changing": self._state.changing,
            }
            _write(self._folder / _OUTSIDE, held)


def _numbers(state: _State) -> set[str]:
    """Returns the numbers that tables have, as they begin the names of files."""
    return {str(number) for number, _ in state.tables.values() if number is not None}


def _read(file: Path) -> _State | None:
    """Returns what a file holds, or `None` if it does not hold together."""
    try:
        held = json.loads(file.read_bytes())
        state = _State(
            set(held["outside"]),
            {
                iri: (number, reached)
                for iri, (number, reached) in held["tables"].items()
            },
            held["subjects"],
            held["changing"],
        )
        return state if _numbers(state) <= state.subjects.keys() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(file: Path, value: Mapping[str, object]) -> None:
    draft = file.with_suffix(".new")
    with draft.open("w") as target:
        json.dump(value, target)
        target.flush()
        os.fsync(target.fileno())
    draft.replace(file)


class _Rows:
    """Triples of one graph, subject by subject, as rows of a CSV file."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._subject = ""
        self._last = ""
        self._fragments: list[str] = []
        self._known: dict[str, tuple[int, str]] = {}
        self._numbers: dict[str, int] = {}
        self._columns: list[_Cells] = []
        self.outside: set[str] = set()
        self.subjects = ""
        self.count = 0
        self.regular = True

    def add(self, piece: str) -> None:
        """Reads canonical N-Triples, the triples of a subject standing together."""
        for line in piece.split("\n"):
            subject, _, rest = line.partition(" ")
            if subject != self._subject:
                self.end()
                self._subject = subject
            self._fragments.append(rest)

    def end(self) -> None:
        """Ends the row of the present subject."""
        fragments, self._fragments = self._fragments, []
        if not self._subject:
            return
        if _ROWS.isdisjoint(fragments):
            for fragment in fragments:
                self.outside |= set(_SAID.findall(f"<> {fragment}"))
            return
        start = self._subject[: self._subject.rindex("/") + 1]
        self.subjects = self.subjects or start
        # Ever greater subjects are all different ones.
        self.regular &= start == self.subjects and self._subject > self._last
        self._last = self._subject
        self._row(fragments)

    def _row(self, fragments: Sequence[str]) -> None:
        cells = [""] * len(self._columns)
        for fragment in fragments:
            index, cell = self._known.get(fragment) or self._cell(fragment)
            if index >= len(cells):
                cells.append("")
            if cells[index]:
                self._columns[index].fit = False
            cells[index] = cell
        self._file.write(",".join(cells))
        self._file.write("\n")
        self.count += 1

    def _cell(self, fragment: str) -> tuple[int, str]:
        predicate, _, rest = fragment.partition(" ")
        index = self._numbers.setdefault(predicate, len(self._columns))
        if index == len(self._columns):
            self._columns.append(_Cells(predicate))
        found = index, self._columns[index].cell(rest.removesuffix(" ."))
        if len(self._known) < _REMEMBERED:
            self._known[fragment] = found
        return found

    @property
    def said(self) -> set[str]:
        """All predicates of rows, and their classes."""
        types = [c for c in self._columns if c.predicate == TYPE]
        classes = {f"{TYPE} {term}" for column in types for term in column.terms}
        return {*self._numbers, *classes}

    @property
    def types(self) -> list[str]:
        """The type of each column in the Parquet file."""
        return [column.type for column in self._columns]

    def described(self) -> Mapping[str, object]:
        """Returns what the columns are, once all rows are there."""
        return {column.predicate: column.meaning() for column in self._columns}


class _Cells:
    """What stands in one column."""

    def __init__(self, predicate: str) -> None:
        self.predicate = predicate
        self.terms: dict[str, int] = {}
        self.fit = True
        self._datatype = ""
        self._whole = self._fraction = 0

    def cell(self, term: str) -> str:
        """Returns what stands for a term."""
        value = _VALUE.match(term)
        if not self.terms and not self._datatype:
            self._datatype = value[2] if value else " "
        if value and value[2] == self._datatype:
            return self._number(value[1])
        if self._datatype != " " or term.endswith(_INEXACT):
            self.fit = False
        if len(self.terms) == _TERMS:
            self.fit = False
            return "0"
        return str(self.terms.setdefault(term, len(self.terms)))

    def _number(self, value: str) -> str:
        whole, _, fraction = value.partition(".")
        self._whole = max(self._whole, len(whole.lstrip("-")))
        self._fraction = max(self._fraction, len(fraction))
        if self._whole + self._fraction > _DIGITS or value == "-0":
            self.fit = False
        return value

    @property
    def type(self) -> str:
        """Its type in the Parquet file."""
        if not self.fit:
            return "VARCHAR"
        if self._datatype == " ":
            return "INTEGER"
        return f"DECIMAL({_DIGITS},{self._fraction})"

    def meaning(self) -> Column:
        """Returns what the cells mean."""
        if not self.fit or self._datatype != " ":
            return self._datatype if self.fit else None
        terms = _given_back(list(self.terms))
        return terms if len(set(terms)) == len(terms) else None


def _given_back(terms: Sequence[str]) -> list[str]:
    """Returns terms in the form in which the engine gives them back."""
    store = Store()
    triples = "".join(f"<urn:s> <urn:{n}> {term} .\n" for n, term in enumerate(terms))
    store.load(triples, RdfFormat.N_TRIPLES)
    subject = NamedNode("urn:s")
    return [
        str(quad.object)
        for number in range(len(terms))
        for quad in store.quads_for_pattern(subject, NamedNode(f"urn:{number}"), None)
    ]


def _make(rows: _Rows, source: Path, target: Path) -> bool:
    """Makes the Parquet file; says whether it could be made."""
    types = {f"c{number}": type_ for number, type_ in enumerate(rows.types)}
    try:
        with tabular.cursor() as engine:
            engine.execute(
                "COPY (SELECT * FROM read_csv(?, header = false, auto_detect = false, "
                "delim = ',', quote = '', escape = '', null_padding = true, "
                "columns = ?)) TO ? (FORMAT parquet)",
                [str(source), types, str(target)],
            )
    except duckdb.Error:
        log.warning("no columns for a table", exc_info=True)
        return False
    with target.open("rb") as made:
        os.fsync(made.fileno())
    return True
