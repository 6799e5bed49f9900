"""Parquet files from blobs: made again when missing, whole or not at all."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from registry.ports import Blobs
from registry.record import Version
from registry.statistics import description, table
from registry.storage import storing


@contextmanager
def placed(target: Path) -> Iterator[Path]:
    """Yields where to write a file, which gets its name when the block ends well.

    Any number of processes may make the same file at the same time.

    Raises:
        StorageUnavailable: the disk is full, read-only or broken.
    """
    with storing(), _folder(target) as folder:
        path = Path(folder) / target.name
        yield path
        with path.open("rb") as written:
            os.fsync(written.fileno())
        path.replace(target)


@contextmanager
def _folder(target: Path) -> Iterator[str]:
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".new-", dir=target.parent) as folder:
        yield folder


def restore(blobs: Blobs, version: Version, target: Path) -> None:
    """Makes the Parquet file of a table's version from the blob of its figures.

    Raises:
        NotFound: the blob is missing too.
    """
    document = json.loads(version.content.document)
    structure = description.structure_of(document)
    digest = description.data_of(document).digest.lower()
    with placed(target) as path:
        original = path.with_suffix(".original")
        with blobs.open(digest) as blob, original.open("wb") as copy:
            copyfileobj(blob, copy)
        with table.opened(original, structure, folder=path.parent) as found:
            found.write(path)
