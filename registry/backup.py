"""Backups: what cannot be made again, in a folder with a manifest.

    {folder}/journal.sqlite       the journal's database, as it was at one moment
    {folder}/blobs/ab/abcdef…     the files that the journal knows by their digest
    {folder}/manifest.json        every file with its size and SHA-256, and the end
                                  of the journal

All else in the data directory is derived from these. A backup gets its name when
the whole of it is on disk, so one with a name is complete.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import BinaryIO

from registry.errors import Invalid, Misconfigured, NotFound
from registry.storage import storing, sync, sync_all

JOURNAL = "journal.sqlite"
BLOBS = "blobs"
MANIFEST = "manifest.json"
FORM = 1
"""Number of the form of a backup; another one is refused."""

Opens = Callable[[], BinaryIO]
"""Opens a file for reading, from its beginning."""

CHUNK = 1024 * 1024
"""Bytes that are held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a backup.

    Attributes:
        name: its path within the backup.
        bytes: its size.
        sha256: of its bytes.
    """

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Tip:
    """Which registry, and how far its journal goes.

    Attributes:
        base: the base IRI of the registry.
        sequence: number of the last entry.
        hash: of the last entry, which stands for the whole chain.
    """

    base: str
    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds.

    Attributes:
        at: when it was made.
        tip: of its journal.
        files: all but the manifest.
    """

    at: datetime
    tip: Tip
    files: Sequence[Kept]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.bytes for file in self.files)


def make(
    target: Path,
    *,
    copy: Callable[[Path], None],
    blobs: Callable[[], Iterable[tuple[str, Opens]]],
    check: Callable[[Path], Tip],
    at: datetime,
) -> Manifest:
    """Makes a backup and returns what it holds; anybody may write meanwhile.

    Args:
        target: a folder that is not there yet, or is empty.
        copy: writes the journal's database to a path, as it is at one moment.
        blobs: the digests of the files, each with what opens it; asked after the
            journal was copied, for what a journal names was kept before.
        check: proves a journal and returns its end.
        at: the time.

    Raises:
        Invalid: the journal or a blob is not as it was written.
        Misconfigured: there is something at the target.
        StorageUnavailable: the disk of the target is full, read-only or broken.
    """
    with storing(), _new(target) as folder:
        journal = folder / JOURNAL
        copy(journal)
        tip = check(journal)
        files = [_told(folder, journal)]
        for digest, opens in blobs():
            name = f"{BLOBS}/{digest[:2]}/{digest}"
            files.append(_copied(opens, folder / name, Kept(name, -1, digest)))
        manifest = Manifest(at, tip, files)
        (folder / MANIFEST).write_text(_written(manifest), encoding="utf-8")
        sync_all(folder)
    return manifest


def read(source: Path) -> Manifest:
    """Returns what a backup says that it holds.

    Raises:
        Misconfigured: there is no backup, or it is of another form.
    """
    try:
        text = (source / MANIFEST).read_text(encoding="utf-8")
        told = json.loads(text)
        if told["form"] != FORM:
            raise ValueError(told["form"])
        return Manifest(
            datetime.fromisoformat(told["at"]),
            Tip(**told["tip"]),
            [Kept(**file) for file in told["files"]],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Misconfigured(
            f"There is no complete backup in {source}.",
            f"В {source} няма завършено резервно копие.",
        ) from error


def restore(source: Path, data: Path, *, check: Callable[[Path], Tip]) -> Manifest:
    """Puts a backup into an empty data directory, after proving all of it.

    The journal gets its name last, so that half a restoration is no registry.

    Args:
        source: the folder of the backup.
        data: a folder that is not there yet, or is empty.
        check: proves a journal and returns its end.

    Raises:
        Invalid: a file is not as the manifest says, or the chain is broken.
        Misconfigured: there is no backup, or something is in the data directory.
        StorageUnavailable: the disk is full, read-only or broken.
    """
    manifest = read(source)
    with storing(), _new(data) as folder:
        for file in manifest.files:
            kept = partial(opened, _within(source, file.name))
            _copied(kept, _within(folder, file.name), file)
        if check(folder / JOURNAL) != manifest.tip:
            raise _differs(JOURNAL)
        sync_all(folder)
    return manifest


def opened(path: Path) -> BinaryIO:
    """Opens a file to be copied."""
    return path.open("rb")


def require_empty(target: Path) -> None:
    """Checks that a folder is not there yet, or is empty.

    Raises:
        Misconfigured: there is something in it.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Misconfigured(
            f"There is something in {target} already.",
            f"В {target} вече има нещо.",
        )


@contextmanager
def _new(target: Path) -> Iterator[Path]:
    """Yields a folder that gets its name when the block ends well."""
    require_empty(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Nobody but its owner may read it: there are addresses of people in it.
    folder = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield folder
        folder.replace(target)
        sync(target.parent)
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise


def _within(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise _differs(name)
    return path


def _copied(opens: Opens, target: Path, expected: Kept) -> Kept:
    """Copies a file, comparing it with what it should be, and returns what it is.

    Raises:
        Invalid: it is missing or is not that.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = sha256(), 0
    try:
        opened = opens()
    except (FileNotFoundError, NotFound) as error:
        raise _differs(expected.name) from error
    with opened, target.open("wb") as out:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
            size += out.write(chunk)
    if digest.hexdigest() != expected.sha256 or expected.bytes not in (-1, size):
        raise _differs(expected.name)
    return Kept(expected.name, size, expected.sha256)


def _told(folder: Path, path: Path) -> Kept:
    with path.open("rb") as file:
        digest, size = sha256(), 0
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Kept(str(path.relative_to(folder)), size, digest.hexdigest())


def _written(manifest: Manifest) -> str:
    told = {"form": FORM, **asdict(manifest), "at": manifest.at.isoformat()}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _differs(name: str) -> Invalid:
    return Invalid(
        f"{name} is not as the backup says.",
        f"{name} не е във вида, в който е записан в резервното копие.",
        extra={"file": name},
    )
