import gzip
import re
from pathlib import Path

import pytest

from api.pages.bundle import Bundle
from registry.errors import Misconfigured

LEAKS = re.compile(rb"""(?:https?:)?//(?!www\.w3\.org/)[a-z0-9.-]+\.[a-z]{2,}""")


def test_what_pages_load() -> None:
    """Everything that the pages name was built, under the hash of its content."""
    bundle = Bundle.load()

    assert set(bundle.names) == {
        "chart.css",
        "chart.js",
        "entry.css",
        "entry.js",
        "icon.svg",
        "licences.txt",
        "provinces.json",
        "site.css",
        "site.js",
        "sofia-sans-cyrillic-wght-normal.woff2",
        "sofia-sans-latin-wght-normal.woff2",
        "sparql.css",
        "sparql.js",
    }
    for source, name in bundle.names.items():
        stem, _, suffix = source.partition(".")
        assert re.fullmatch(rf"{stem}-[A-Z0-9]{{8}}\.{suffix}", name)


def test_compressed_forms_hold_the_same() -> None:
    """What is sent compressed is what is sent plain."""
    for asset in Bundle.load().assets.values():
        if "gzip" in asset.encoded:
            assert gzip.decompress(asset.encoded["gzip"]) == asset.body
        assert set(asset.encoded) in ({"br", "gzip"}, set())


def test_style_asks_no_other_host() -> None:
    """The style sheet and the first script load nothing from elsewhere."""
    bundle = Bundle.load()

    assert not LEAKS.findall(bundle.asset("site.css").body)
    assert b"@import" not in bundle.asset("site.css").body


def test_first_view_is_small() -> None:
    """Style and script of every page are under 30 KB, the fonts under 70 KB."""
    bundle = Bundle.load()
    loaded = [bundle.asset(name) for name in ("site.css", "site.js")]
    fonts = [a for name, a in bundle.assets.items() if name.endswith(".woff2")]

    assert sum(len(asset.encoded["gzip"]) for asset in loaded) < 30_000
    assert sum(len(font.body) for font in fonts) < 70_000


def test_licences() -> None:
    """The licence of every package that is sent to readers is sent with it."""
    licences = Bundle.load().asset("licences.txt").body.decode()

    for name in ("@picocss/pico", "htmx.org", "@fontsource-variable/sofia-sans"):
        assert f"{name} " in licences


def test_nothing_built(tmp_path: Path) -> None:
    """Without the assets the server does not start, and says what to do."""
    with pytest.raises(Misconfigured, match="make assets"):
        Bundle.load(tmp_path)
