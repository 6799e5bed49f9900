"""Where a journal is: in a data directory, or in a database of its own.

{folder}/journal.sqlite  and  {folder}/blobs/   in a data directory
postgresql://…                                  both of them in one database
"""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Engine

from registry.backup import BLOBS, JOURNAL
from registry.journal import sql
from registry.journal.blobs import FileBlobs, altered
from registry.journal.copying import copy as copy_rows
from registry.journal.dialects import engine, journal_url
from registry.journal.stored_blobs import StoredBlobs, keep
from registry.ports import Blobs, Clock

Place = str | Path
"""The URL of a database, or a data directory."""


def place_of(text: str) -> Place:
    """Returns the place that somebody names."""
    return text if "://" in text else Path(text)


def journal_at(place: Place) -> Place:
    """Returns what `registry.journal.sql` opens of a place."""
    return place / JOURNAL if isinstance(place, Path) else place


def blobs_at(place: Place, database: Engine) -> Blobs:
    """Returns the blobs of a place, whose database is open."""
    if isinstance(place, Path):
        return FileBlobs(place / BLOBS)
    return StoredBlobs(database)


def copy(source: Place, target: Place, clock: Clock) -> Mapping[str, int]:
    """Copies a journal, all that is beside it, and its blobs into an empty place.

    Returns:
        How many rows each table has, and how many blobs there are.

    Raises:
        Invalid: something in the source is not as it was written.
        Misconfigured: there is no journal in the one, or something in the other.
        StorageUnavailable: a disk or a server fails.
    """
    if isinstance(target, Path):
        target.mkdir(parents=True, exist_ok=True)
    made = engine(journal_url(journal_at(target)))
    try:
        with closing(sql.open_(journal_at(source), clock)) as journal:
            kept, own = blobs_at(source, journal.engine), blobs_at(target, made)
            count = 0

            def files(connection: Connection) -> None:
                nonlocal count
                for digest in kept.digests():
                    with kept.open(digest) as blob:
                        _put(own, connection, digest, blob)
                    count += 1

            rows = copy_rows(journal.engine, made, clock, files)
    finally:
        made.dispose()
    return {**rows, "blobs": count}


def _put(target: Blobs, connection: Connection, digest: str, blob: BinaryIO) -> None:
    """Puts a blob into the target, in the transaction if that is where blobs are."""
    if isinstance(target, StoredBlobs):
        keep(connection, digest, blob)
    elif target.put(blob) != digest:
        raise altered(digest)
