"""What the pages load, as `npm` built it: scripts, style sheet, fonts, the map.

Every file has a name with the hash of its content, so it never changes under its
address. All of them are held in memory; together they are under a megabyte.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from registry.errors import Misconfigured

BUILT = Path(__file__).parent / "static" / "dist"

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
_ENCODINGS = {"br": ".br", "gzip": ".gz"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file.

    Attributes:
        name: with the hash of its content.
        media_type: with the character set.
        body: its bytes.
        encoded: the same, compressed, by the name of the encoding, the best first.
    """

    name: str
    media_type: str
    body: bytes
    encoded: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Bundle:
    """All the files.

    Attributes:
        assets: by the name in addresses.
        names: the name in addresses by the name in the sources, such as `site.css`.
    """

    assets: Mapping[str, Asset]
    names: Mapping[str, str]

    @classmethod
    def load(cls, folder: Path = BUILT) -> "Bundle":
        """Returns what was built.

        Raises:
            Misconfigured: nothing was.
        """
        try:
            names: dict[str, str] = json.loads((folder / "manifest.json").read_bytes())
        except FileNotFoundError as error:
            raise Misconfigured(
                f"What the pages load is not in {folder}; “make assets” builds it.",
                f"В {folder} липсват файловете на страниците; „make assets“ ги "
                "създава.",
            ) from error
        assets = {name: _asset(folder / name) for name in names.values()}
        return cls(MappingProxyType(assets), MappingProxyType(names))

    def asset(self, name: str) -> Asset:
        """Returns a file by its name in the sources."""
        return self.assets[self.names[name]]


def _asset(path: Path) -> Asset:
    forms = {name: Path(f"{path}{suffix}") for name, suffix in _ENCODINGS.items()}
    return Asset(
        name=path.name,
        media_type=_MEDIA_TYPES[path.suffix],
        body=path.read_bytes(),
        encoded={n: form.read_bytes() for n, form in forms.items() if form.exists()},
    )
