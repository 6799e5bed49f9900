"""What of a slice is drawn: lines over periods, or the bars of one period.

A picture shows what can still be told apart and says what it leaves out; the table
beside it has everything. What has no value is not drawn, and is never a zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from api.pages import charts, periods
from api.pages.charts import MOST_SERIES, Caption, Series
from api.pages.code_names import CodeNames
from api.pages.translations import Language, msgid
from registry.ports import TableRow
from registry.statistics.structure import VALUE, Role

MOST_BARS = 20
"""Bars that still fit on a screen."""

CELLS = 6_000
"""Observations that a picture is made of, at most."""

_Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture of a slice.

    Attributes:
        over_time: whether it has lines over periods; it has bars otherwise.
        labels: of the bars, or the periods as an axis has room for them.
        said: the same in words.
        series: the lines or, alone, the bars.
        left_out: lines or bars that are only in the table.
        title: what is shown.
        description: what can be seen in it.
    """

    over_time: bool
    labels: Sequence[str]
    said: Sequence[str]
    series: Sequence[Series]
    left_out: int
    title: str
    description: str

    def drawn(self, language: Language) -> Markup:
        """Returns the picture."""
        caption = Caption("plot", self.title, self.description)
        if self.over_time:
            return charts.lines(caption, self.labels, self.series, language.number)
        return charts.bars(caption, self.labels, self.series[0], language.number)


def plot(rows: Sequence[TableRow], names: CodeNames, title: str) -> Plot | None:
    """Returns the picture of a slice; `None` if there is nothing to compare.

    Args:
        rows: all of the slice.
        names: of its codes.
        title: what the picture is called.
    """
    cells = _Cells.of(rows, names)
    found = sorted({p for known in cells.values.values() for p in known})
    if len(found) > 1:
        return _lines(cells, periods.through(found), title)
    return _bars(cells, found[0], title) if len(cells.values) > 1 else None


@dataclass(frozen=True, slots=True)
class _Cells:
    """The values of a slice, by what they are of and by period.

    Attributes:
        names: of the codes.
        varying: dimensions that tell the cells apart, besides the period.
        values: by codes of the varying dimensions, then by period; those alone that
            there are.
    """

    names: CodeNames
    varying: Sequence[str]
    values: Mapping[_Codes, Mapping[str, float]]

    @classmethod
    def of(cls, rows: Sequence[TableRow], names: CodeNames) -> "_Cells":
        at = {name: n for n, name in enumerate(names.structure.columns)}
        time = next(at[d.id] for d in names.structure.dimensions if d.role is Role.TIME)
        varying = [
            d.id
            for d in names.structure.dimensions
            if d.role is not Role.TIME and len({row[at[d.id]] for row in rows}) > 1
        ]
        values: dict[_Codes, dict[str, float]] = {}
        for row in rows:
            value = row[at[VALUE]]
            if value is not None:
                codes = tuple(str(row[at[name]]) for name in varying)
                values.setdefault(codes, {})[str(row[time])] = float(value)
        return cls(names, varying, values)

    def largest(self, most: int) -> Sequence[_Codes]:
        """Returns what reaches the highest values."""
        ranked = sorted(
            self.values, key=lambda codes: -max(self.values[codes].values())
        )
        return ranked[:most]

    def name(self, codes: _Codes) -> str:
        """Returns what a line or a bar is called."""
        if not codes:
            return self.names.column(VALUE).text
        return self.names.joined(dict(zip(self.varying, codes, strict=True)))


def _lines(cells: _Cells, through: Sequence[str], title: str) -> Plot:
    shown = cells.largest(MOST_SERIES)
    left_out = len(cells.values) - len(shown)
    return Plot(
        over_time=True,
        labels=through,
        said=[cells.names.period(period) for period in through],
        series=[
            Series(cells.name(codes), [cells.values[codes].get(p) for p in through])
            for codes in shown
        ],
        left_out=left_out,
        title=title,
        description=" ".join([_course(cells, codes) for codes in shown]),
    )


def _bars(cells: _Cells, period: str, title: str) -> Plot:
    shown = cells.largest(MOST_BARS)
    values = [cells.values[codes][period] for codes in shown]
    language = cells.names.language
    description = language.say(
        msgid("%(period)s: from %(most)s (%(first)s) to %(least)s (%(last)s).")
    ) % {
        "period": cells.names.period(period),
        "most": language.number(values[0]),
        "first": cells.name(shown[0]),
        "least": language.number(values[-1]),
        "last": cells.name(shown[-1]),
    }
    labels = [cells.name(codes) for codes in shown]
    return Plot(
        over_time=False,
        labels=labels,
        said=labels,
        series=[Series(cells.names.period(period), values)],
        left_out=len(cells.values) - len(shown),
        title=title,
        description=description,
    )


def _course(cells: _Cells, codes: _Codes) -> str:
    """Returns in a sentence where a line begins and where it ends."""
    language, known = cells.names.language, cells.values[codes]
    first, last = min(known), max(known)
    both = msgid("%(name)s: %(before)s (%(first)s), %(after)s (%(last)s).")
    one = msgid("%(name)s: %(after)s (%(last)s).")
    return language.say(both if first != last else one) % {
        "name": cells.name(codes),
        "before": language.number(known[first]),
        "first": cells.names.period(first),
        "after": language.number(known[last]),
        "last": cells.names.period(last),
    }
