"""What every keeper of files must do."""

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest

from registry.errors import NotFound
from registry.journal.blobs import FileBlobs
from registry.journal.sql import create
from registry.journal.stored_blobs import StoredBlobs
from registry.ports import Blobs


@pytest.fixture(params=["folder", "database"])
def blobs(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    place: str | Path,
    clock: Callable[[], datetime],
) -> Iterator[Blobs]:
    """An empty keeper of each kind."""
    with closing(create(place, "http://127.0.0.1:8000/", clock)) as journal:
        if request.param == "folder":
            yield FileBlobs(tmp_path / "blobs")
        else:
            yield StoredBlobs(journal.engine)


@pytest.mark.parametrize("size", [0, 1, 3 * 1024 * 1024 + 1])
def test_what_was_put_can_be_opened_by_its_digest(blobs: Blobs, size: int) -> None:
    """The bytes come back as they were, under their SHA-256."""
    data = bytes(index % 251 for index in range(size))

    digest = blobs.put(io.BytesIO(data))

    assert digest == sha256(data).hexdigest()
    with blobs.open(digest) as kept:
        assert kept.read() == data


def test_the_same_bytes_are_kept_once(blobs: Blobs) -> None:
    """Putting twice gives one digest and one blob."""
    first = blobs.put(io.BytesIO(b"table"))

    assert blobs.put(io.BytesIO(b"table")) == first
    assert list(blobs.digests()) == [first]


def test_every_digest_is_listed(blobs: Blobs) -> None:
    """The list holds what was put, and only that."""
    put = {blobs.put(io.BytesIO(bytes([number]))) for number in range(20)}

    assert list(blobs.digests()) == sorted(put)


@pytest.mark.parametrize(
    "digest", ["0" * 64, "", "../secret", "A" * 64, "0" * 64 + "\n"]
)
def test_what_was_never_put_is_not_found(blobs: Blobs, digest: str) -> None:
    """A digest that is unknown, or none at all, opens nothing."""
    with pytest.raises(NotFound):
        blobs.open(digest)


def test_a_source_that_breaks_off_leaves_nothing(blobs: Blobs) -> None:
    """Half a file is not a file."""

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError("connection lost")
            return super().read(size and 1)

    with pytest.raises(OSError, match="connection lost"):
        blobs.put(Broken(b"table"))

    assert list(blobs.digests()) == []
