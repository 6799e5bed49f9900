from xml.etree import ElementTree

from api.pages.maps import Spot, draw
from api.pages.provinces import Map, Province
from registry.language import Chosen

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = Map(
    [
        Province("BG411", "M0 0L1 0L1 1Z", (0.5, 0.5)),
        Province("BG422", "M2 2L3 2L3 3Z", (2.5, 2.5)),
        Province("BG999", "M4 4L5 4L5 5Z", (4.5, 4.5)),
    ],
    10,
)


def _spot(code: str, name: str, language: str, count: int, current: bool) -> Spot:
    return Spot(code, Chosen(name, language), f"/{code}", count, f"{count}", current)


def test_provinces_are_links() -> None:
    """A province says its name and count; without a spot it leads nowhere."""
    spots = [
        _spot("BG411", "<София>", "bg", 0, False),
        _spot("BG422", "Haskovo", "en", 4, True),
    ]

    picture = ElementTree.fromstring(str(draw(SHAPES, "Where", spots, "en")))  # noqa: S314

    assert (picture.get("role"), picture.get("aria-label")) == ("group", "Where")
    assert [dict(link.attrib) for link in picture.findall(f"{SVG}a")] == [
        {"href": "/BG411", "aria-label": "<София>: 0", "lang": "bg"},
        {"href": "/BG422", "aria-label": "Haskovo: 4", "aria-current": "true"},
    ]
    assert len(picture.findall(f"{SVG}path")) == 1


def test_circles_grow_with_counts() -> None:
    """The area of a circle is in proportion; none is drawn for nothing."""
    spots = [
        _spot("BG411", "A", "en", 100, False),
        _spot("BG422", "B", "en", 25, False),
        _spot("BG999", "C", "en", 0, False),
    ]

    picture = ElementTree.fromstring(str(draw(SHAPES, "Where", spots, "en")))  # noqa: S314

    circles = picture.findall(f"{SVG}g/{SVG}circle")
    assert [circle.get("r") for circle in circles] == ["30.0", "15.0"]
    assert [g.get("aria-hidden") for g in picture.findall(f"{SVG}g")] == ["true"] * 2
