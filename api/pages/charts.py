"""Charts as SVG, drawn on the server: they need no script and print well.

A chart is a picture of the table that stands beside it. It carries a title and a
description for those who do not see it, takes colours and sizes of text from the
style sheet (classes `chart`, `axis`, `grid`, `series-1` to `series-8`), and
breaks its lines where a value is missing, for a gap is no zero.

Colours repeat in other dashes, so that they are not all that tells lines apart.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unicodedata import category
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

MOST_SERIES = 8
"""Lines that can still be told apart."""

WIDTH, HEIGHT = 720, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 150, 16, 36
_BAR, _NAME = 24, 240
_LETTERS = 22
_LABEL, _LETTER = 44, 8
_LEAST = 1e-300
"""Below this, what is between two values cannot be divided any more."""
_SPACE = 14
"""Least distance between two names at the ends of lines."""

Said = Callable[[float], str]
"""Writes a number in the language of the page."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or the bars of one chart.

    Attributes:
        name: what it is, for people.
        values: one for each label; `None` where there is none.
    """

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Caption:
    """What a chart says to those who do not see it.

    Attributes:
        id: unique on the page.
        title: what is shown.
        description: what can be seen in it, in a sentence.
    """

    id: str
    title: str
    description: str


def lines(
    caption: Caption, labels: Sequence[str], series: Sequence[Series], said: Said
) -> Markup:
    """Returns a line chart over periods; the first `MOST_SERIES` are drawn.

    Args:
        caption: its title and description.
        labels: of the periods, in their order.
        series: with one value for each period.
        said: writes the numbers of the axis.
    """
    drawn = series[:MOST_SERIES]
    picture = _picture(caption, WIDTH, HEIGHT)
    ticks = _ticks([value for one in drawn for value in one.values])
    scale = _Scale(ticks[0], ticks[-1], max(len(labels) - 1, 1))
    _axis(picture, ticks, scale, said)
    _periods(picture, labels, scale)
    ends: list[tuple[float, int, Series]] = []
    for number, one in enumerate(drawn, 1):
        points = [
            None if value is None else (scale.x(n), scale.y(value))
            for n, value in enumerate(one.values)
        ]
        _line(picture, points, number)
        last = next((point for point in reversed(points) if point), None)
        if last:
            ends.append((last[1], number, one))
    _names(picture, ends)
    return _markup(picture)


def bars(caption: Caption, labels: Sequence[str], series: Series, said: Said) -> Markup:
    """Returns a chart of horizontal bars, each with its name and its value.

    Args:
        caption: its title and description.
        labels: names of the bars.
        series: one value for each name.
        said: writes the values.
    """
    height = _BAR * len(labels) + _TOP
    picture = _picture(caption, WIDTH, height)
    known = [value for value in series.values if value is not None]
    most = max([*known, 0]) or 1
    room = WIDTH - _NAME - _RIGHT
    for n, (label, value) in enumerate(zip(labels, series.values, strict=True)):
        middle = _TOP + _BAR * n + _BAR / 2
        _text(picture, label, _NAME - 8, middle, "end")
        if value is None:
            continue
        length = max(value, 0) / most * room
        SubElement(
            picture,
            "rect",
            {
                "class": "series-1",
                "x": f"{_NAME}",
                "y": _n(middle - _BAR / 3),
                "width": _n(length),
                "height": _n(_BAR * 2 / 3),
            },
        )
        _text(picture, said(value), _NAME + length + 6, middle, "start")
    return _markup(picture)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a value and a period stand in the picture."""

    least: float
    most: float
    steps: int

    def x(self, step: int) -> float:
        return _LEFT + step / self.steps * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.least) / (self.most - self.least)
        return _TOP + (1 - share) * (HEIGHT - _TOP - _BOTTOM)


def _ticks(values: Sequence[float | None]) -> list[float]:
    """Returns round numbers that enclose zero and every value."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    least, most = min([*known, 0.0]), max([*known, 0.0])
    span = most - least
    if span < _LEAST:
        span = 1.0
    digits = math.floor(math.log10(span / 4))
    power: float = 10.0**digits
    step = next(power * n for n in (1, 2, 5, 10) if power * n * 5 >= span)
    first, last = math.floor(least / step), math.ceil(most / step)
    return [round(n * step, 1 - digits) for n in range(first, max(last, first + 1) + 1)]


def _picture(caption: Caption, width: int, height: int) -> Element:
    picture = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "chart",
            "viewBox": f"0 0 {width} {height}",
            "role": "img",
            "aria-labelledby": f"{caption.id}-title {caption.id}-description",
        },
    )
    title = SubElement(picture, "title", {"id": f"{caption.id}-title"})
    title.text = _visible(caption.title)
    description = SubElement(picture, "desc", {"id": f"{caption.id}-description"})
    description.text = _visible(caption.description)
    return picture


def _axis(picture: Element, ticks: Sequence[float], scale: _Scale, said: Said) -> None:
    for tick in ticks:
        y = scale.y(tick)
        ends = {"x1": f"{_LEFT}", "x2": f"{WIDTH - _RIGHT}", "y1": _n(y), "y2": _n(y)}
        kind = "axis" if tick == 0 else "grid"
        SubElement(picture, "line", {"class": kind, **ends})
        _text(picture, said(tick), _LEFT - 8, y, "end")


def _periods(picture: Element, labels: Sequence[str], scale: _Scale) -> None:
    # Labels that would run into one another are left out.
    room = max([_LABEL, *(_LETTER * len(label) + _LETTER for label in labels)])
    every = max(1, math.ceil(len(labels) * room / (WIDTH - _LEFT - _RIGHT)))
    for n in range(0, len(labels), every):
        _text(picture, labels[n], scale.x(n), HEIGHT - _BOTTOM + 18, "middle")


def _line(
    picture: Element, points: Sequence[tuple[float, float] | None], number: int
) -> None:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    for run in runs:
        if len(run) == 1:
            centre = {"cx": _n(run[0][0]), "cy": _n(run[0][1]), "r": "3"}
            SubElement(picture, "circle", {"class": f"series-{number}", **centre})
        elif run:
            path = " ".join(f"{_n(x)},{_n(y)}" for x, y in run)
            SubElement(
                picture, "polyline", {"class": f"series-{number}", "points": path}
            )


def _names(picture: Element, ends: Sequence[tuple[float, int, Series]]) -> None:
    """Writes the name of each line at its end, none upon another."""
    ranked = sorted(ends, key=lambda item: item[:2])
    for y, (_, number, one) in zip(
        _apart([end for end, _, _ in ranked]), ranked, strict=True
    ):
        shown = _text(picture, _shortened(one.name), WIDTH - _RIGHT + 8, y, "start")
        shown.set("class", f"name name-{number}")
        SubElement(shown, "title").text = _visible(one.name)


def _apart(wanted: Sequence[float]) -> Sequence[float]:
    """Returns heights near the wanted ones, none too close, none below the axis."""
    found: list[float] = []
    for y in wanted:
        found.append(max(y, found[-1] + _SPACE) if found else y)
    lowest: float = HEIGHT - _BOTTOM
    for n in reversed(range(len(found))):
        found[n] = min(found[n], lowest)
        lowest = found[n] - _SPACE
    return found


def _shortened(name: str) -> str:
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1].rstrip()}…"


def _text(picture: Element, text: str, x: float, y: float, anchor: str) -> Element:
    shown = SubElement(
        picture, "text", {"x": _n(x), "y": _n(y + 4), "text-anchor": anchor}
    )
    shown.text = _visible(text)
    return shown


def _visible(text: str) -> str:
    """Leaves out control characters, which XML cannot hold."""
    return "".join(c for c in text if category(c)[0] != "C" or c in "\t\n")


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _markup(picture: Element) -> Markup:
    # The library escapes every text and attribute.
    return Markup(tostring(picture, encoding="unicode"))  # noqa: S704
