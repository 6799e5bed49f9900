import io
from pathlib import Path

import pytest

from registry.errors import Invalid
from registry.journal.blobs import FileBlobs


def test_a_file_stands_in_a_folder_of_its_first_two_digits(tmp_path: Path) -> None:
    """The layout is `ab/abcdef…`, with nothing left over."""
    blobs = FileBlobs(tmp_path)

    digest = blobs.put(io.BytesIO(b"table"))

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [tmp_path / digest[:2] / digest]


def test_an_altered_file_is_found(tmp_path: Path) -> None:
    """A single bit makes `verify` name the file; the others are sound."""
    blobs = FileBlobs(tmp_path)
    digests = sorted(blobs.put(io.BytesIO(text)) for text in (b"a", b"b", b"c"))
    assert list(blobs.verify()) == digests
    path = tmp_path / digests[1][:2] / digests[1]
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]))
    checking = blobs.verify()
    assert next(checking) == digests[0]

    with pytest.raises(Invalid) as found:
        next(checking)

    assert found.value.extra == {"digest": digests[1]}
