from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from registry.confirming import AT_DESK, BY_LINK, Confirming, Link
from registry.directory.organisations import SqlDirectory
from registry.directory.tickets import SqlTickets
from registry.errors import Expired, Invalid, NotAllowed, NotFound
from registry.iris import RecordId
from registry.journal import sql
from registry.journal.sql import SqlJournal
from registry.lifecycle import Event, Role
from registry.people import Organisation, Person
from registry.record import Entry
from tests.api.conftest import Minutes
from tests.publishing import publish, retire
from tests.versions import BASE

CENTRE = RecordId("institution", "centre")
LIFETIME = timedelta(days=30)
HASKOVO = Organisation("haskovo", {"bg": "Община Хасково", "en": "Haskovo"})


@dataclass(frozen=True)
class Setting:
    """A registry with one record, which an organisation keeps."""

    journal: SqlJournal
    confirming: Confirming
    clock: Minutes

    def last(self) -> Entry:
        return self.journal.history(CENTRE)[-1]

    def link(self) -> str:
        return self.confirming.issue(Link(CENTRE, "haskovo"), LIFETIME)


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    """A registry with one record, which an organisation keeps."""
    clock = Minutes()
    journal = sql.create(tmp_path / "journal.sqlite", BASE, clock)
    publish(journal, str(CENTRE), {"type": "Organization", "name": {"en": "Centre"}})
    directory = SqlDirectory(journal.engine)
    directory.found(HASKOVO)
    directory.assign(CENTRE, "haskovo")
    confirming = Confirming(
        journal,
        directory,
        SqlTickets(journal.engine, clock),
        journal.actors,
        journal.change_reports,
    )
    yield Setting(journal, confirming, clock)
    journal.close()


def person(organisation: str) -> Person:
    """Returns a contributor of an organisation."""
    return Person("ann", "Ann", "a@b.example", roles={organisation: Role.CONTRIBUTOR})


def test_a_link_confirms_once_and_changes_nothing_else(setting: Setting) -> None:
    """The actor is called what the organisation is called; nobody else is known."""
    before = setting.journal.current(CENTRE)
    secret = setting.link()
    assert setting.confirming.look(secret) == Link(CENTRE, "haskovo")

    setting.confirming.confirm_by_link(secret)

    entry, after = setting.last(), setting.journal.current(CENTRE)
    assert (entry.event, entry.reason) == (Event.VERIFIED, BY_LINK)
    actor = setting.journal.actors.find(entry.actor)
    assert actor is not None
    assert (actor.name, actor.email) == ("Община Хасково", None)
    assert before is not None
    assert after is not None
    assert after.content == before.content
    assert after.head.modified == before.head.modified
    assert after.head.verified == entry.at
    for again in (setting.confirming.look, setting.confirming.confirm_by_link):
        with pytest.raises(Expired):
            again(secret)
    assert setting.last() == entry


def test_two_links_are_two_actors(setting: Setting) -> None:
    """What was done with one cannot be told from what was done with the other."""
    for _ in range(2):
        setting.confirming.confirm_by_link(setting.link())

    first, second = setting.journal.history(CENTRE)[-2:]
    assert first.actor != second.actor


def test_a_link_expires(setting: Setting) -> None:
    """So does one that was never given out, and one of a record that is gone."""
    old = setting.link()
    setting.clock.at += LIFETIME + timedelta(days=1)
    fresh = setting.link()
    retire(setting.journal, str(CENTRE))

    for secret in (old, fresh, "guessed", ""):
        with pytest.raises(Expired):
            setting.confirming.look(secret)


def test_what_is_wrong_enters_the_queue_of_reports(setting: Setting) -> None:
    """The link is used up by that, but not by a text that is refused."""
    secret = setting.link()
    with pytest.raises(Invalid):
        setting.confirming.object_by_link(secret, " ", "bg")

    setting.confirming.object_by_link(secret, "Новият телефон е 123.", "bg")

    [report] = setting.journal.change_reports.open()
    assert (report.record, report.text) == (CENTRE, "Новият телефон е 123.")
    assert setting.last().event is Event.ACCEPTED
    with pytest.raises(Expired):
        setting.confirming.object_by_link(secret, "Още нещо.", "bg")


def test_those_who_keep_a_record_confirm_it(setting: Setting) -> None:
    """Others may not, and nothing is told of records that are not public."""
    setting.confirming.confirm(person("haskovo"), CENTRE)

    assert (setting.last().actor, setting.last().reason) == ("ann", AT_DESK)
    with pytest.raises(NotAllowed):
        setting.confirming.confirm(person("burgas"), CENTRE)
    with pytest.raises(NotFound):
        setting.confirming.confirm(person("haskovo"), RecordId("institution", "x"))
