"""The map of provinces as SVG, drawn on the server: every province is a link.

There are no coordinates of settlements in the registry, so that what is counted
stands for its province, as a circle in the middle of it. The map is one of two
ways to the same pages: a list of the provinces always stands beside it.
"""

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from api.pages import provinces
from api.pages.places import Place, Places
from api.pages.provinces import Map, Province
from api.pages.translations import Language
from registry.language import Chosen, choose

LEVEL = "province"
"""The level of the places that the map shows."""

_LEAST, _MOST = 9.0, 30.0
"""Radius of the circle of one, and of the most."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A province and what is counted in it.

    Attributes:
        code: NUTS 3, as in `provinces.NUTS`.
        name: of the province.
        address: of the page that the link leads to.
        count: how many there are; no circle is drawn for none.
        shown: the count in the language of the page.
        current: whether the page is about this province.
    """

    code: str
    name: Chosen
    address: str
    count: int
    shown: str
    current: bool


class ProvinceMap:
    """The map of one registry; its shapes are read when the first page needs them."""

    def __init__(self, places: Places, file: Path) -> None:
        self._places = places
        self._file = file
        self._lock = threading.Lock()
        self._shapes: Map | None = None

    def drawn(self, title: str, spots: Sequence[Spot], language: str) -> Markup:
        """Returns the map.

        Args:
            title: what it shows.
            spots: as `spots` makes them.
            language: the tag of the page.
        """
        with self._lock:
            self._shapes = self._shapes or provinces.load(self._file)
        return draw(self._shapes, title, spots, language)

    def spots(
        self,
        said: Language,
        counts: Mapping[str, int],
        address: Callable[[Place], str],
        current: str | None = None,
    ) -> Sequence[Spot]:
        """Returns the provinces by name, with what is counted in each.

        Args:
            said: the language of the page.
            counts: by key of a place.
            address: of the page that a province leads to.
            current: key of the place that the page is about.
        """
        inside = {place.record.key for place in self._places.around(current or "")}
        here = {*inside, current}
        return [
            Spot(
                code=place.code,
                name=choose(place.names, said.tag) or Chosen(place.record.key, ""),
                address=address(place),
                count=counts.get(place.record.key, 0),
                shown=said.number(counts.get(place.record.key, 0)),
                current=place.record.key in here,
            )
            for place in self._places.of_level(LEVEL, said.tag)
        ]


def draw(shapes: Map, title: str, spots: Sequence[Spot], language: str) -> Markup:
    """Returns the map; provinces without a spot are drawn, but lead nowhere.

    Args:
        shapes: of all provinces.
        title: what the map shows.
        spots: at most one for each province.
        language: the tag of the page.
    """
    picture = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "map",
            "viewBox": f"0 0 {provinces.WIDTH} {shapes.height}",
            "role": "group",
            "aria-label": title,
        },
    )
    known = {spot.code: spot for spot in spots}
    most = max([spot.count for spot in spots], default=0)
    for province in shapes.provinces:
        if province.code in known:
            _link(picture, province, known[province.code], language)
        else:
            _outline(picture, province, {"class": "land"})
    # Circles last: none must be hidden by a neighbour that is drawn later.
    for province in shapes.provinces:
        if province.code in known and known[province.code].count:
            _circle(picture, province, known[province.code], most)
    # What ElementTree writes is escaped.
    return Markup(tostring(picture, encoding="unicode"))  # noqa: S704


def _link(picture: Element, province: Province, spot: Spot, language: str) -> None:
    label = f"{spot.name.text}: {spot.shown}"
    link = SubElement(picture, "a", {"href": spot.address, "aria-label": label})
    if spot.name.language not in ("", language):
        link.set("lang", spot.name.language)
    if spot.current:
        link.set("aria-current", "true")
    _outline(link, province, {"class": "land current" if spot.current else "land"})
    SubElement(link, "title").text = label


def _outline(
    parent: Element, province: Province, attributes: Mapping[str, str]
) -> None:
    SubElement(parent, "path", {**attributes, "d": province.path})


def _circle(picture: Element, province: Province, spot: Spot, most: int) -> None:
    x, y = (f"{number:g}" for number in province.centre)
    radius = max(_LEAST, _MOST * math.sqrt(spot.count / most))
    # The link already says the number; this is the same for those who see it.
    group = SubElement(picture, "g", {"class": "spot", "aria-hidden": "true"})
    SubElement(group, "circle", {"cx": x, "cy": y, "r": f"{radius:.1f}"})
    SubElement(group, "text", {"x": x, "y": y}).text = spot.shown
