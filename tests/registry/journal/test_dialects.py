from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy import insert, select, text

from registry.errors import Invalid, Misconfigured, StorageUnavailable
from registry.iris import RecordId
from registry.journal.dialects import SNAPSHOT, engine, exists, journal_url, writing
from registry.journal.repeater import Repeater
from registry.journal.sql import SqlJournal, create, holds
from registry.journal.tables import META
from registry.journal.writer import Writer
from registry.lifecycle import Event
from registry.record import Change, Content
from tests.conftest import BASE
from tests.postgres import QUICK, Server, server


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


def test_a_database_that_sorts_otherwise_is_refused(
    postgres: Server, clock: Callable[[], datetime]
) -> None:
    """Keys come in the order of their code points, or not at all."""
    postgres.run(
        sql.SQL("CREATE DATABASE spoken TEMPLATE template0 LOCALE 'C.UTF-8'").format()
    )

    with pytest.raises(Misconfigured) as refused:
        create(postgres.url("spoken"), BASE, clock)

    assert "LOCALE 'C'" in refused.value.detail["en"]


@pytest.mark.parametrize("url", ["mysql://host/name", "postgresql+psycopg2://host/x"])
def test_other_databases_are_refused(url: str) -> None:
    """A journal is where its promises are known to hold."""
    with pytest.raises(Misconfigured):
        journal_url(url)


def test_a_server_keeps_its_promises_too(
    postgres: Server, template: str, clock: Callable[[], datetime]
) -> None:
    """Every commit is synced, patience ends, and lone statements are committed."""
    with postgres.databases(template) as made:
        journal = create(made(), BASE, clock)
        with journal.engine.connect() as connection:
            found = [
                connection.exec_driver_sql(f"SHOW {name}").scalar()
                for name in ("synchronous_commit", "lock_timeout", "application_name")
            ]
            connection.execute(insert(META), {"name": "lone", "value": "x"})
        with writing(journal.engine) as connection:
            shown = "SHOW idle_in_transaction_session_timeout"
            patience = connection.exec_driver_sql(shown).scalar()
        with journal.engine.connect() as connection:
            kept = connection.scalar(select(META.c.value).where(META.c.name == "lone"))
        journal.close()

    assert found == ["on", "30s", "registry"]
    assert kept == "x"
    assert patience == "10min"


def test_a_text_that_cannot_be_kept_is_refused(
    postgres: Server, template: str, clock: Callable[[], datetime]
) -> None:
    """PostgreSQL keeps no character 0: nothing is written, and its sender is told."""
    record = RecordId("course", "a")
    with postgres.databases(template) as made:
        journal = create(made(), BASE, clock)
        content = Content("{}", "a")
        change = Change(record, Event.SUBMITTED, "ann", content=content, reason="a\0b")
        with pytest.raises(Invalid):
            write_all(journal, change)
        with pytest.raises(Invalid):
            journal.actors.add("Ann\0")
        tip = journal.tip()[0]
        journal.close()

    assert tip == 0


def write_all(journal: SqlJournal, change: Change) -> None:
    """Appends one change in a transaction of its own."""
    with journal.write() as writer:
        writer.append(change)


def write_and(then: Callable[[], object], writer: Writer | Repeater) -> None:
    """Appends something, after which something happens."""
    content = Content("{}", "a")
    record = RecordId("course", "a")
    writer.append(Change(record, Event.SUBMITTED, "ann", content=content))
    then()


def test_a_lost_connection_heals_by_itself(
    postgres: Server, template: str, clock: Callable[[], datetime]
) -> None:
    """Reads go on by another connection; a transaction that was cut is refused."""
    with postgres.databases(template) as made:
        url = made()
        journal = create(url, BASE, clock)
        assert journal.tip()[0] == 0

        with journal.write() as writer:
            write_and(lambda: None, writer)
        (entry,) = journal.entries()
        postgres.cut(url)
        stood = journal.after_entry(entry)
        postgres.cut(url)
        read = journal.tip()[0], journal.entries(), list(journal.heads())
        with pytest.raises(StorageUnavailable) as refused, journal.write() as writer:
            write_and(lambda: postgres.cut(url), writer)
        again = journal.tip()[0]
        journal.close()

    assert stood is None
    assert read == (1, [entry], [])
    assert refused.value.extra == {"reason": "unreachable"}
    assert again == 1


def test_a_server_that_is_down_is_named_and_waited_for(
    clock: Callable[[], datetime],
) -> None:
    """While it is down every use says so; once it is back, all go on."""
    with server(QUICK) as own:
        journal = create(own.database(), BASE, clock)
        assert journal.tip()[0] == 0
        own.stop()
        uses: list[Callable[[], object]] = [
            journal.tip,
            journal.entries,
            lambda: list(journal.heads()),
            journal.dumps.number,
            lambda: journal.write().__enter__(),
            lambda: holds(own.url("test_0")),
        ]
        for use in uses:
            with pytest.raises(StorageUnavailable):
                use()

        own.start()

        assert journal.tip()[0] == 0
        assert journal.dumps.number() == 0
        journal.close()
