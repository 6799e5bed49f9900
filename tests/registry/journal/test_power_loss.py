"""What is left of the journal when the power fails, by a model of the disk.

A write that was not followed by fsync may be there in part, whole or not at all; one
that was is there. Here the write-ahead log is cut at every kind of byte, and pages
behind the last fsync are lost one by one.
"""

import os
import random
import shutil
import sqlite3
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from registry.iris import RecordId
from registry.journal.sql import SqlJournal, create, open_
from registry.lifecycle import Event
from registry.record import Change, Content

Clock = Callable[[], datetime]
LOSSES = int(os.environ.get("REGISTRY_TORTURE_LOSSES", "60"))
"""How often the power fails."""
HEADER, FRAME_HEADER = 32, 24


@dataclass(frozen=True)
class Disk:
    """A journal while it is open, and how far it was synced at each acknowledgement.

    Attributes:
        database: the file.
        acknowledged: the size of the log and the last entry after each commit.
        page: bytes of a page.
    """

    database: Path
    acknowledged: Sequence[tuple[int, int]]
    page: int

    @property
    def log(self) -> Path:
        """The write-ahead log."""
        return self.database.with_name(f"{self.database.name}-wal")

    def kept(self, length: int) -> int:
        """Returns the last entry that was acknowledged with so much of the log."""
        return max(
            (last for size, last in self.acknowledged if size <= length), default=0
        )


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    """A journal to which forty entries were added, none of them yet checkpointed."""
    folder = tmp_path_factory.mktemp("disk")
    place = folder / "journal.sqlite"
    create(place, "http://127.0.0.1:8000/", lambda: datetime.now().astimezone()).close()
    journal = open_(place, lambda: datetime.now().astimezone())
    acknowledged = []
    for number in range(20):
        entry = add(journal, number)
        size = place.with_name("journal.sqlite-wal").stat().st_size
        acknowledged.append((size, entry))
    with closing(sqlite3.connect(place)) as connection:
        (page,) = connection.execute("PRAGMA page_size").fetchone()
    # As it is while the journal is open: closing it would empty the log.
    copied = folder / "copy"
    copied.mkdir()
    for path in folder.glob("journal.sqlite*"):
        shutil.copy(path, copied / path.name)
    yield Disk(copied / "journal.sqlite", acknowledged, page)
    journal.close()


def add(journal: SqlJournal, number: int) -> int:
    """Publishes a record; returns the last entry once it is acknowledged."""
    record = RecordId("course", f"c{number}")
    content = Content('{"id":"x"}', f"<{record}> <p> <{'o' * 40 * number}> .\n")
    with journal.write() as writer:
        made = writer.append(
            Change(record, Event.SUBMITTED, "ann", content=content, based_on=0)
        )
        assert made is not None
        writer.append(Change(record, Event.ACCEPTED, "rev", decides=made.sequence))
    return journal.tip()[0]


def after(disk: Disk, folder: Path, log: bytes, clock: Clock) -> int:
    """Returns how far a journal goes that finds this log, after proving all of it."""
    folder.mkdir()
    place = folder / "journal.sqlite"
    shutil.copy(disk.database, place)
    place.with_name("journal.sqlite-wal").write_bytes(log)
    with closing(open_(place, clock)) as journal:
        list(journal.verify())
        return journal.tip()[0]


def cuts(disk: Disk) -> Sequence[int]:
    """Returns lengths of a log: at, before and after each border, and at random."""
    frame = FRAME_HEADER + disk.page
    length = disk.log.stat().st_size
    borders = [0, HEADER, *(size for size, _ in disk.acknowledged)]
    frames = range(HEADER, length, frame)
    near = {b + d for b in borders for d in (-1, 0, 1, FRAME_HEADER, frame // 2)}
    choose = random.Random(1)  # noqa: S311 - not a secret
    some = [choose.randrange(length) for _ in range(LOSSES)]
    near |= {*choose.sample(frames, min(len(frames), LOSSES)), *some, length}
    return sorted(cut for cut in near if 0 <= cut <= length)


def test_a_log_that_breaks_off_keeps_what_was_acknowledged(
    disk: Disk, tmp_path: Path, clock: Clock
) -> None:
    """Wherever it breaks off, all that was synced before is there, and whole."""
    log = disk.log.read_bytes()

    for cut in cuts(disk):
        found = after(disk, tmp_path / str(cut), log[:cut], clock)

        assert found >= disk.kept(cut), cut
        # A transaction is there to its end or not at all.
        assert found % 2 == 0


@pytest.mark.parametrize("seed", range(LOSSES // 2))
def test_pages_that_were_not_synced_may_be_lost_in_any_order(
    disk: Disk, tmp_path: Path, clock: Clock, seed: int
) -> None:
    """Of the last transaction any frames may be missing or torn, and none before it."""
    choose = random.Random(seed)  # noqa: S311 - not a secret
    log = bytearray(disk.log.read_bytes())
    at = choose.randrange(len(disk.acknowledged) - 1)
    synced, kept = disk.acknowledged[at]
    ends, _ = disk.acknowledged[at + 1]
    del log[ends:]
    frame = FRAME_HEADER + disk.page
    for start in range(synced, ends, frame):
        fate = choose.choice(("there", "zeros", "torn"))
        if fate != "there":
            half = 0 if fate == "zeros" else choose.randrange(frame)
            log[start + half : start + frame] = bytes(frame - half)

    found = after(disk, tmp_path / "disk", bytes(log), clock)

    assert found in {kept, kept + 2}


def test_every_commit_is_synced(tmp_path: Path, clock: Clock) -> None:
    """The database itself is told to wait for the disk before a commit is answered."""
    with (
        closing(create(tmp_path / "j.sqlite", "http://x.example/", clock)) as journal,
        journal.engine.connect() as connection,
    ):
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        level = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()

    assert (mode, level) == ("wal", 2)


def test_the_model_knows_the_log(disk: Disk) -> None:
    """The log begins as its format says, and is as long as its frames.

    Source: SQLite, “WAL-mode File Format”, section 4.
    """
    log = disk.log.read_bytes()
    magic, _, page = struct.unpack(">III", log[:12])

    assert magic in {0x377F0682, 0x377F0683}
    assert page == disk.page
    assert (len(log) - HEADER) % (FRAME_HEADER + page) == 0
    assert disk.acknowledged[-1][0] == len(log)
