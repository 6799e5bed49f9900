from hashlib import sha256
from pathlib import Path

import pytest

from registry.dumping.files import Written, linked, media_type, written
from registry.ports import File
from tests.dumping import inode


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("registry.nq.gz", "application/gzip"),
        ("registry.sqlite", "application/vnd.sqlite3"),
        ("register.training-centre.jsonl", "application/x-ndjson"),
        ("table.nt.csv", "text/csv"),
        ("table.a.csv.parquet", "application/vnd.apache.parquet"),
    ],
)
def test_the_end_of_a_name_says_what_a_file_is(name: str, kind: str) -> None:
    """Keys may have dots in them, and what looks like another extension."""
    assert media_type(name) == kind


def test_a_file_is_known_by_its_digest(tmp_path: Path) -> None:
    """Its name, size and SHA-256 are those of the bytes."""
    path = tmp_path / "register.course.nt"
    path.write_bytes(b"abc")

    assert written(path, 7) == Written(
        File("register.course.nt", 3, sha256(b"abc").hexdigest()), 7
    )


def test_a_second_name_takes_no_room(tmp_path: Path) -> None:
    """It is the same file; where that cannot be, a copy."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"abc")

    linked(one, two)

    assert inode(one) == inode(two)
    linked(one, Path("/dev/shm") / f"{tmp_path.name}-copy")  # noqa: S108 - another disk
    copy = Path("/dev/shm") / f"{tmp_path.name}-copy"  # noqa: S108
    assert copy.read_bytes() == b"abc"
    copy.unlink()
