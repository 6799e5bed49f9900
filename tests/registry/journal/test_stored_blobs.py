import io
from hashlib import sha256

import pytest
from sqlalchemy import delete, select, update

from registry.errors import Invalid, NotFound
from registry.journal.blobs import CHUNK
from registry.journal.dialects import writing
from registry.journal.sql import SqlJournal
from registry.journal.stored_blobs import StoredBlobs, keep
from registry.journal.tables import FILE, FILE_PART

LONG = bytes(range(256)) * (CHUNK // 128) + b"end"


def test_a_long_file_is_kept_in_parts(journal: SqlJournal) -> None:
    """No row is longer than a part, and the size of the whole is known."""
    blobs = StoredBlobs(journal.engine)

    digest = blobs.put(io.BytesIO(LONG))

    with journal.engine.connect() as connection:
        parts = connection.scalars(
            select(FILE_PART.c.bytes).order_by(FILE_PART.c.number)
        ).all()
        assert connection.scalar(select(FILE.c.size)) == len(LONG)
    assert [len(part) for part in parts] == [CHUNK, CHUNK, 3]
    assert b"".join(parts) == LONG
    assert blobs.holds(digest)
    assert list(blobs.verify()) == [digest]


@pytest.mark.parametrize(
    "harm",
    [
        update(FILE_PART).where(FILE_PART.c.number == 1).values(bytes=b"other"),
        delete(FILE_PART).where(FILE_PART.c.number == 0),
    ],
    ids=["altered", "lost"],
)
def test_a_file_that_was_altered_is_found(journal: SqlJournal, harm: object) -> None:
    """Every byte is compared with the digest."""
    blobs = StoredBlobs(journal.engine)
    digest = blobs.put(io.BytesIO(LONG))
    with writing(journal.engine) as connection:
        connection.execute(harm)  # type: ignore[call-overload]

    with pytest.raises(Invalid) as found:
        list(blobs.verify())

    assert found.value.extra == {"digest": digest}


def test_other_bytes_are_not_kept_under_a_digest(journal: SqlJournal) -> None:
    """Whoever copies files is told, and nothing of it stays."""
    digest = sha256(b"one").hexdigest()

    with pytest.raises(Invalid), writing(journal.engine) as connection:
        keep(connection, digest, io.BytesIO(b"two"))

    assert not StoredBlobs(journal.engine).holds(digest)
    with pytest.raises(NotFound):
        StoredBlobs(journal.engine).open(digest)
