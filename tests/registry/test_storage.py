import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from registry.errors import StorageUnavailable
from registry.storage import storing, sync_all, unavailable


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "full"),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), "full"),
        (OSError(errno.EROFS, os.strerror(errno.EROFS)), "read-only"),
        (OSError(errno.EIO, os.strerror(errno.EIO)), "failed"),
        # As the graph store says it.
        (OSError("IO error: No space left on device: While appending"), "full"),
        (RuntimeError("Read-only file system"), "read-only"),
        (psycopg.errors.DiskFull(), "full"),
        (psycopg.errors.ReadOnlySqlTransaction(), "read-only"),
        (psycopg.errors.IoError(), "failed"),
        (psycopg.errors.IndexCorrupted(), "damaged"),
        (psycopg.errors.AdminShutdown(), "unreachable"),
        (psycopg.errors.TooManyConnections(), "unreachable"),
        (psycopg.OperationalError("connection failed"), "unreachable"),
        (OperationalError("", {}, psycopg.InterfaceError("closed")), "unreachable"),
    ],
)
def test_what_the_disk_does_not_do_has_one_name(error: Exception, reason: str) -> None:
    """Whoever noticed it, the refusal is the same in both languages."""
    found = unavailable(error)

    assert found is not None
    assert found.extra == {"reason": reason}
    assert set(found.detail) == {"en", "bg"}


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "No such file or directory"),
        ValueError("No space left on device"),
        sqlite3.ProgrammingError("wrong"),
        RuntimeError("no"),
        psycopg.errors.UniqueViolation(),
        psycopg.errors.LockNotAvailable(),
        psycopg.ProgrammingError("wrong"),
        OperationalError("SELECT", {}, sqlite3.OperationalError("locked")),
    ],
)
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    """A mistake of ours is not taken for a disk that failed."""
    assert unavailable(error) is None
    with pytest.raises(type(error)), storing():
        raise error


def test_a_folder_is_synced_down_to_its_last_file(tmp_path: Path) -> None:
    """Nothing below it is left out, which a name that leads nowhere shows."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(b"kept")

    sync_all(tmp_path)

    (tmp_path / "a" / "b" / "gone").symlink_to("nowhere")
    with pytest.raises(FileNotFoundError):
        sync_all(tmp_path)


def test_a_database_that_cannot_grow_is_full(tmp_path: Path) -> None:
    """SQLite's own error is named, and what was there stays readable."""
    with closing(sqlite3.connect(tmp_path / "small.sqlite")) as connection:
        connection.execute("PRAGMA max_page_count = 4")
        connection.execute("CREATE TABLE kept (text TEXT)")

        with pytest.raises(StorageUnavailable) as found, storing():
            connection.execute("INSERT INTO kept VALUES (?)", ("x" * 100_000,))

        connection.rollback()
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    assert found.value.extra == {"reason": "full"}


def test_a_wrapped_error_of_the_driver_is_looked_into() -> None:
    """SQLAlchemy's error is that of the driver."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA query_only = ON")
        with pytest.raises(sqlite3.OperationalError) as driver:
            connection.execute("CREATE TABLE t (x)")

    found = unavailable(OperationalError("CREATE", {}, driver.value))

    assert found is not None
    assert found.extra == {"reason": "read-only"}
