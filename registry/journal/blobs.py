"""Files by the SHA-256 of their bytes, in a folder: `ab/abcdef…`.

A file gets its name only when all of it is on disk, so a name always stands for
the whole of its bytes. What a crash leaves in `incoming/` may be deleted.
"""

import os
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from registry.errors import Invalid, NotFound
from registry.ports import Blobs
from registry.storage import storing, sync

CHUNK = 1024 * 1024
"""Bytes that are held in memory at a time."""

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class FileBlobs:
    """A `registry.ports.Blobs` in a folder, which is made if it is missing.

    Any number of processes may use one folder at the same time.

    Args:
        folder: where the files are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def put(self, source: BinaryIO) -> str:
        """Keeps the bytes and returns their digest; twice the same is once.

        The bytes are on disk when this returns.

        Raises:
            StorageUnavailable: the disk is full, read-only or broken.
        """
        with storing():
            return self._put(source)

    def _put(self, source: BinaryIO) -> str:
        sha = sha256()
        with NamedTemporaryFile(dir=self._incoming, delete=False) as incoming:
            path = Path(incoming.name)
            try:
                while chunk := source.read(CHUNK):
                    sha.update(chunk)
                    incoming.write(chunk)
                incoming.flush()
                os.fsync(incoming.fileno())
            except BaseException:
                path.unlink()
                raise
        digest = sha.hexdigest()
        target = self._path(digest)
        target.parent.mkdir(exist_ok=True)
        path.replace(target)
        sync(target.parent)
        sync(self._folder)
        return digest

    def open(self, digest: str) -> BinaryIO:
        """Opens the bytes for reading.

        Raises:
            NotFound: no such blob.
        """
        if _DIGEST.match(digest):
            try:
                return self._path(digest).open("rb")
            except FileNotFoundError:
                pass
        raise missing(digest)

    def digests(self) -> Iterator[str]:
        """Yields the digest of every blob kept, in alphabetical order."""
        for folder in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(folder.iterdir()):
                yield path.name

    def holds(self, digest: str) -> bool:
        """Says whether there is a blob of this digest."""
        return bool(_DIGEST.match(digest)) and self._path(digest).is_file()

    def verify(self) -> Iterator[str]:
        """Reads every blob, yielding its digest when it is sound.

        Raises:
            Invalid: the bytes of one are not those that were put.
        """
        return proven(self)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def missing(digest: str) -> NotFound:
    """Returns the refusal to open what was never put."""
    return NotFound(
        f"There is no file with the digest {digest}.",
        f"Няма файл с контролна сума {digest}.",
    )


def altered(digest: str) -> Invalid:
    """Returns the refusal of bytes that are not those of their digest."""
    return Invalid(
        f"The file {digest} is not as it was put.",
        f"Файлът {digest} не е във вида, в който е оставен.",
        extra={"digest": digest},
    )


def proven(blobs: Blobs) -> Iterator[str]:
    """Reads every blob, yielding its digest when it is sound.

    Raises:
        Invalid: the bytes of one are not those that were put.
    """
    for digest in blobs.digests():
        with blobs.open(digest) as blob:
            sha = sha256()
            while chunk := blob.read(CHUNK):
                sha.update(chunk)
            if sha.hexdigest() != digest:
                raise altered(digest)
        yield digest
