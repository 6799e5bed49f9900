"""Files by the SHA-256 of their bytes, in the journal's database.

For a journal that several machines share: what one of them was handed, all have, and
a backup of the database holds it too.
"""

from collections.abc import Iterator
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from sqlalchemy import Connection, Engine, insert, select

from registry.journal.blobs import CHUNK, altered, missing, proven
from registry.journal.dialects import SNAPSHOT, storing, writing
from registry.journal.tables import FILE, FILE_PART

HELD = 8 * CHUNK
"""Bytes of a file that are held in memory; more than that is on the local disk."""

_DIGESTS = select(FILE.c.digest).order_by(FILE.c.digest)


class StoredBlobs:
    """A `registry.ports.Blobs` in tables beside the journal.

    Args:
        engine: of the journal's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, source: BinaryIO) -> str:
        """Keeps the bytes and returns their digest; twice the same is once.

        Raises:
            StorageUnavailable: a disk is full, or the database is out of reach.
        """
        with storing(), _held() as held:
            sha = sha256()
            while chunk := source.read(CHUNK):
                sha.update(chunk)
                held.write(chunk)
            held.seek(0)
            with writing(self._engine) as connection:
                keep(connection, sha.hexdigest(), held)
        return sha.hexdigest()

    def open(self, digest: str) -> BinaryIO:
        """Opens the bytes for reading.

        Raises:
            NotFound: no such blob.
            StorageUnavailable: the database is out of reach.
        """
        if not self.holds(digest):
            raise missing(digest)
        parts = select(FILE_PART.c.bytes).where(FILE_PART.c.digest == digest)
        held = _held()
        with (
            storing(),
            self._engine.connect().execution_options(**SNAPSHOT) as connection,
            connection.begin(),
        ):
            for (part,) in connection.execute(
                parts.order_by(FILE_PART.c.number),
                execution_options={"yield_per": 1},
            ):
                held.write(part)
        held.seek(0)
        return held

    def holds(self, digest: str) -> bool:
        """Says whether there is a blob of this digest."""
        with storing(), self._engine.connect() as connection:
            return _is_there(connection, digest)

    def digests(self) -> Iterator[str]:
        """Yields the digest of every blob kept, in alphabetical order."""
        with storing(), self._engine.connect() as connection:
            yield from connection.scalars(_DIGESTS).all()

    def verify(self) -> Iterator[str]:
        """Reads every blob, yielding its digest when it is sound.

        Raises:
            Invalid: the bytes of one are not those that were put.
        """
        return proven(self)


def keep(connection: Connection, digest: str, source: BinaryIO) -> None:
    """Keeps bytes under their digest, in the transaction of whoever writes.

    Raises:
        Invalid: the digest is of other bytes.
    """
    if _is_there(connection, digest):
        return
    connection.execute(insert(FILE), {"digest": digest, "size": 0})
    sha, size, number = sha256(), 0, 0
    while part := source.read(CHUNK):
        row = {"digest": digest, "number": number, "bytes": part}
        connection.execute(insert(FILE_PART), row)
        sha.update(part)
        size, number = size + len(part), number + 1
    if sha.hexdigest() != digest:
        raise altered(digest)
    own = FILE.c.digest == digest
    connection.execute(FILE.update().where(own), {"size": size})


def _is_there(connection: Connection, digest: str) -> bool:
    own = select(FILE.c.digest).where(FILE.c.digest == digest)
    return connection.execute(own).first() is not None


def _held() -> BinaryIO:
    return cast("BinaryIO", SpooledTemporaryFile(max_size=HELD))
