"""Where the files of dumps are, and how they become public.

    {folder}/lock                    held by the one who makes a dump
    {folder}/.new-{random}/          a dump in the making
    {folder}/{sequence}-{digest}/    the files of a dump; the digest is over the
                                     names and digests of its files

A dump is public from the moment at which `registry.ports.Dumps` says so: the
journal's database is the one pointer to it, moved in one transaction, so that
catalogue and files never disagree. Before that its folder is complete and on disk.
Files in it never change, so a download under way is never mixed with another dump,
and the dump before is kept for it.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from registry.errors import Busy
from registry.ports import Dump, Dumps, File
from registry.storage import sync, sync_all

KEPT = 2
"""Dumps whose files are kept: the latest, and the one before."""

_NEW = ".new-"
_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class DumpFolder:
    """The files of the dumps of one registry.

    Attributes:
        folder: of all dumps.
        dumps: says which of them are public.
    """

    folder: Path
    dumps: Dumps

    def current(self) -> tuple[Dump, Path] | None:
        """Returns the public dump and the folder of its files.

        Returns:
            `None` before the first, or if its files have been lost.
        """
        latest = self.dumps.latest()
        if latest is None:
            return None
        place = self.place(latest.sequence, latest.files)
        return (latest, place) if place.is_dir() else None

    def place(self, sequence: int, files: Sequence[File]) -> Path:
        """Returns the folder of a dump with these files."""
        digest = sha256()
        for file in sorted(files, key=lambda file: file.name):
            digest.update(f"{file.name} {file.digest}\n".encode())
        return self.folder / f"{sequence:012d}-{digest.hexdigest()[:32]}"

    @contextmanager
    def making(self) -> Iterator[Path]:
        """Yields an empty folder to make a dump in; only one can be made at a time.

        Removes what somebody left behind who was stopped.

        Raises:
            Busy: somebody else is making one.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = _lock(self.folder / _LOCK)
        try:
            self._sweep()
            with TemporaryDirectory(prefix=_NEW, dir=self.folder) as new:
                files = Path(new) / "files"
                files.mkdir()
                yield files
            self._sweep()
        finally:
            os.close(descriptor)

    def put(self, made: Path, sequence: int, files: Sequence[File]) -> Dump:
        """Makes files public, and returns their dump.

        Args:
            made: the folder that `making` yielded, with the files and whatever
                else belongs to the dump.
            sequence: the journal position that they reflect.
            files: the data among them.
        """
        sync_all(made)
        place = self.place(sequence, files)
        if not place.is_dir():
            made.rename(place)
            sync(self.folder)
        return self.dumps.publish(sequence, files)

    def _sweep(self) -> None:
        """Removes all but the folders of the dumps that are kept."""
        latest = self.dumps.latest()
        first = latest.number - KEPT if latest else 0
        kept = {
            self.place(dump.sequence, dump.files)
            for dump in self.dumps.published(after=first)
        }
        for path in self.folder.iterdir():
            if path.name != _LOCK and path not in kept:
                shutil.rmtree(path)


def _lock(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Busy(
            "Another process is making a dump.",
            "Друг процес създава файловете за изтегляне.",
        ) from None
    return descriptor
