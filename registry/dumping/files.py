"""The files of a dump: what they are called, what they are, and their digests."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from registry.ports import File
from registry.record import Version

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "csv": "text/csv",
        # IANA has no name for lines of JSON; this is the one in common use.
        "jsonl": "application/x-ndjson",
        "nq.gz": "application/gzip",
        "nt": "application/n-triples",
        "parquet": "application/vnd.apache.parquet",
        "sqlite": "application/vnd.sqlite3",
    }
)
"""What files are, by extension; as registered with IANA where something is."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was made.

    Attributes:
        file: its name, size and digest.
        rows: quads, records or observations that it holds.
    """

    file: File
    rows: int

    @property
    def media_type(self) -> str:
        """What the file is."""
        return media_type(self.file.name)


class Part(Protocol):
    """Files of a dump in the making; it is given each record once, by kind and key."""

    def add(self, version: Version) -> None:
        """Writes what the files say of a record."""

    def finish(self) -> Iterable[tuple[Path, int]]:
        """Completes the files and returns each with the rows that it holds."""

    def close(self) -> None:
        """Lets go of what is open, complete or not."""


def media_type(name: str) -> str:
    """Returns what a file of this name is."""
    return next(kind for end, kind in MEDIA_TYPES.items() if name.endswith(f".{end}"))


def written(path: Path, rows: int) -> Written:
    """Returns the facts about a file; reads all of it."""
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return Written(File(path.name, path.stat().st_size, digest), rows)


def linked(source: Path, target: Path) -> None:
    """Gives a file that never changes a second name; copies it if that cannot be."""
    try:
        os.link(source, target)
    except OSError:
        # Another file system, or one without links.
        shutil.copyfile(source, target)
