import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from registry import projection
from registry.confirming import Confirming, Link
from registry.directory.accounts import SqlAccounts
from registry.directory.organisations import SqlDirectory
from registry.directory.tickets import SqlTickets
from registry.freshness import Freshness
from registry.iris import RecordId
from registry.journal import sql
from registry.journal.sql import SqlJournal
from registry.lifecycle import Role
from registry.mail import Message
from registry.people import KEEPER, Organisation
from registry.reminding import MOST, Policy, Reminding
from registry.search.index import Index
from tests.api.conftest import Minutes
from tests.api.queries import InProcessQueries
from tests.publishing import publish
from tests.tables import MemoryTables
from tests.versions import BASE, IRIS, concept

POLICY = Policy(timedelta(days=30), timedelta(days=14))
OWN = replace(POLICY, own_contacts=True)
CONTACT = "office@haskovo.example"
HASKOVO = Organisation(
    "haskovo",
    {"bg": "Община Хасково"},
    RecordId("institution", "haskovo"),
    CONTACT,
)


@dataclass
class Kept:
    """A mailer that keeps what it is given."""

    messages: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        self.messages.append(message)


@dataclass
class Setting:
    """A registry in which everything is about to grow stale."""

    journal: SqlJournal
    lists: Index
    directory: SqlDirectory
    clock: Minutes
    mailer: Kept
    reminding: Reminding

    def publish(self, key: str, **facts: Any) -> RecordId:
        document = {
            "type": "Organization",
            "name": {"bg": f"Запис\n{key}", "en": f"Record {key}"},
            **facts,
        }
        publish(self.journal, f"institution/{key}", document)
        return RecordId("institution", key)

    def later(self, **span: float) -> None:
        self.clock.at += timedelta(**span)
        projection.catch_up(
            self.journal,
            InProcessQueries(),
            self.lists,
            IRIS,
            tables=MemoryTables(),
            ontology="",
        )

    def send(self, policy: Policy = POLICY) -> list[Message]:
        self.mailer.messages.clear()
        for reminder in self.reminding.due(policy):
            self.reminding.send(reminder, policy)
        return list(self.mailer.messages)


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    """An organisation with a contact, and no records yet."""
    clock = Minutes()
    journal = sql.create(tmp_path / "journal.sqlite", BASE, clock)
    lists = Index(tmp_path / "lists.sqlite", IRIS)
    directory, mailer = SqlDirectory(journal.engine), Kept()
    directory.found(HASKOVO)
    tickets = SqlTickets(journal.engine, clock)
    confirming = Confirming(
        journal, directory, tickets, journal.actors, journal.change_reports
    )
    reminding = Reminding(
        journal,
        lists,
        directory,
        journal.reminders,
        confirming,
        mailer,
        clock,
        BASE,
    )
    yield Setting(journal, lists, directory, clock, mailer, reminding)
    lists.close()
    journal.close()


def test_one_mail_asks_about_all_that_is_due(setting: Setting) -> None:
    """Each record has a link of its own, with which it can be confirmed."""
    first, second = setting.publish("one"), setting.publish("two")
    for record in (first, second):
        setting.directory.assign(record, "haskovo")
    setting.later(days=300)

    [message] = setting.send()

    assert message.to == CONTACT
    assert "Запис one (време е да се провери)" in message.body
    assert "Record two (due to be checked)" in message.body
    links = re.findall(rf"{BASE}bg/confirm/(\S+)", message.body)
    looked = [setting.reminding.confirming.look(secret) for secret in links]
    assert looked == [Link(first, "haskovo"), Link(second, "haskovo")]


def test_nobody_is_asked_about_what_is_fresh_or_gone(setting: Setting) -> None:
    """Nor about what does not work any more."""
    setting.publish("one")
    setting.publish("old", state=concept("operating-state", "historic"))
    setting.directory.assign(RecordId("institution", "one"), "haskovo")
    setting.directory.assign(RecordId("institution", "old"), "haskovo")
    setting.later(days=200)
    assert setting.send() == []

    setting.later(days=200)

    [reminder] = setting.reminding.due(POLICY)
    assert [(due.record.key, due.freshness) for due in reminder.due] == [
        ("one", Freshness.STALE)
    ]


def test_an_address_is_reminded_only_every_so_often(setting: Setting) -> None:
    """Whatever organisation it is the contact of."""
    setting.directory.found(replace(HASKOVO, id="second", record=None))
    setting.directory.assign(setting.publish("one"), "haskovo")
    setting.directory.assign(setting.publish("two"), "second")
    setting.later(days=400)

    assert len(setting.send()) == 1
    setting.later(days=29)
    assert setting.send() == []
    setting.later(days=2)
    assert len(setting.send()) == 1


def test_a_mail_is_in_the_language_of_its_people(setting: Setting) -> None:
    """In both where they have several, or where nobody has an account."""
    setting.directory.assign(setting.publish("one"), "haskovo")
    setting.later(days=400)
    accounts = SqlAccounts(setting.journal.engine, setting.clock)
    account = accounts.enrol("m@one.example", "en")
    setting.directory.join(account.actor, "haskovo", Role.CONTRIBUTOR)

    [message] = setting.send()

    assert message.language == "en"
    assert message.subject == "Is what we say about you still right?"
    assert "Здравейте" not in message.body


def test_the_record_of_an_organisation_is_its_own_to_confirm(setting: Setting) -> None:
    """Even if nobody gave it to them to keep."""
    assert HASKOVO.record == setting.publish("haskovo")
    setting.later(days=400)

    [reminder] = setting.reminding.due(POLICY)

    assert [due.organisation for due in reminder.due] == ["haskovo"]


def test_what_nobody_keeps_is_asked_about_where_the_settings_allow(
    setting: Setting,
) -> None:
    """At the address that it publishes, if that is one."""
    for key, email in (("one", "info@one.example"), ("two", "no address")):
        node = f"{BASE}id/institution/{key}#contact"
        setting.publish(
            key, contact={"id": node, "type": "ContactPoint", "email": email}
        )
    setting.later(days=400)
    assert setting.reminding.due(POLICY) == []

    [reminder] = setting.reminding.due(OWN)

    assert reminder.to == "info@one.example"
    assert [due.organisation for due in reminder.due] == [KEEPER]


def test_a_mail_has_an_end(setting: Setting) -> None:
    """What is left out waits for the next, and the mail says how much that is."""
    for number in range(MOST + 3):
        record = setting.publish(f"r{number}")
        setting.directory.assign(record, "haskovo")
    setting.later(days=400)

    [message] = setting.send()

    assert message.body.count("/bg/confirm/") == MOST
    assert "There are 3 more such records" in message.body
