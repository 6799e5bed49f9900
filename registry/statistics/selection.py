"""Which part of a table is asked for, and how a request writes it.

    citizen=AF,SY              any of these codes
    geo=under:BG               the code, and all codes below it in its list
    time_period=2015..2020     periods from and to, either end may be open
    sort=-obs_value,citizen    columns, a hyphen before those that descend

What is read here is the same for every engine: in the end each dimension has the
codes that are wanted of it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from registry.errors import BadParameter
from registry.statistics.structure import Dimension, Role, Structure

UNDER = "under:"
"""Starts a code that stands for itself and all that is below it."""

RANGE = ".."
"""Stands between the first and the last period of a range."""

NAMED = 50
"""Codes that a refusal lists; it says how many there are."""

_PAST_ANY_PERIOD = "-~"


@dataclass(frozen=True, slots=True)
class Sort:
    """One column to sort by; missing values always come last."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """That only what changed since an older edition is wanted.

    Attributes:
        older: its file; `None` if there was none, so that all of it is new.
    """

    older: Path | None


@dataclass(frozen=True, slots=True)
class Slice:
    """Which observations are wanted, and in which order.

    Attributes:
        filters: wanted codes of a dimension; all of one that is not named.
        summed: dimensions whose wanted codes, all named in `filters`, are added up.
        changes: what the observations have to have changed since.
        sort: before the codes of the observation, which always decide in the end.
        after: cursor of the page before.
        limit: how many at most.
    """

    filters: Mapping[str, Collection[str]] = field(default_factory=dict)
    summed: tuple[str, ...] = ()
    changes: Changes | None = None
    sort: tuple[Sort, ...] = ()
    after: str | None = None
    limit: int | None = None


class Codes(Protocol):
    """What is known of the codes of one dimension."""

    @property
    def occurring(self) -> Collection[str]:
        """The codes that the table has, in their order."""

    @property
    def listed(self) -> Collection[str]:
        """The codes of the dimension's code list, as far as it has one."""

    def below(self, code: str) -> Collection[str]:
        """Returns the occurring codes that are the code or below it."""


def filters(
    given: Mapping[str, str], structure: Structure, known: Mapping[str, Codes]
) -> dict[str, Collection[str]]:
    """Returns the codes that the texts of a request stand for.

    Args:
        given: dimension to codes, ranges and hierarchies, with commas between.
        structure: of the table.
        known: what is known of the codes of each dimension.

    Raises:
        BadParameter: there is no such dimension or code; `extra["allowed"]` says
            which there are.
    """
    found: dict[str, Collection[str]] = {}
    for name, text in given.items():
        dimension = structure.dimension(name)
        if dimension is None:
            raise unknown_dimension(name, structure)
        codes = known[name]
        wanted = [
            w for part in text.split(",") for w in _wanted(part, dimension, codes)
        ]
        found[name] = tuple(dict.fromkeys(wanted))
    return found


def _wanted(part: str, dimension: Dimension, codes: Codes) -> Iterator[str]:
    part = part.strip()
    if dimension.role is Role.TIME:
        yield from _periods(part, dimension, codes)
    elif part.startswith(UNDER):
        code = part.removeprefix(UNDER)
        below = codes.below(code)
        if not below and code not in codes.listed:
            raise _unknown_code(code, dimension, codes)
        yield from below
    elif part in codes.occurring or part in codes.listed:
        yield part
    else:
        raise _unknown_code(part, dimension, codes)


def _periods(part: str, dimension: Dimension, codes: Codes) -> Iterator[str]:
    first, separator, last = part.partition(RANGE)
    if not separator:
        last = first
    if not all(_is_period(end) for end in (first, last) if end) or not part:
        raise BadParameter(
            f"The dimension “{dimension.id}” has no period “{part}”; a period is "
            "written as 2024, 2024-Q1 or 2024-01, a range as 2015..2020.",
            f"Измерението „{dimension.id}“ няма период „{part}“; период се пише "
            "като 2024, 2024-Q1 или 2024-01, а интервал – като 2015..2020.",
            extra={"parameter": dimension.id, "value": part, "allowed": _named(codes)},
        )
    for code in codes.occurring:
        # Periods of one kind sort as text, and a year comes before what is in it.
        if (first or code) <= code and (not last or code <= last + _PAST_ANY_PERIOD):
            yield code


def _is_period(text: str) -> bool:
    year, hyphen, rest = text.partition("-")
    if not (len(year) == 4 and year.isascii() and year.isdigit()):
        return False
    return not hyphen or rest in _PARTS_OF_A_YEAR


_PARTS_OF_A_YEAR = frozenset(
    [f"Q{n}" for n in range(1, 5)] + [f"{n:02}" for n in range(1, 13)]
)


def sorting(text: str, structure: Structure) -> tuple[Sort, ...]:
    """Returns the columns that a text such as `-obs_value,citizen` names.

    Raises:
        BadParameter: there is no such column, or one is named twice.
    """
    found = tuple(
        Sort(part.strip().removeprefix("-"), part.strip().startswith("-"))
        for part in text.split(",")
    )
    names = [sort.column for sort in found]
    for name in names:
        if name not in structure.columns or names.count(name) > 1:
            columns = ", ".join(structure.columns)
            raise BadParameter(
                f"“sort” takes each of these columns once: {columns}; not “{name}”.",
                f"„sort“ приема по веднъж колоните: {columns}; не и „{name}“.",
                extra={"parameter": "sort", "allowed": list(structure.columns)},
            )
    return found


def unknown_dimension(
    name: str, structure: Structure, *, parameter: str | None = None
) -> BadParameter:
    """Returns the refusal of a dimension that the table does not have.

    Args:
        name: of the dimension.
        structure: of the table.
        parameter: that names it, if it is not a parameter of its own.
    """
    known = [dimension.id for dimension in structure.dimensions]
    return BadParameter(
        f"The table {structure.key} has no dimension “{name}”; it has: "
        f"{', '.join(known)}.",
        f"Таблицата {structure.key} няма измерение „{name}“; има: {', '.join(known)}.",
        extra={"parameter": parameter or name, "allowed": known},
    )


def _unknown_code(code: str, dimension: Dimension, codes: Codes) -> BadParameter:
    count, named = len(codes.occurring), _named(codes)
    return BadParameter(
        f"The dimension “{dimension.id}” has no code “{code}”; the table has "
        f"{count}: {', '.join(named)}{', …' if count > NAMED else '.'}",
        f"Измерението „{dimension.id}“ няма код „{code}“; в таблицата има "
        f"{count}: {', '.join(named)}{', …' if count > NAMED else '.'}",
        extra={
            "parameter": dimension.id,
            "value": code,
            "allowed": named,
            "count": count,
        },
    )


def _named(codes: Codes) -> list[str]:
    return list(codes.occurring)[:NAMED]
