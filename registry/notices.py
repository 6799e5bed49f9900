"""Mails about submissions: what is to be reviewed, and what became of it.

A mail has names of records and addresses of pages, and nothing else of what was
handed in: mail boxes are read by more people than the desk is.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from registry.desk import Comment, Outcome, Submission
from registry.errors import RegistryError
from registry.language import Text, choose
from registry.mail import Message
from registry.people import KEEPER, Organisation, Person
from registry.policy import Verb, allowed
from registry.record import Content

NAMED = 20
"""Submissions that one mail names; of more it says how many there are."""

log = logging.getLogger(__name__)


class People(Protocol):
    """Who is to be told, and for whom they work."""

    def person(self, actor: str) -> Person | None:
        """Returns who has an account; `None` once erased."""

    def organisation(self, id: str) -> Organisation | None:
        """Returns an organisation."""

    def members(self, organisation: str) -> Sequence[Person]:
        """Returns those who have a role in an organisation."""


class Contents(Protocol):
    """What was handed in, by its digest."""

    def content(self, digest: str) -> Content | None:
        """Returns what was submitted under a digest, published or not."""


class Outbox(Protocol):
    """Sends mails, sooner or later."""

    def send(self, message: Message) -> None:
        """Keeps a mail that is to be sent."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """What a mail says, per language.

    Attributes:
        one: subject of a mail about one submission.
        several: subject of a mail about more.
        body: stands above the names and addresses.
    """

    one: Text
    several: Text
    body: Text


_TO_REVIEW = _Letter(
    {"bg": "За преглед: {name}", "en": "To be reviewed: {name}"},
    {"bg": "За преглед: {count} записа", "en": "To be reviewed: {count} records"},
    {
        "bg": "От името на „{organisation}“ е подадено следното, което чака преглед:",
        "en": "This was handed in for {organisation} and waits to be reviewed:",
    },
)
_ACCEPTED = _Letter(
    {"bg": "Прието: {name}", "en": "Accepted: {name}"},
    {"bg": "Приети: {count} записа", "en": "Accepted: {count} records"},
    {
        "bg": "Подаденото от Вас беше прието и вече е публично:",
        "en": "What you handed in was accepted and is public now:",
    },
)
_REJECTED = _Letter(
    {"bg": "Отхвърлено: {name}", "en": "Rejected: {name}"},
    {"bg": "Отхвърлени: {count} записа", "en": "Rejected: {count} records"},
    {
        "bg": "Подаденото от Вас не беше прието. Причината е на този адрес:",
        "en": "What you handed in was not accepted. The reason is at this address:",
    },
)
_AMENDED = _Letter(
    {"bg": "Подадено с промени: {name}", "en": "Handed in with changes: {name}"},
    {
        "bg": "Подадени с промени: {count} записа",
        "en": "Handed in with changes: {count} records",
    },
    {
        "bg": "Подаденото от Вас беше подадено отново с промени. Можете да ги "
        "приемете и Вие:",
        "en": "What you handed in was handed in again with changes. You, too, can "
        "accept them:",
    },
)
_COMMENTED = _Letter(
    {"bg": "Нов коментар: {name}", "en": "New comment: {name}"},
    {"bg": "Нови коментари: {count}", "en": "New comments: {count}"},
    {
        "bg": "Има нов коментар към подаденото:",
        "en": "There is a new comment on this submission:",
    },
)
_DECIDED: Mapping[Outcome, _Letter] = {
    Outcome.ACCEPTED: _ACCEPTED,
    Outcome.REJECTED: _REJECTED,
}
_MORE: Text = {"bg": "… и още {count}.", "en": "… and {count} more."}
_ENDING: Text = {
    "bg": "Това съобщение е изпратено от регистъра, защото работите с него.",
    "en": "The registry sent you this message because you work with it.",
}
_NAMES = ("name", "title")


@dataclass(frozen=True, slots=True)
class Notices:
    """Tells people by mail what concerns them, each in their language.

    What is told has already happened: a mail that cannot be kept undoes nothing.

    Attributes:
        people: who is to be told.
        contents: what was handed in, for its name.
        outbox: where mails are kept until they are sent.
        base: of the addresses of pages; it ends in a slash.
    """

    people: People
    contents: Contents
    outbox: Outbox
    base: str

    def handed_in(self, submissions: Sequence[Submission]) -> None:
        """Tells the reviewers of an organisation, and authors of what is amended.

        An organisation in which nobody but the author may accept is helped by the
        reviewers of the keeper.
        """
        found: defaultdict[tuple[str, str], list[Submission]] = defaultdict(list)
        for submission in submissions:
            key = (submission.organisation, submission.entry.actor)
            found[key].append(submission)
        for group in found.values():
            for reviewer in self._reviewers(group[0]):
                self._send(reviewer, _TO_REVIEW, group)
        for submission in submissions:
            amended = submission.amends
            if amended and amended.entry.actor != submission.entry.actor:
                self._tell(amended.entry.actor, _AMENDED, [submission])

    def decided(self, submissions: Iterable[Submission]) -> None:
        """Tells authors that what they handed in was accepted or rejected."""
        found: defaultdict[tuple[str, Outcome], list[Submission]] = defaultdict(list)
        for submission in submissions:
            if submission.outcome in _DECIDED:
                key = (submission.entry.actor, submission.outcome)
                found[key].append(submission)
        for (author, outcome), group in found.items():
            self._tell(author, _DECIDED[outcome], group)

    def commented(self, submission: Submission, comment: Comment) -> None:
        """Tells the author, and whoever looks after the submission, of a comment."""
        concerned = dict.fromkeys([submission.entry.actor, submission.claimed_by])
        for actor in concerned:
            if actor and actor != comment.actor:
                self._tell(actor, _COMMENTED, [submission])

    def _reviewers(self, submission: Submission) -> Iterator[Person]:
        for organisation in dict.fromkeys([submission.organisation, KEEPER]):
            found = [
                member
                for member in self.people.members(organisation)
                if allowed(member, Verb.ACCEPT, submission.subject)
            ]
            if found:
                yield from found
                return

    def _tell(self, actor: str, letter: _Letter, about: Sequence[Submission]) -> None:
        person = self.people.person(actor)
        if person:
            self._send(person, letter, about)

    def _send(
        self, person: Person, letter: _Letter, about: Sequence[Submission]
    ) -> None:
        if not person.email:
            return
        try:
            self.outbox.send(self._message(person, letter, about))
        except RegistryError:
            log.warning("notice not kept", exc_info=True)

    def _message(
        self, person: Person, letter: _Letter, about: Sequence[Submission]
    ) -> Message:
        language = person.language
        organisation = self.people.organisation(about[0].organisation)
        values = {
            "count": len(about),
            "name": self._name(about[0], language),
            "organisation": _said(organisation.name, language) if organisation else "",
        }
        subject = letter.one if len(about) == 1 else letter.several
        lines = [_said(letter.body, language).format(**values), ""]
        for submission in islice(about, NAMED):
            lines += [
                self._name(submission, language),
                f"{self.base}{language}/desk/submissions/{submission.number}",
                "",
            ]
        if len(about) > NAMED:
            lines += [_said(_MORE, language).format(count=len(about) - NAMED), ""]
        lines.append(_said(_ENDING, language))
        return Message(
            to=person.email,
            subject=_said(subject, language).format(**values),
            body="\n".join(lines) + "\n",
            language=language,
        )

    def _name(self, submission: Submission, language: str) -> str:
        """Returns the name of the record in one line, or else what it is known by."""
        entry = submission.entry
        content = self.contents.content(entry.digest) if entry.digest else None
        document = json.loads(content.document) if content else {}
        names = next((document[term] for term in _NAMES if term in document), None)
        named = _said(names, language) if isinstance(names, dict) else ""
        return " ".join(named.split()) or str(entry.record)


def _said(text: Mapping[str, object], language: str) -> str:
    plain = {
        tag: str(value[0] if isinstance(value, list) and value else value)
        for tag, value in text.items()
    }
    chosen = choose(plain, language)
    return chosen.text if chosen else ""
