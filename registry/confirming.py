"""Confirming that a record is still right: by who may, or by a link that was mailed.

A confirmation changes nothing else. A link is for one record, works once, and needs no
account: whoever has it can read the organisation's mail. Who used it is not known, so
its actor is called what the organisation is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from registry import reporting, review
from registry.errors import Expired, NotFound
from registry.iris import RecordId
from registry.language import LANGUAGES, Text, choose
from registry.people import KEEPER, Person
from registry.policy import State, Subject, Verb, require
from registry.ports import (
    Actors,
    ChangeReports,
    Directory,
    Journal,
    Tickets,
)
from registry.record import Entry

PURPOSE = "confirm"
"""What the mailed links are good for."""

BY_LINK = (
    "Потвърдено чрез връзка, изпратена на организацията. / Confirmed by a link that "
    "was mailed to the organisation."
)
"""The reason in the journal of what was confirmed by a link."""

AT_DESK = "Потвърдено от влязъл потребител. / Confirmed by somebody who was logged in."
"""The reason in the journal of what was confirmed at the desk."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a mailed link is about.

    Attributes:
        record: the one that it can confirm.
        organisation: to which it was mailed.
    """

    record: RecordId
    organisation: str = KEEPER


@dataclass(frozen=True, slots=True)
class Confirming:
    """Confirms records.

    Attributes:
        journal: the truth.
        directory: who keeps which record.
        tickets: the mailed links.
        actors: who stands behind entries.
        change_reports: what is said to be wrong.
    """

    journal: Journal
    directory: Directory
    tickets: Tickets
    actors: Actors
    change_reports: ChangeReports

    def confirm(self, person: Person, record: RecordId) -> Entry | None:
        """Confirms a record for somebody who is logged in.

        Raises:
            NotFound: there is no such public record.
            NotAllowed: they may not.
        """
        reporting.reportable(self.journal, record)
        require(person, Verb.VERIFY, self.subject(record))
        with self.journal.write() as writer:
            return review.verify(writer, record, actor=person.actor, reason=AT_DESK)

    def subject(self, record: RecordId) -> Subject:
        """Returns what the policy has to know of a public record."""
        return Subject(State.PUBLISHED, self.directory.steward(record))

    def issue(self, link: Link, lifetime: timedelta) -> str:
        """Returns the secret of a new link."""
        payload = {"record": str(link.record), "organisation": link.organisation}
        return self.tickets.issue(PURPOSE, payload, lifetime)

    def look(self, secret: str) -> Link:
        """Returns what a link is about, and changes nothing.

        Raises:
            Expired: it was used, is too old, or never was; or its record is gone.
        """
        return self._link(self.tickets.look(secret, PURPOSE))

    def confirm_by_link(self, secret: str) -> Entry | None:
        """Confirms the record of a link, and uses the link up.

        Raises:
            Expired: it was used, is too old, or never was; or its record is gone.
        """
        self.look(secret)
        link = self._link(self.tickets.use(secret, PURPOSE))
        actor = self.actors.add(self._called(link.organisation))
        with self.journal.write() as writer:
            return review.verify(writer, link.record, actor=actor.id, reason=BY_LINK)

    def object_by_link(self, secret: str, text: str, language: str) -> None:
        """Keeps what is wrong with the record of a link, and uses the link up.

        Raises:
            Expired: it was used, is too old, or never was; or its record is gone.
            Invalid: there is no text, or too much of it; the link stays good.
        """
        self.look(secret)
        kept = reporting.checked(text)
        link = self._link(self.tickets.use(secret, PURPOSE))
        self.change_reports.add(link.record, kept, language)

    def _link(self, payload: Mapping[str, str] | None) -> Link:
        try:
            if payload is None:
                raise _expired()
            link = Link(
                RecordId(*payload["record"].split("/")), payload["organisation"]
            )
            reporting.reportable(self.journal, link.record)
        except NotFound as error:
            raise _expired() from error
        return link

    def _called(self, organisation: str) -> str:
        found = self.directory.organisation(organisation)
        name: Text = found.name if found else {}
        chosen = choose(name, LANGUAGES[0])
        return chosen.text if chosen else organisation


def _expired() -> Expired:
    return Expired(
        "This link was used already, is too old, or its record is there no more. "
        "Nothing was changed. We mail a new one when the record has to be checked "
        "again.",
        "Тази връзка вече е използвана, изтекла е или записът вече не съществува. "
        "Нищо не беше променено. Ще изпратим нова, когато записът трябва да се "
        "провери отново.",
    )
