from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text, update

from registry.errors import Invalid, Misconfigured
from registry.iris import RecordId
from registry.journal.copying import copy
from registry.journal.dialects import engine, journal_url, writing
from registry.journal.sql import SqlJournal, create, open_
from registry.journal.tables import ACTOR, ENTRY, HEAD, OUTBOX
from registry.lifecycle import Event
from registry.mail import Message
from registry.mailing.outbox import SqlOutbox
from registry.ports import Clock, File
from registry.record import Change, Content
from tests.conftest import BASE
from tests.rows import written

ONE, TWO = RecordId("course", "one"), RecordId("course", "two")


def filled(place: str | Path, clock: Clock) -> SqlJournal:
    """Returns a journal with something of everything in it."""
    journal = create(place, BASE, clock)
    with journal.write("key") as writer:
        for record in (ONE, TWO):
            content = Content("{}", f"<urn:{record}> <urn:a> <urn:b> .\n")
            writer.append(Change(record, Event.SUBMITTED, "ann", content=content))
        writer.append(Change(ONE, Event.ACCEPTED, "rev", decides=1))
        writer.append(Change(TWO, Event.ACCEPTED, "rev", decides=2))
        writer.append(Change(TWO, Event.SUPERSEDED, "rev", successor=ONE))
    journal.actors.add("Мария", "m@one.example")
    journal.dumps.publish(5, [File("a", 1, "ab" * 32)])
    journal.links.note("https://one.example/", "404", alive=False)
    journal.change_reports.add(ONE, "Телефонът е друг.", "bg")
    SqlOutbox(journal.engine, clock).send(Message("m@one.example", "s", "b", "bg"))
    return journal


@pytest.fixture
def source(place: str | Path, clock: Callable[[], datetime]) -> Iterator[SqlJournal]:
    """A journal in each kind of database."""
    made = filled(place, clock)
    yield made
    made.close()


@pytest.fixture
def target(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Engine]:
    """An empty database of the other kind."""
    if kind == "postgresql":
        made = engine(journal_url(tmp_path / "target.sqlite"))
    else:
        made = engine(journal_url(request.getfixturevalue("postgres").database()))
    yield made
    made.dispose()


def test_a_copy_has_the_very_same_values(
    source: SqlJournal, target: Engine, clock: Callable[[], datetime]
) -> None:
    """Every row of every table, and a journal that opens and goes on."""
    counts = copy(source.engine, target, clock)

    assert counts[ENTRY.name] == 5
    assert (counts[HEAD.name], counts[ACTOR.name], counts[OUTBOX.name]) == (2, 1, 1)
    assert written(target) == written(source.engine)
    own = target.url.render_as_string(hide_password=False)
    copied = open_(own, clock, BASE)
    assert list(copied.verify())[-1] == 5
    assert copied.tip() == source.tip()
    with copied.write() as writer:
        entry = writer.append(Change(ONE, Event.VERIFIED, "rev"))
    assert entry is not None
    assert (entry.sequence, entry.previous) == (6, source.tip()[1])
    copied.close()


def test_a_target_with_anything_in_it_is_refused(
    source: SqlJournal, target: Engine, clock: Callable[[], datetime]
) -> None:
    """Not even a table of somebody else may be there, and it stays as it was."""
    with target.begin() as connection:
        connection.execute(text("CREATE TABLE other (name TEXT)"))

    with pytest.raises(Misconfigured):
        copy(source.engine, target, clock)

    assert inspect(target).get_table_names() == ["other"]


def test_an_altered_journal_is_not_copied(
    source: SqlJournal, target: Engine, clock: Callable[[], datetime]
) -> None:
    """What the audit finds at the end leaves the target as empty as before."""
    with writing(source.engine) as connection:
        connection.execute(
            update(ENTRY).where(ENTRY.c.sequence == 2).values(reason="x")
        )

    with pytest.raises(Invalid):
        copy(source.engine, target, clock)

    assert inspect(target).get_table_names() == []


def test_what_is_written_meanwhile_is_not_in_the_copy(
    source: SqlJournal, target: Engine, clock: Callable[[], datetime]
) -> None:
    """The copy is of one moment, and whoever writes goes on."""
    tip = source.tip()

    def write(_: object) -> None:
        with source.write() as writer:
            writer.append(Change(ONE, Event.VERIFIED, "rev"))

    copy(source.engine, target, clock, write)

    assert source.tip()[0] == tip[0] + 1
    own = target.url.render_as_string(hide_password=False)
    copied = open_(own, clock)
    assert copied.tip() == tip
    copied.close()
