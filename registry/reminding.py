"""Reminding organisations of what they should confirm: one mail with a link a record.

An organisation is asked at its own contact. Records that no organisation keeps may be
asked about at the address that they publish, if the settings allow it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from registry.confirming import Confirming, Link
from registry.freshness import Aged, Freshness
from registry.iris import RecordId
from registry.language import LANGUAGES, Text, choose
from registry.mail import Message, is_address
from registry.people import KEEPER
from registry.ports import (
    Clock,
    Directory,
    Journal,
    ListQuery,
    Mailer,
    RecordList,
    Reminders,
)

MOST = 40
"""Records that one mail asks about; the others wait for the next."""

_PAGE = 200
_DUE = (Freshness.STALE, Freshness.AGEING)


@dataclass(frozen=True, slots=True)
class Policy:
    """How often, and whom.

    Attributes:
        every: least time between two mails to one address.
        lifetime: how long a link works.
        own_contacts: whether records that no organisation keeps are asked about at
            the address that they publish.
    """

    every: timedelta
    lifetime: timedelta
    own_contacts: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A record that should be confirmed.

    Attributes:
        record: which.
        name: of it, per language.
        freshness: how far it can be relied on today.
        organisation: that keeps it, or that it is about.
    """

    record: RecordId
    name: Text
    freshness: Freshness
    organisation: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """A mail that is to be written.

    Attributes:
        to: the address.
        languages: in which it is written.
        due: what it asks about, what is stale first.
        waiting: how many records more there are.
    """

    to: str
    languages: Sequence[str]
    due: Sequence[Due]
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Reminding:
    """Writes reminders.

    Attributes:
        journal: the truth.
        lists: which records are due.
        directory: who keeps them.
        reminders: who was reminded when.
        confirming: makes the links.
        mailer: sends the mails.
        clock: tells the time.
        base: of the addresses of pages.
    """

    journal: Journal
    lists: RecordList
    directory: Directory
    reminders: Reminders
    confirming: Confirming
    mailer: Mailer
    clock: Clock
    base: str

    def due(self, policy: Policy) -> Sequence[Reminder]:
        """Returns the mails that should be sent now, by address; sends nothing."""
        asked: defaultdict[str, list[Due]] = defaultdict(list)
        for due in self._records():
            to = self._contact(due, policy)
            if to:
                asked[to].append(due)
        return [
            Reminder(to, self._languages(due), due[:MOST], len(due[MOST:]))
            for to, due in sorted(asked.items())
            if self._may(to, policy)
        ]

    def send(self, reminder: Reminder, policy: Policy) -> None:
        """Writes a mail with a link for each record, and notes that it did."""
        links = {
            due.record: self.confirming.issue(
                Link(due.record, due.organisation), policy.lifetime
            )
            for due in reminder.due
        }
        parts = [
            _body(reminder, links, self.base, language, policy.lifetime.days)
            for language in reminder.languages
        ]
        subject = " / ".join(_SUBJECT[language] for language in reminder.languages)
        first, *_ = reminder.languages
        body = f"\n\n{'-' * 70}\n\n".join(parts)
        self.mailer.send(Message(reminder.to, subject, body, first))
        records = [due.record for due in reminder.due]
        self.reminders.note(recipient(reminder.to), records)

    def _records(self) -> Iterator[Due]:
        """Yields what works and should be confirmed, what is stale first."""
        today, about = self.clock().date(), self._about()
        for state in _DUE:
            query = ListQuery(aged=Aged(state, today), working=True, limit=_PAGE)
            page = self.lists.search(query)
            while page.items:
                for item in page.items:
                    keeper = self.directory.steward(item.record)
                    if keeper == KEEPER:
                        keeper = about.get(item.record, KEEPER)
                    yield Due(item.record, item.name, state, keeper)
                if page.next is None:
                    break
                page = self.lists.search(replace(query, after=page.next))

    def _about(self) -> Mapping[RecordId, str]:
        """Returns the records about organisations, which they know best."""
        found = self.directory.organisations()
        return {one.record: one.id for one in found if one.record}

    def _contact(self, due: Due, policy: Policy) -> str | None:
        if due.organisation == KEEPER and policy.own_contacts:
            version = self.journal.current(due.record)
            document = json.loads(version.content.document) if version else {}
            published = _published(document)
            if published:
                return published
        found = self.directory.organisation(due.organisation)
        return found.contact if found else None

    def _languages(self, due: Sequence[Due]) -> Sequence[str]:
        """Returns the language of their people if they have the same, or else all."""
        organisations = {one.organisation for one in due} - {KEEPER}
        members = [self.directory.members(one) for one in sorted(organisations)]
        spoken = {person.language for people in members for person in people}
        return tuple(spoken) if len(spoken) == 1 else LANGUAGES

    def _may(self, to: str, policy: Policy) -> bool:
        last = self.reminders.last(recipient(to))
        return last is None or self.clock() - last >= policy.every


def recipient(address: str) -> str:
    """Returns what is kept of an address: its SHA-256."""
    return sha256(address.lower().encode()).hexdigest()


def _published(document: Mapping[str, object]) -> str | None:
    """Returns the address that a record publishes, if it is one."""
    contact = document.get("contact")
    email = contact.get("email") if isinstance(contact, dict) else None
    address = email[0] if isinstance(email, list) and email else email
    return address if isinstance(address, str) and is_address(address) else None


_SUBJECT: Text = {
    "bg": "Още ли е вярно това, което пише за Вас?",
    "en": "Is what we say about you still right?",
}
_GREETING: Text = {
    "bg": "Здравейте,\n\nв Регистъра за интеграция има записи за Вашата организация, "
    "които отдавна никой не е потвърждавал. Отворете връзката до всеки от тях, "
    "прегледайте какво пише и натиснете „Потвърждавам“ или кажете какво не е вярно. "
    "Не е нужна регистрация.",
    "en": "Hello,\n\nthe Integration registry has records about your organisation "
    "that nobody has confirmed for long. Open the link below each, look at what it "
    "says, and press “I confirm” or tell us what is wrong. You need no account.",
}
_CLOSING: Text = {
    "bg": "Всяка връзка важи {days} дни и работи веднъж. Моля, не препращайте това "
    "писмо: който има връзката, може да потвърди записа.",
    "en": "Each link is good for {days} days and works once. Please do not forward "
    "this mail: whoever has a link can confirm the record.",
}
_STATES: Mapping[Freshness, Text] = {
    Freshness.AGEING: {"bg": "време е да се провери", "en": "due to be checked"},
    Freshness.STALE: {"bg": "може да е остаряло", "en": "may be out of date"},
}
_MORE: Text = {
    "bg": "Има още {count} такива записа; за тях ще Ви пишем следващия път.",
    "en": "There are {count} more such records; we shall write about them next time.",
}


def _body(
    reminder: Reminder,
    links: Mapping[RecordId, str],
    base: str,
    language: str,
    days: int,
) -> str:
    paragraphs = [_GREETING[language]]
    for due in reminder.due:
        name = choose(due.name, language)
        called = " ".join(name.text.split()) if name else str(due.record)
        state = _STATES[due.freshness][language]
        address = f"{base}{language}/confirm/{links[due.record]}"
        paragraphs.append(f"{called} ({state})\n{address}")
    if reminder.waiting:
        paragraphs.append(_MORE[language].format(count=reminder.waiting))
    paragraphs.append(_CLOSING[language].format(days=days))
    return "\n\n".join(paragraphs) + "\n"
