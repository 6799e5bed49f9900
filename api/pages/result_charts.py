"""Which picture the rows of an answer make, if they make one.

Periods with figures make lines; periods with one label and one figure make a line
for each label; labels with figures make bars. Anything else makes no picture.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from api.pages import charts
from api.pages.charts import MOST_SERIES, Caption, Said, Series
from api.pages.results import Cell, Table

MOST_BARS = 40
"""Rows that can still be read as bars."""
MOST_PERIODS = 400
"""Rows that are drawn as lines."""
MOST_CHARTS = 3
"""Pictures of one answer."""

_SCALE = 20
"""Figures that differ by more than this do not share an axis."""
_LONGEST = 32
_PERIOD = re.compile(r"\d{4}(?:-(?:\d\d|Q[1-4])(?:-\d\d)?)?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Words:
    """What the pictures say in the language of the page.

    Attributes:
        language: its tag.
        title: of the answer.
        description: of any of the pictures, in a sentence.
        said: writes a number.
    """

    language: str
    title: str
    description: str
    said: Said


def drawn(table: Table, words: Words) -> Sequence[Markup]:
    """Returns the pictures of an answer that has all its rows; often none."""
    rows = table.rows
    if table.total != len(rows) or not 2 <= len(rows) <= MOST_PERIODS:
        return ()
    numeric = [n for n, column in enumerate(table.columns) if column.numeric]
    others = [n for n in range(len(table.columns)) if n not in numeric]
    if not numeric:
        return ()
    period = next((n for n in others if _is_period(_of(rows, n))), None)
    if period is None:
        return tuple(_bars(table, others, numeric, words))
    if _unique(rows, (period,)):
        return tuple(_lines(table, period, numeric, words))
    return tuple(_lines_by_label(table, period, others, numeric, words))


def _lines(
    table: Table, period: int, numeric: Sequence[int], words: Words
) -> Iterator[Markup]:
    rows = {row[period].text: row for row in table.rows}
    labels = _periods(rows)
    series = [
        Series(
            table.columns[n].name,
            [rows[one][n].number if one in rows else None for one in labels],
        )
        for n in numeric
    ]
    for number, group in enumerate(_by_scale(series)[:MOST_CHARTS], 1):
        yield charts.lines(_caption(number, group, words), labels, group, words.said)


def _lines_by_label(
    table: Table,
    period: int,
    others: Sequence[int],
    numeric: Sequence[int],
    words: Words,
) -> Iterator[Markup]:
    """Yields one picture with a line for each label, those with most first."""
    rows = table.rows
    label = next(
        (n for n in others if n != period and _unique(rows, (period, n))), None
    )
    if label is None or len(numeric) != 1:
        return
    periods = _periods({row[period].text for row in rows})
    found: dict[str, dict[str, float | None]] = {}
    for row in rows:
        known = found.setdefault(row[label].text, {})
        known[row[period].text] = row[numeric[0]].number
    series = [
        Series(name, [values.get(one) for one in periods])
        for name, values in found.items()
    ]
    series.sort(key=lambda one: -_most(one))
    shown = series[:MOST_SERIES]
    yield charts.lines(_caption(1, shown, words), periods, shown, words.said)


def _bars(
    table: Table, others: Sequence[int], numeric: Sequence[int], words: Words
) -> Iterator[Markup]:
    rows = table.rows
    fitting = [n for n in others if _unique(rows, (n,)) and all(_of(rows, n))]
    if not fitting or len(rows) > MOST_BARS:
        return
    label = min(fitting, key=lambda n: _foreignness(rows[0][n], words.language))
    names = [_cut(row[label].text) for row in rows]
    for number, column in enumerate(numeric[:MOST_CHARTS], 1):
        values = [row[column].number for row in rows]
        if all(value is None or value >= 0 for value in values):
            series = Series(table.columns[column].name, values)
            caption = _caption(number, [series], words)
            yield charts.bars(caption, names, series, words.said)


def _foreignness(cell: Cell, language: str) -> int:
    """Orders columns: names in the reader's language, other texts, then codes."""
    if cell.language == language:
        return 0
    if cell.language:
        return 1
    return 2 if cell.link is None else 3


def _of(rows: Sequence[Sequence[Cell]], column: int) -> list[str]:
    return [row[column].text for row in rows]


def _periods(found: Collection[str]) -> list[str]:
    """Returns the periods in their order; among years, those without a row too."""
    ordered = sorted(found)
    years = [int(one) for one in ordered if len(one) == len("2022")]
    if len(years) < len(ordered) or years[-1] - years[0] > MOST_PERIODS:
        return ordered
    return [f"{year:04}" for year in range(years[0], years[-1] + 1)]


def _is_period(texts: Sequence[str]) -> bool:
    return all(_PERIOD.match(text) for text in texts)


def _unique(rows: Sequence[Sequence[Cell]], columns: Sequence[int]) -> bool:
    return len({tuple(row[n].text for n in columns) for row in rows}) == len(rows)


def _by_scale(series: Sequence[Series]) -> list[list[Series]]:
    """Returns the series in groups that can share an axis."""
    groups: list[list[Series]] = []
    for one in sorted(series, key=lambda one: -_most(one)):
        if groups and _most(groups[-1][0]) <= _SCALE * max(_most(one), 1e-9):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _most(series: Series) -> float:
    return max((abs(value) for value in series.values if value is not None), default=0)


def _caption(number: int, series: Sequence[Series], words: Words) -> Caption:
    names = ", ".join(one.name for one in series)
    return Caption(f"chart-{number}", f"{words.title}: {names}", words.description)


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].rstrip()}…"
