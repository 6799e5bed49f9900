"""The rows of a slice as people read them: names, numbers, and what flags mean."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_decimal

from api.pages.code_names import CodeNames
from api.pages.translations import Language
from registry.language import Chosen, Text, choose
from registry.ports import TableRow
from registry.statistics.selection import Slice
from registry.statistics.shape import CHANGE, REMOVED, TOTAL
from registry.statistics.structure import FLAG, VALUE, Structure

_NUMBERS = 4096
"""Values that are remembered as they are written."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One row as it is shown.

    Attributes:
        codes: names of the codes that tell the rows apart.
        value: in the digits of the language; `None` if there is none.
        flag: as the table has it; empty if there is none.
        meaning: of the flag.
        key: of the observation; `None` if it has no page, for it is a sum or gone.
    """

    codes: Sequence[Chosen]
    value: str | None
    flag: str
    meaning: Chosen | None
    key: str | None


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a page of a slice.

    Attributes:
        columns: dimensions that tell the rows apart: their ids and names.
        fixed: names of the other dimensions, and of their one code.
        flagged: whether there is a column of flags.
        cells: the rows.
        flags: those that are met here, and what they mean.
    """

    columns: Sequence[tuple[str, Chosen]]
    fixed: Sequence[tuple[Chosen, Chosen]]
    flagged: bool
    cells: Sequence[Cell]
    flags: Sequence[tuple[str, Chosen | None]]

    @property
    def gaps(self) -> bool:
        """Whether a row has no value."""
        return any(cell.value is None for cell in self.cells)


def rows(
    found: Sequence[TableRow],
    table: Structure,
    wanted: Slice,
    occurring: Mapping[str, Sequence[str]],
    names: CodeNames,
) -> Rows:
    """Returns a page of a slice.

    Args:
        found: its rows.
        table: structure of the table; that of the rows is in `names`.
        wanted: the slice.
        occurring: the codes that the table has, by dimension.
        names: of the codes.
    """
    single = dict(_single(table, wanted, occurring))
    shown = [d.id for d in names.structure.dimensions if d.id not in single]
    cells = [_cell(row, shown, table, wanted, names) for row in found]
    met = {cell.flag: cell.meaning for cell in cells if cell.flag}
    return Rows(
        columns=[(name, names.column(name)) for name in shown],
        fixed=[
            (names.column(name), names.code(name, code))
            for name, code in single.items()
        ],
        flagged=bool(met),
        cells=cells,
        flags=sorted(met.items(), key=lambda item: item[0]),
    )


def number(value: str, language: Language) -> str:
    """Returns a value with all its digits, as the language writes numbers."""
    return _written(value, language.locale)


@lru_cache(_NUMBERS)
def _written(value: str, locale: Locale) -> str:
    return format_decimal(Decimal(value), locale=locale, decimal_quantization=False)


def meaning(flag: str, flags: Mapping[str, Text], language: str) -> Chosen | None:
    """Returns what a flag means; that of its letters if it has none itself."""
    whole = choose(flags.get(flag, {}), language)
    if whole or len(flag) < 2:
        return whole
    letters = [choose(flags.get(letter, {}), language) for letter in flag]
    known = [letter for letter in letters if letter]
    return (
        Chosen(", ".join(k.text for k in known), known[0].language) if known else None
    )


def _single(
    table: Structure, wanted: Slice, occurring: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yields the dimensions in which all rows have the same code."""
    for dimension in table.dimensions:
        name = dimension.id
        if name in wanted.summed:
            yield name, TOTAL
            continue
        there = occurring[name]
        codes = [c for c in wanted.filters.get(name, there) if c in there]
        if len(codes) == 1:
            yield name, codes[0]


def _cell(
    row: TableRow,
    shown: Sequence[str],
    table: Structure,
    wanted: Slice,
    names: CodeNames,
) -> Cell:
    said = dict(zip(names.structure.columns, row, strict=True))
    value, flag = said[VALUE], said.get(FLAG) or ""
    unlinked = wanted.summed or said.get(CHANGE) == REMOVED
    codes = [str(said[dimension.id]) for dimension in table.dimensions]
    return Cell(
        codes=[names.code(name, str(said[name])) for name in shown],
        value=None if value is None else number(value, names.language),
        flag=flag,
        meaning=meaning(flag, names.caption.flags, names.language.tag),
        key=None if unlinked else table.observation_key(codes),
    )
