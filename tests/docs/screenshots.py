"""Takes the pictures in `docs/images`, of the website and of the desk.

`make screenshots` runs it. They show the real data, served by a registry that is made
for them and removed.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser

from tests.browsing import chromium, reading
from tests.docs import desk_pictures
from tests.serving import Operator, free_port

IMAGES = Path(__file__).parents[2] / "docs" / "images"
MOST = 150_000
"""Bytes that a picture may have."""

_WIDE, _PHONE = 1100, 390
_QUERIES = Path(__file__).parents[2] / "datasets" / "queries"
_ASKED = (_QUERIES / "centres-per-thousand-residents.rq").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Picture:
    """What a picture shows.

    Attributes:
        name: of its file.
        path: of the page.
        width: of the screen.
        height: of the screen.
        dark: whether the reader prefers the dark.
        at: selector of what to scroll to.
    """

    name: str
    path: str
    width: int = _WIDE
    height: int = 800
    dark: bool = False
    at: str = ""


PICTURES: Sequence[Picture] = (
    Picture("home", "bg/"),
    Picture("home-dark", "en/", dark=True),
    Picture("home-phone", "bg/", width=_PHONE),
    Picture("find", "bg/find?q=kurs+bulgarski+haskovo"),
    Picture("map", "en/find?kind=training-centre", height=640, at="#where"),
    Picture("record", "en/institution/sar", height=900),
    Picture("record-phone", "bg/institution/sar", width=_PHONE, dark=True),
    Picture("place", "bg/place/bg422", height=900),
    Picture("table", "bg/table/unhcr-population", height=700, at="#chart"),
    Picture("sparql", "en/sparql?example=bulgarian-in-haskovo"),
    Picture("answer", f"bg/sparql?query={quote(_ASKED)}", height=700, at="#answer"),
)


def take(browser: Browser, base: str, picture: Picture, folder: Path) -> None:
    """Takes a picture of what a screen shows."""
    with reading(browser, base, dark=picture.dark) as reader:
        page = reader.page
        page.set_viewport_size({"width": picture.width, "height": picture.height})
        reader.opens(picture.path)
        page.evaluate("document.fonts.ready")
        if picture.at:
            page.locator(picture.at).evaluate("at => at.scrollIntoView()")
        page.screenshot(path=folder / f"{picture.name}.png")


def main() -> None:
    """Takes every picture anew."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        operator = Operator(Path(folder) / "data", free_port())
        for command in ("init", "load"):
            assert operator.run(command).returncode == 0
        office = desk_pictures.founded(operator)
        with operator.serving(), chromium() as browser:
            for picture in PICTURES:
                take(browser, operator.base, picture, IMAGES)
            desk_pictures.take(browser, office, IMAGES)
    for file in IMAGES.glob("*.png"):
        assert file.stat().st_size <= MOST, file


if __name__ == "__main__":
    main()
