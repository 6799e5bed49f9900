import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from registry.catalogue.schema import (
    EDITION,
    connect,
    moment,
    packed,
    prepare,
    unpacked,
    written,
)


def test_file_of_another_edition_is_emptied(tmp_path: Path) -> None:
    """What was kept in another way is made anew, not misread."""
    path = tmp_path / "catalogue.sqlite"
    connection = connect(path)
    prepare(connection)
    insert = "INSERT INTO activity VALUES (1, 'Create', 'a', '', x'')"
    connection.execute(insert)
    connection.execute(f"PRAGMA user_version = {EDITION + 1}")
    connection.close()

    again = connect(path)
    prepare(again)

    assert again.execute("SELECT count(*) FROM activity").fetchone() == (0,)
    again.execute(insert)
    prepare(again)
    assert again.execute("SELECT count(*) FROM activity").fetchone() == (1,)
    again.close()


def test_readers_do_not_wait_for_the_writer(tmp_path: Path) -> None:
    """The file has a write-ahead log."""
    connection = connect(tmp_path / "catalogue.sqlite")
    prepare(connection)

    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    assert sqlite3.threadsafety == 3


def test_later_moments_are_greater_texts() -> None:
    """Whole seconds, parts of them and other zones compare as moments do."""
    whole = datetime(2026, 1, 1, 12, tzinfo=UTC)
    part = whole + timedelta(microseconds=5)
    elsewhere = (whole + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=-9)))

    texts = [written(at) for at in (whole, part, elsewhere)]

    assert texts == sorted(texts)
    assert [moment(text) for text in texts] == [whole, part, elsewhere]


def test_packing_loses_nothing() -> None:
    """What repeats itself takes little space, and nothing takes much."""
    body = "Имиграция ".encode() * 1000

    assert unpacked(packed(body)) == body
    assert len(packed(body)) < len(body) / 10
    assert unpacked(packed(b"")) == b""
