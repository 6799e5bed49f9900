import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from registry import backup
from registry.backup import Manifest, Opens, Tip, opened
from registry.errors import Invalid, Misconfigured

AT = datetime(2026, 1, 1, tzinfo=UTC)
TIP = Tip("http://127.0.0.1:8000/", 7, "f" * 64)
BODIES = (b"one", b"two" * 1000)


def copy(path: Path) -> None:
    """Writes a small database."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE kept (x)")


def blobs(folder: Path) -> Mapping[str, Path]:
    """Keeps two files by their digest."""
    folder.mkdir(exist_ok=True)
    found = {}
    for body in BODIES:
        digest = sha256(body).hexdigest()
        found[digest] = folder / digest
        found[digest].write_bytes(body)
    return found


def opening(found: Mapping[str, Path]) -> list[tuple[str, Opens]]:
    """Says how each file is opened."""
    return [(digest, partial(opened, path)) for digest, path in found.items()]


def make(tmp_path: Path, name: str = "copy") -> Manifest:
    """Makes a backup."""
    return backup.make(
        tmp_path / name,
        copy=copy,
        blobs=lambda: opening(blobs(tmp_path / "blobs")),
        check=lambda _: TIP,
        at=AT,
    )


def test_a_backup_comes_back_as_it_was(tmp_path: Path) -> None:
    """Every file has its bytes, and the manifest its sizes and the journal's end."""
    made = make(tmp_path)

    restored = backup.restore(tmp_path / "copy", tmp_path / "data", check=lambda _: TIP)

    assert made == restored == backup.read(tmp_path / "copy")
    assert (made.at, made.tip, len(made.files)) == (AT, TIP, 3)
    for file in made.files:
        body = (tmp_path / "data" / file.name).read_bytes()
        assert (len(body), sha256(body).hexdigest()) == (file.bytes, file.sha256)
    assert made.size == sum(file.bytes for file in made.files)


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    """There are addresses of people in it."""
    make(tmp_path)

    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_flipped_bit_is_found_and_nothing_is_restored(
    tmp_path: Path, place: int
) -> None:
    """The refusal names the file, and the data directory stays empty."""
    file = make(tmp_path).files[place]
    path = tmp_path / "copy" / file.name
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 4
    path.write_bytes(body)

    with pytest.raises(Invalid) as found:
        backup.restore(tmp_path / "copy", tmp_path / "data", check=lambda _: TIP)

    assert found.value.extra == {"file": file.name}
    assert not (tmp_path / "data").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blobs", "copy"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A backup of which something was lost is none."""
    file = make(tmp_path).files[1]
    (tmp_path / "copy" / file.name).unlink()

    with pytest.raises(Invalid, match=file.sha256):
        backup.restore(tmp_path / "copy", tmp_path / "data", check=lambda _: TIP)


def test_a_rotten_blob_is_not_backed_up(tmp_path: Path) -> None:
    """What is not as it was put is named, and no backup is left behind."""
    digest = next(iter(blobs(tmp_path / "blobs")))

    def rotten() -> list[tuple[str, Opens]]:
        found = blobs(tmp_path / "blobs")
        found[digest].write_bytes(b"other")
        return opening(found)

    with pytest.raises(Invalid, match=digest):
        backup.make(
            tmp_path / "copy", copy=copy, blobs=rotten, check=lambda _: TIP, at=AT
        )
    assert not (tmp_path / "copy").exists()


def test_another_journal_than_the_manifest_says_is_refused(tmp_path: Path) -> None:
    """The end of the chain has to be that which was backed up."""
    make(tmp_path)
    other = replace(TIP, hash="0" * 64)

    with pytest.raises(Invalid, match=r"journal\.sqlite"):
        backup.restore(tmp_path / "copy", tmp_path / "data", check=lambda _: other)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """Neither a backup nor a registry; an empty folder is as good as none."""
    make(tmp_path)
    (tmp_path / "data").mkdir()
    backup.restore(tmp_path / "copy", tmp_path / "data", check=lambda _: TIP)

    with pytest.raises(Misconfigured):
        make(tmp_path)
    with pytest.raises(Misconfigured):
        backup.restore(tmp_path / "copy", tmp_path / "data", check=lambda _: TIP)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"form": 2}'])
def test_what_is_no_backup_is_refused(tmp_path: Path, text: str) -> None:
    """A folder without a manifest that we know holds no backup."""
    with pytest.raises(Misconfigured):
        backup.read(tmp_path)
    (tmp_path / backup.MANIFEST).write_text(text)

    with pytest.raises(Misconfigured):
        backup.read(tmp_path)


def test_a_manifest_leads_nowhere_else(tmp_path: Path) -> None:
    """A name that points out of the backup is refused."""
    make(tmp_path)
    path = tmp_path / "copy" / backup.MANIFEST
    told = json.loads(path.read_text())
    told["files"][0]["name"] = "../../etc/passwd"
    path.write_text(json.dumps(told))

    with pytest.raises(Invalid):
        backup.restore(tmp_path / "copy", tmp_path / "data", check=lambda _: TIP)
