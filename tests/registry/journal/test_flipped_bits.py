"""One flipped bit, anywhere that counts, is found and named by `registry verify`."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest

from registry.errors import Invalid
from registry.iris import RecordId
from registry.journal.blobs import FileBlobs
from registry.journal.sql import create, open_
from registry.lifecycle import Event
from registry.record import Change, Content

Clock = Callable[[], datetime]
FLIPS = int(os.environ.get("REGISTRY_TORTURE_FLIPS", "40"))
"""Bits that are flipped in each place."""
RECORDS = 6
COLUMNS = {
    "entry": ("reason", "hash", "previous", "actor", "at", "digest", "provenance"),
    "content": ("document", "triples", "digest"),
    "head": ("digest", "modified", "provenance", "status"),
    "tip": ("hash", "at"),
}
NAMED = {
    "entry": "sequence",
    "content": "sequence",
    "head": "record",
    "tip": "sequence",
}
"""How the refusal tells where."""


@pytest.fixture
def place(tmp_path: Path, clock: Clock) -> Path:
    """A journal of a few published records."""
    made = tmp_path / "journal.sqlite"
    with closing(create(made, "http://127.0.0.1:8000/", clock)) as journal:
        for number in range(RECORDS):
            record = RecordId("course", f"c{number}")
            content = Content(
                f'{{"id":"{number}"}}', f'<{record}> <p> "текст {number}" .\n'
            )
            with journal.write() as writer:
                entry = writer.append(
                    Change(
                        record,
                        Event.SUBMITTED,
                        "ann",
                        content=content,
                        based_on=0,
                        reason="защо",
                    )
                )
                assert entry is not None
                writer.append(
                    Change(record, Event.ACCEPTED, "rev", decides=entry.sequence)
                )
    return made


@pytest.mark.parametrize("table", COLUMNS)
def test_a_flipped_bit_of_a_value_is_named(
    place: Path, tmp_path: Path, clock: Clock, table: str
) -> None:
    """Whichever bit of whichever value, the refusal says at which entry or record."""
    choose = random.Random(table)  # noqa: S311 - not a secret
    for turn in range(FLIPS):
        copy = tmp_path / f"{turn}.sqlite"
        shutil.copy(place, copy)
        column = choose.choice(COLUMNS[table])
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            rows = connection.execute(
                f"SELECT rowid, CAST({column} AS BLOB) FROM {table}"  # noqa: S608
                f" WHERE length({column}) > 0"
            ).fetchall()
            row, value = choose.choice(rows)
            flipped = bytearray(value)
            flipped[choose.randrange(len(flipped))] ^= 1 << choose.randrange(8)
            connection.execute(
                f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE rowid = ?",  # noqa: S608
                (bytes(flipped), row),
            )

        with (
            closing(open_(copy, clock)) as journal,
            pytest.raises(Invalid) as found,
        ):
            list(journal.verify())

        assert set(found.value.extra) <= {"sequence", "record"}, (column, row)
        assert set(found.value.detail) == {"en", "bg"}


def test_a_flipped_bit_of_a_blob_is_named(tmp_path: Path) -> None:
    """The refusal has the digest of the file, whichever bit of it."""
    choose = random.Random(1)  # noqa: S311 - not a secret
    blobs = FileBlobs(tmp_path)
    digests = [blobs.put(BytesIO(os.urandom(5000))) for _ in range(5)]
    for _ in range(FLIPS):
        digest = choose.choice(digests)
        path = tmp_path / digest[:2] / digest
        whole = path.read_bytes()
        flipped = bytearray(whole)
        flipped[choose.randrange(len(flipped))] ^= 1 << choose.randrange(8)
        path.write_bytes(flipped)

        with pytest.raises(Invalid) as found:
            list(blobs.verify())

        assert found.value.extra == {"digest": digest}
        path.write_bytes(whole)
    assert sorted(blobs.verify()) == sorted(digests)


def test_a_flipped_bit_of_the_file_is_found_or_changes_nothing(
    place: Path, tmp_path: Path, clock: Clock
) -> None:
    """A bit of the file itself may be of no value; then every value is as it was."""
    choose = random.Random(2)  # noqa: S311 - not a secret
    whole = place.read_bytes()
    before = told(place)
    found = 0
    for turn in range(FLIPS):
        copy = tmp_path / f"{turn}.sqlite"
        flipped = bytearray(whole)
        flipped[choose.randrange(len(flipped))] ^= 1 << choose.randrange(8)
        copy.write_bytes(flipped)
        try:
            with closing(open_(copy, clock)) as journal:
                list(journal.verify())
        except Exception:
            found += 1
        else:
            assert told(copy) == before
    assert found < FLIPS


def test_a_flipped_bit_of_a_key_is_found(place: Path, clock: Clock) -> None:
    """A digest of which only its index has another copy is not taken for sound."""
    body = place.read_bytes()
    with closing(sqlite3.connect(place)) as connection:
        (digest,) = connection.execute("SELECT digest FROM content LIMIT 1").fetchone()
    at = body.index(digest.encode() + b'{"id"')
    place.write_bytes(body[: at + 9] + bytes([body[at + 9] ^ 1]) + body[at + 10 :])

    with closing(open_(place, clock)) as journal, pytest.raises(Invalid) as found:
        list(journal.verify())

    assert "damage" in found.value.extra


def told(place: Path) -> list[object]:
    """Returns every value of the journal."""
    tables = ("entry", "content", "head", "tip")
    with closing(sqlite3.connect(place)) as connection:
        return [
            connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
            for table in tables
        ]
