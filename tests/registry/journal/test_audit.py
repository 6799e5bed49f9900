import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from registry.errors import Invalid
from registry.iris import RecordId
from registry.journal.rows import GENESIS, entry_hash
from registry.journal.sql import create, open_
from registry.lifecycle import Event
from registry.record import Change, Content, Provenance, Source

Clock = Callable[[], datetime]

VALUES = [
    (table, column, identity)
    for table, columns, identities in (
        (
            "entry",
            "sequence kind key event status version digest document_digest "
            "provenance based_on decides successor actor submitter reason at "
            "previous hash",
            ("rowid = 2", "rowid = 5", "rowid = 7"),
        ),
        (
            "head",
            "kind key sequence version status digest provenance successor "
            "submitted modified verified",
            ("key = 'a'", "key = 'b'", "key = 'c'"),
        ),
        ("content", "digest document triples", ("rowid = 1", "rowid = 3")),
        ("tip", "sequence hash at", ("id = 1",)),
    )
    for column in columns.split()
    for identity in identities
]


@pytest.fixture
def path(tmp_path: Path, clock: Clock) -> Path:
    """A journal with every event in it."""
    place = tmp_path / "journal.sqlite"
    a, b, c = (RecordId("course", key) for key in "abc")
    seen = Provenance((Source("http://example.org/"),), note={"bg": "Да"})
    journal = create(place, "http://127.0.0.1:8000/", clock)
    with journal.write() as writer:
        for record in (a, b, c):
            writer.append(
                Change(
                    record,
                    Event.SUBMITTED,
                    "ann",
                    content=Content('{"id":"x"}', f"<{record}> <p> <o> .\n"),
                    provenance=seen,
                    based_on=0,
                )
            )
        writer.append(Change(a, Event.ACCEPTED, "rev", decides=1))
        writer.append(Change(b, Event.ACCEPTED, "rev", decides=2))
        writer.append(Change(b, Event.VERIFIED, "rev"))
        writer.append(Change(b, Event.SUPERSEDED, "rev", successor=a, reason="merged"))
        writer.append(Change(a, Event.RETIRED, "rev"))
        writer.append(Change(c, Event.REJECTED, "rev", decides=3))
    journal.close()
    return place


@pytest.fixture
def verify(path: Path, clock: Clock) -> Iterator[Callable[[], list[int]]]:
    """Checks the journal, and returns what was yielded."""
    journal = open_(path, clock)
    yield lambda: list(journal.verify())
    journal.close()


def alter(path: Path, statement: str, *values: object) -> int:
    """Changes the database behind the journal's back; returns the rows changed."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        return connection.execute(statement, values).rowcount


def test_a_sound_journal_is_passed(verify: Callable[[], list[int]]) -> None:
    """Every entry is counted."""
    assert verify() == [1, 2, 3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(("table", "column", "identity"), VALUES)
def test_a_changed_character_is_found_wherever_it_is(
    path: Path,
    verify: Callable[[], list[int]],
    table: str,
    column: str,
    identity: str,
) -> None:
    """In every column of every table, one bit of the last character is enough."""
    with closing(sqlite3.connect(path)) as connection:
        value = connection.execute(
            f"SELECT {column} FROM {table} WHERE {identity}"  # noqa: S608 - constants
        ).fetchone()[0]

    try:
        alter(
            path,
            f"UPDATE {table} SET {column} = ? WHERE {identity}",  # noqa: S608
            flipped(value),
        )
    except sqlite3.IntegrityError:
        return  # the database itself has refused it

    with pytest.raises(Invalid):
        verify()


def flipped(value: str | int | None) -> str | int:
    """Returns the value with one bit changed, or something for nothing."""
    if isinstance(value, int):
        return value ^ 1
    return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"


@pytest.mark.parametrize(
    ("statement", "extra"),
    [
        ("UPDATE entry SET reason = 'x' WHERE sequence = 4", {"sequence": 4}),
        ("UPDATE entry SET at = replace(at, 'T', ' ')", {"sequence": 1}),
        ("UPDATE entry SET provenance = provenance || ' '", {"sequence": 1}),
        ("UPDATE entry SET reason = X'00' WHERE sequence = 4", {"sequence": 4}),
        ("DELETE FROM entry WHERE sequence = 5", {"sequence": 5}),
        ("DELETE FROM entry WHERE sequence = 9", {"sequence": 8}),
        ("UPDATE content SET document = '{}' WHERE rowid = 2", {"sequence": 2}),
        ("UPDATE content SET triples = X'ff' WHERE rowid = 2", {"sequence": 2}),
        ("UPDATE content SET triples = '' WHERE rowid = 3", {"sequence": 3}),
        ("DELETE FROM content WHERE rowid = 3", {"sequence": 3}),
        ("DELETE FROM head WHERE key = 'b'", {"record": "course/b"}),
        ("UPDATE head SET status = 'stable' WHERE key = 'a'", {"record": "course/a"}),
        (
            "INSERT INTO head SELECT kind, 'z', sequence, version, status, digest, "
            "provenance, successor, submitted, modified, verified FROM head LIMIT 1",
            {"record": "course/z"},
        ),
        ("DELETE FROM tip", {"sequence": 9}),
    ],
)
def test_the_error_says_where(
    path: Path,
    verify: Callable[[], list[int]],
    statement: str,
    extra: dict[str, object],
) -> None:
    """An alteration is named by its entry, or by its record."""
    assert alter(path, statement)

    with pytest.raises(Invalid) as found:
        verify()

    assert found.value.extra == extra


def test_bytes_that_are_not_text_are_found(
    path: Path, verify: Callable[[], list[int]]
) -> None:
    """What the driver cannot read is reported like any other alteration."""
    alter(path, "UPDATE entry SET reason = CAST(X'ff' AS TEXT) WHERE sequence = 4")

    with pytest.raises(Invalid, match="Something near the entry"):
        verify()


def test_new_hashes_do_not_hide_a_false_decision(
    path: Path, verify: Callable[[], list[int]]
) -> None:
    """A chain that was made again in full still has to tell one story."""
    alter(path, "UPDATE entry SET submitter = 'eve' WHERE sequence = 4")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.row_factory = sqlite3.Row
        previous = GENESIS
        for row in connection.execute("SELECT * FROM entry ORDER BY sequence"):
            forged = entry_hash({**dict(row), "previous": previous})
            connection.execute(
                "UPDATE entry SET previous = ?, hash = ? WHERE sequence = ?",
                (previous, forged, row["sequence"]),
            )
            previous = forged
        connection.execute("UPDATE tip SET hash = ?", (previous,))

    with pytest.raises(Invalid) as found:
        verify()

    assert found.value.extra == {"sequence": 4}
