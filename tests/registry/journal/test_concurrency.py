"""Many processes and threads on one journal: nothing is lost, nothing forks."""

import random
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from registry.iris import RecordId
from registry.journal.sql import SqlJournal, create, open_
from registry.lifecycle import Event
from registry.record import Change, Content

Clock = Callable[[], datetime]
BASE = "http://127.0.0.1:8000/"

WRITER = """
import sys
from datetime import UTC, datetime
from registry.iris import RecordId
from registry.journal.places import place_of
from registry.journal.sql import open_
from registry.lifecycle import Event
from registry.record import Change, Content

place, name, count = place_of(sys.argv[1]), sys.argv[2], int(sys.argv[3])
journal = open_(place, lambda: datetime.now(UTC))
for number in range(count):
    record = RecordId("course", f"{name}-{number}")
    content = Content("{}", f"{record}")
    with journal.write(f"{name}-{number}") as writer:
        entry = writer.append(Change(record, Event.SUBMITTED, "a", content=content))
        writer.append(Change(record, Event.ACCEPTED, "b", decides=entry.sequence))
    print(record.key, flush=True)
"""


def start(place: str | Path, name: str, count: int) -> subprocess.Popen[str]:
    """Starts a process that publishes records and prints each when acknowledged."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(place), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )


def publish(journal: SqlJournal, record: RecordId) -> None:
    """Submits and accepts a record in one transaction."""
    with journal.write() as writer:
        entry = writer.append(
            Change(record, Event.SUBMITTED, "a", content=Content("{}", str(record)))
        )
        assert entry is not None
        writer.append(Change(record, Event.ACCEPTED, "b", decides=entry.sequence))


def test_two_processes_make_one_chain(place: str | Path, clock: Clock) -> None:
    """Writers that interleave leave a chain without a fork or a gap."""
    journal = create(place, BASE, clock)
    writers = [start(place, name, 60) for name in ("x", "y")]

    acknowledged = [writer.communicate(timeout=60)[0].split() for writer in writers]

    assert [len(keys) for keys in acknowledged] == [60, 60]
    entries = journal.entries(limit=1000)
    assert [entry.sequence for entry in entries] == list(range(1, 241))
    assert all(b.previous == a.hash for a, b in pairwise(entries))
    assert len(list(journal.verify())) == 240
    journal.close()


def test_threads_share_one_journal(journal: SqlJournal) -> None:
    """Threads that write through one object wait for each other."""
    records = [RecordId("course", f"{number:02}") for number in range(40)]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda record: publish(journal, record), records))

    assert [each.head.record for each in journal.heads()] == records
    assert len(list(journal.verify())) == 80


def test_readers_go_on_while_somebody_writes(journal: SqlJournal) -> None:
    """An open transaction holds up no reader, who sees what was before it."""
    first, second = RecordId("course", "a"), RecordId("course", "b")
    publish(journal, first)
    before = journal.current(first)
    seen = threading.Event()
    found: list[object] = []

    def read() -> None:
        found.extend([journal.current(first), journal.head(second), journal.tip()[0]])
        found.append([each.head.record for each in journal.heads()])
        seen.set()

    with journal.write() as writer:
        writer.append(Change(second, Event.SUBMITTED, "a", content=Content("{}", "b")))
        reader = threading.Thread(target=read)
        reader.start()
        assert seen.wait(10)
    reader.join(10)

    assert found == [before, None, 2, [first]]


def test_a_stream_stays_as_it_began(journal: SqlJournal) -> None:
    """What is published while a list is read does not change that list."""
    records = [RecordId("course", key) for key in "acd"]
    for record in records:
        publish(journal, record)

    stream = journal.heads()
    read = [next(stream).head.record]
    publish(journal, RecordId("course", "b"))
    read.extend(each.head.record for each in stream)

    assert read == records


def test_a_killed_writer_loses_nothing_acknowledged(
    place: str | Path, clock: Clock
) -> None:
    """After SIGKILL at any point, what was said to be done is there, and whole."""
    create(place, BASE, clock).close()
    chance = random.Random(7)  # noqa: S311 - where to kill, not a secret
    acknowledged: list[str] = []
    for name in "abcd":
        with start(place, name, 100_000) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randrange(1, 60)):
                acknowledged.append(writer.stdout.readline().strip())
            writer.kill()
            acknowledged.extend(writer.stdout.read().split())

    journal = open_(place, clock)
    published = {each.head.record.key for each in journal.heads()}

    assert set(acknowledged) <= published
    assert len(published) - len(set(acknowledged)) <= 4
    assert len(list(journal.verify())) == 2 * len(published)
    journal.close()


def test_a_retry_after_a_crash_publishes_once(place: str | Path, clock: Clock) -> None:
    """A transaction that was committed but never acknowledged is not made twice."""
    journal = create(place, BASE, clock)
    with start(place, "a", 100_000) as writer:
        assert writer.stdout is not None
        for _ in range(5):
            writer.stdout.readline()
        writer.kill()

    again = start(place, "a", 200)

    assert len(again.communicate(timeout=60)[0].split()) == 200
    versions = {each.head.record.key: each.head.version for each in journal.heads()}
    assert {versions[f"a-{number}"] for number in range(200)} == {1}
    journal.close()


RACER = """
import sys
from datetime import UTC, datetime
from registry.errors import Conflict
from registry.iris import RecordId
from registry.journal.places import place_of
from registry.journal.sql import open_
from registry.lifecycle import Event
from registry.record import Change, Content

name, rounds = sys.argv[2], int(sys.argv[3])
journal = open_(place_of(sys.argv[1]), lambda: datetime.now(UTC))
record = RecordId("course", "one")
for number in range(rounds):
    while True:
        head = journal.head(record)
        base = 0 if head is None else head.version
        content = Content("{}", f"{name} {number}")
        try:
            with journal.write(f"{name}-{number}") as writer:
                entry = writer.append(
                    Change(record, Event.SUBMITTED, "a", content=content, based_on=base)
                )
                number_of_it = entry.sequence
                writer.append(Change(record, Event.ACCEPTED, "b", decides=number_of_it))
        except Conflict as error:
            print("stale", flush=True)
        else:
            print("done", base + 1, flush=True)
            break
"""


def test_those_who_change_one_record_never_overwrite_each_other(
    place: str | Path, clock: Clock
) -> None:
    """Of several who stand on one version one wins; the others are told, and retry."""
    journal = create(place, BASE, clock)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(place), name, "15"],
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "xyz"
    ]

    said = [racer.communicate(timeout=90)[0].splitlines() for racer in racers]

    won = [line.split()[1] for lines in said for line in lines if line != "stale"]
    assert sorted(map(int, won)) == list(range(1, 46))
    accepted = [
        entry.version
        for entry in journal.history(RecordId("course", "one"))
        if entry.event is Event.ACCEPTED
    ]
    assert accepted == list(range(1, 46))
    assert list(journal.verify())[-1] == journal.tip()[0] == 90
    journal.close()


def test_threads_that_end_leave_no_connection(journal: SqlJournal) -> None:
    """A server starts and ends threads all day, each of which reads by its own."""
    before = _descriptors()
    for _ in range(50):
        thread = threading.Thread(target=journal.tip)
        thread.start()
        thread.join()

    # A connection takes up to three files; it is used again by the next thread.
    assert _descriptors() - before <= 3


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
