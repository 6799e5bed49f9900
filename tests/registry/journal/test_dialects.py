from pathlib import Path

import pytest
from sqlalchemy import text

from registry.journal.dialects import SNAPSHOT, engine, exists, journal_url


def test_a_path_is_a_sqlite_file(tmp_path: Path) -> None:
    """A path that looks like a URL, or has odd letters, is still a path."""
    path = tmp_path / "регистър?x=1#y.sqlite"
    database = engine(journal_url(path))

    database.connect().close()

    assert path.is_file()
    database.dispose()


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("sqlite://", False),
        ("sqlite:////nowhere/at/all.sqlite", False),
        ("postgresql+psycopg://host/registry", True),
    ],
)
def test_whether_there_is_a_database_to_open(url: str, there: bool) -> None:
    """A file is looked for; a server is asked when it is connected to."""
    assert exists(journal_url(url)) is there


def test_the_database_is_set_to_keep_its_promises(tmp_path: Path) -> None:
    """Every connection syncs each commit, keeps a log ahead, checks references."""
    database = engine(journal_url(tmp_path / "journal.sqlite"))

    with database.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30000,
    }
    database.dispose()


def test_a_snapshot_stays_as_it_was(tmp_path: Path) -> None:
    """All statements of a snapshot see one state, whoever writes meanwhile."""
    database = engine(journal_url(tmp_path / "journal.sqlite"))
    count = text("SELECT count(*) FROM t")
    with database.connect() as writer:
        writer.execute(text("CREATE TABLE t (x TEXT)"))
        with (
            database.connect().execution_options(**SNAPSHOT) as reader,
            reader.begin(),
        ):
            before = reader.execute(count).scalar()
            writer.execute(text("INSERT INTO t VALUES ('a')"))
            during = reader.execute(count).scalar()
        after = writer.execute(count).scalar()

    assert (before, during, after) == (0, 0, 1)
    database.dispose()
