"""What every keeper of the published dumps must do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry import submissions
from registry.iris import RecordId
from registry.journal.sql import create
from registry.ports import Dump, Dumps, File, Journal
from registry.record import Provenance
from tests.versions import content

BASE = "http://127.0.0.1:8000/"
DAWN = datetime(2026, 1, 1, tzinfo=UTC)
NQ = File("registry.nq.gz", 10, "aa" * 32)
CSV = File("register.course.csv", 20, "bb" * 32)
NEW = File("register.course.csv", 21, "cc" * 32)


class Setting:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = DAWN

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Parts:
    """A journal and the dumps of it."""

    journal: Journal
    dumps: Dumps
    time: Setting

    def append(self, key: str) -> None:
        """Adds one entry to the journal."""
        record = RecordId("course", key)
        document = {"type": "LearningOpportunity", "title": {"bg": key}}
        with self.journal.write() as writer:
            submissions.submit(
                writer,
                record,
                content(record, document),
                provenance=Provenance(),
                actor="ann",
            )


@pytest.fixture
def parts(place: str | Path) -> Iterator[Parts]:
    """An empty journal without dumps, in each kind of database."""
    time = Setting()
    journal = create(place, BASE, time)
    yield Parts(journal, journal.dumps, time)
    journal.close()


def test_at_first_there_is_no_dump(parts: Parts) -> None:
    """Nothing is published before somebody does."""
    assert parts.dumps.latest() is None
    assert parts.dumps.published() == []
    assert parts.dumps.number() == 0


def test_a_dump_says_what_was_published_and_when(parts: Parts) -> None:
    """It has its files by name, and the journal position on either side of it."""
    parts.append("one")
    parts.append("two")
    parts.time.now += timedelta(hours=1)

    dump = parts.dumps.publish(1, [NQ, CSV])

    assert dump == Dump(1, 1, 2, DAWN + timedelta(hours=1), (CSV, NQ))
    assert parts.dumps.latest() == dump
    assert parts.dumps.published() == [dump]
    assert parts.dumps.number() == 1


def test_the_very_same_files_are_the_same_dump(parts: Parts) -> None:
    """A journal that moved without changing a file publishes nothing new."""
    parts.append("one")
    first = parts.dumps.publish(1, [NQ, CSV])
    parts.append("two")
    parts.time.now += timedelta(hours=1)

    assert parts.dumps.publish(2, [CSV, NQ]) == first
    assert parts.dumps.published() == [first]


def test_files_of_an_older_dump_are_a_new_one(parts: Parts) -> None:
    """Only the latest counts: what changed back has changed."""
    first = parts.dumps.publish(0, [CSV])
    second = parts.dumps.publish(0, [NEW])

    third = parts.dumps.publish(0, [CSV])

    assert [d.number for d in parts.dumps.published()] == [1, 2, 3]
    assert third.files == first.files != second.files


def test_time_never_goes_back(parts: Parts) -> None:
    """A clock that is set back gives a dump the time of what came before it."""
    parts.append("one")
    parts.time.now -= timedelta(days=1)
    first = parts.dumps.publish(1, [CSV])
    parts.time.now = DAWN + timedelta(days=1)
    second = parts.dumps.publish(1, [NEW])
    parts.time.now = DAWN
    third = parts.dumps.publish(1, [CSV])

    assert [first.at, second.at, third.at] == [
        DAWN,
        DAWN + timedelta(days=1),
        DAWN + timedelta(days=1),
    ]


def test_dumps_are_read_in_pages(parts: Parts) -> None:
    """A page starts after a number and has so many at most."""
    made = [parts.dumps.publish(0, [File("a", n, "ab")]) for n in range(5)]

    assert parts.dumps.published(limit=2) == made[:2]
    assert parts.dumps.published(after=2, limit=2) == made[2:4]
    assert parts.dumps.published(after=4) == made[4:]
    assert parts.dumps.published(after=5) == []
