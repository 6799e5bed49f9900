from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from registry.errors import Busy, Misconfigured
from registry.iris import RecordId
from registry.journal.dialects import engine, journal_url
from registry.journal.sql import SqlJournal, create, holds, open_
from registry.lifecycle import Event
from registry.record import Change, Content

BASE = "http://127.0.0.1:8000/"
Clock = Callable[[], datetime]


def test_what_was_written_is_there_when_it_is_opened_again(
    place: str | Path, clock: Clock
) -> None:
    """A journal is opened by its path, or by its URL, with the base it was given."""
    made = create(place, BASE, clock)
    with made.write() as writer:
        entry = writer.append(
            Change(
                RecordId("course", "a"),
                Event.SUBMITTED,
                "ann",
                content=Content("{}", ""),
            )
        )
    made.close()

    for named in (place, f"sqlite:///{place}" if isinstance(place, Path) else place):
        opened = open_(named, clock)
        assert opened.base == BASE
        assert opened.entries() == [entry]
        opened.close()


def test_creating_what_is_there_opens_it(place: str | Path, clock: Clock) -> None:
    """To create twice with one base does no harm."""
    create(place, BASE, clock).close()

    again = create(place, BASE, clock)

    assert again.base == BASE
    again.close()


@pytest.mark.parametrize("again", [create, open_])
def test_another_base_is_refused(
    place: str | Path, clock: Clock, again: Callable[..., SqlJournal]
) -> None:
    """The base is fixed: the error names it, and the one that was asked for."""
    create(place, BASE, clock).close()

    with pytest.raises(Misconfigured) as refused:
        again(place, base="https://example.org/", clock=clock)

    assert BASE in refused.value.detail["en"]
    assert "https://example.org/" in refused.value.detail["bg"]


def test_a_missing_journal_is_not_made_by_opening_it(
    tmp_path: Path, clock: Clock
) -> None:
    """Opening finds nothing and leaves nothing."""
    path = tmp_path / "journal.sqlite"

    with pytest.raises(Misconfigured):
        open_(path, clock)

    assert not path.exists()


def test_an_empty_database_is_not_a_journal(empty: str | Path, clock: Clock) -> None:
    """Whether there is one is found by its tables."""
    assert not holds(empty)
    with pytest.raises(Misconfigured):
        open_(empty, clock)

    create(empty, BASE, clock).close()

    assert holds(empty)


def test_a_database_of_something_else_is_not_a_journal(
    tmp_path: Path, clock: Clock
) -> None:
    """A database without the tables is refused and left alone."""
    path = tmp_path / "other.sqlite"
    path.touch()

    with pytest.raises(Misconfigured):
        open_(path, clock)

    assert list(tmp_path.glob("other.sqlite")) == [path]


def test_a_password_is_not_shown(clock: Clock, tmp_path: Path) -> None:
    """An error names the place of the database without its password."""
    with pytest.raises(Misconfigured) as refused:
        open_(f"sqlite://ann:secret@/{tmp_path}/none.sqlite", clock)

    assert "secret" not in str(refused.value)


def test_a_writer_that_waits_too_long_is_told(place: str | Path, clock: Clock) -> None:
    """While one transaction is open, another is refused after its patience."""
    first = create(place, BASE, clock)
    second = SqlJournal(engine(journal_url(place), patience=0.05), clock, BASE)

    with first.write(), pytest.raises(Busy), second.write():
        pass

    first.close()
    second.close()
