"""`manifest.json`: what a dump reflects, and how each file can be checked."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.dumping.files import Written
from registry.ports import File

NAME = "manifest.json"
"""The name of the file."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is said of a dump.

    Attributes:
        base: base IRI of the registry.
        sequence: the journal position that the files reflect.
        hash: of the journal's entry at that position, to which the chain of all
            entries before it leads.
        files: all of them, by name.
    """

    base: str
    sequence: int
    hash: str
    files: Sequence[Written]

    def document(self) -> dict[str, Any]:
        """Returns the manifest as JSON."""
        return {
            "base": self.base,
            "sequence": self.sequence,
            "hash": self.hash,
            "files": [_entry(self.base, written) for written in self.files],
        }


def address(base: str, name: str) -> str:
    """Returns where a file of the current dump is found."""
    return f"{base}dump/{name}"


def write(manifest: Manifest, folder: Path) -> None:
    """Writes the manifest into the folder of its files."""
    text = json.dumps(manifest.document(), ensure_ascii=False, indent=1)
    (folder / NAME).write_text(f"{text}\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Returns the manifest of the files in a folder."""
    document = json.loads((folder / NAME).read_bytes())
    return Manifest(
        base=document["base"],
        sequence=document["sequence"],
        hash=document["hash"],
        files=tuple(_written(document["files"])),
    )


def _entry(base: str, written: Written) -> dict[str, Any]:
    return {
        "name": written.file.name,
        "url": address(base, written.file.name),
        "mediaType": written.media_type,
        "size": written.file.size,
        "sha256": written.file.digest,
        "rows": written.rows,
    }


def _written(entries: Iterable[dict[str, Any]]) -> Iterable[Written]:
    for entry in entries:
        file = File(entry["name"], entry["size"], entry["sha256"])
        yield Written(file, entry["rows"])
