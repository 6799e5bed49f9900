from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy.exc import IntegrityError

from registry.journal.sql import SqlJournal, create, open_
from registry.ports import File
from tests.conftest import BASE, DAWN


def test_a_dump_of_what_is_not_yet_written_is_refused(journal: SqlJournal) -> None:
    """The database itself knows that files cannot be ahead of the journal."""
    with pytest.raises(IntegrityError, match="dump_of_what_was_written"):
        journal.dumps.publish(1, [])

    assert journal.dumps.latest() is None


def test_those_who_publish_at_once_take_turns(place: str | Path) -> None:
    """Two who publish the same files at the same time publish them once."""
    start = Barrier(2)
    create(place, BASE, lambda: DAWN).close()

    def publish() -> None:
        opened = open_(place, lambda: DAWN + timedelta(days=1))
        start.wait(10)
        opened.dumps.publish(0, [File("a", 1, "ab")])
        opened.close()

    threads = [Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    journal = open_(place, lambda: DAWN)
    assert [dump.number for dump in journal.dumps.published()] == [1]
    journal.close()
