"""Organisations: founding them, what they keep, and who works in them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from secrets import token_hex

from registry.errors import BadParameter, NotAllowed, NotFound
from registry.iris import Iris, RecordId
from registry.language import LANGUAGES, Text
from registry.lifecycle import Role
from registry.mail import is_address
from registry.people import KEEPER, Organisation, Person
from registry.policy import State, Subject, Verb, require
from registry.ports import AccountBook, Directory, Journal, Keys

OPERATOR = Person("operator", "operator", "", roles={KEEPER: Role.ADMINISTRATOR})
"""Whoever has the command line has the machine, and may do everything."""

PROVIDED = (("course", "providedBy"), ("service", "provider"))
"""Kinds of records that follow their provider, and how they name it."""

NAME = 300
"""Characters that the name of an organisation can have."""


@dataclass(frozen=True, slots=True)
class Organisations:
    """The organisations of one registry.

    Attributes:
        directory: people and organisations.
        book: who can log in.
        keys: sessions, which end when a role changes.
        journal: the records.
        iris: names the records.
    """

    directory: Directory
    book: AccountBook
    keys: Keys
    journal: Journal
    iris: Iris

    def found(
        self,
        person: Person,
        name: Text,
        *,
        record: RecordId | None = None,
        contact: str = "",
    ) -> Organisation:
        """Founds an organisation and gives it its entry with what that provides.

        Args:
            person: who founds it.
            name: per language, the languages that it has one in.
            record: its entry in the registers.
            contact: address where it is asked to confirm its records.

        Raises:
            NotAllowed: the person may not, or the entry is another's.
            BadParameter: it has no name, or the contact is no address.
            NotFound: there is no such entry.
        """
        require(person, Verb.ERASE, Subject(State.ORGANISATION))
        made = Organisation(
            token_hex(6), _name(name), record, _contact(contact) or None
        )
        if record:
            self._require_free(record)
        self.directory.found(made)
        if record:
            for kept in (record, *self._provided(record)):
                self.directory.assign(kept, made.id)
        return made

    def assign(self, person: Person, record: RecordId, organisation: str) -> None:
        """Gives a record to an organisation, whoever has it now.

        Raises:
            NotAllowed: the person may not.
            NotFound: there is no such record or organisation.
        """
        require(person, Verb.ERASE, Subject(State.ORGANISATION))
        self._require_record(record)
        self.directory.assign(record, organisation)

    def people(self, person: Person, organisation: str) -> Sequence[Person]:
        """Returns those who have a role in an organisation, by name.

        Raises:
            NotAllowed: the person has none in it.
        """
        require(person, Verb.READ, Subject(State.ORGANISATION, organisation))
        return self.directory.members(organisation)

    def change_role(
        self, person: Person, actor: str, organisation: str, role: Role
    ) -> None:
        """Gives a member of an organisation another role; their sessions end.

        Raises:
            NotAllowed: the person does not administer it, or is that member.
            NotFound: nobody in it has this id.
        """
        self._require_other_member(person, actor, organisation)
        self.directory.join(actor, organisation, role)
        self.keys.close_sessions(actor)

    def remove(self, person: Person, actor: str, organisation: str) -> None:
        """Takes a member's role in an organisation away; their sessions end.

        Raises:
            NotAllowed: the person does not administer it, or is that member.
            NotFound: nobody in it has this id.
        """
        self._require_other_member(person, actor, organisation)
        self.directory.leave(actor, organisation)
        self.keys.close_sessions(actor)

    def erase(self, person: Person, actor: str) -> None:
        """Forgets a person's name and address; what they did stays under their id.

        Raises:
            NotAllowed: the person may not, or is that person.
            NotFound: nobody has this id.
        """
        require(person, Verb.ERASE, Subject(State.ORGANISATION))
        _require_other(person, actor)
        self.book.erase(actor)

    def _require_other_member(
        self, person: Person, actor: str, organisation: str
    ) -> None:
        require(person, Verb.ADMINISTER, Subject(State.ORGANISATION, organisation))
        _require_other(person, actor)
        member = self.directory.person(actor)
        if member is None or organisation not in member.roles:
            raise NotFound(
                "Nobody in this organisation has this id.",
                "Никой в тази организация няма такъв идентификатор.",
            )

    def _require_record(self, record: RecordId) -> None:
        if self.journal.head(record) is None:
            raise NotFound(f"There is no record {record}.", f"Няма запис {record}.")

    def _require_free(self, record: RecordId) -> None:
        self._require_record(record)
        if any(each.record == record for each in self.directory.organisations()):
            raise NotAllowed(
                f"The entry {record} belongs to another organisation.",
                f"Записът {record} принадлежи на друга организация.",
            )

    def _provided(self, record: RecordId) -> Iterator[RecordId]:
        """Yields what a provider offers; looks at every course and service."""
        provider = self.iris.thing(record)
        for kind, term in PROVIDED:
            for version in self.journal.heads(kind):
                named = json.loads(version.content.document).get(term)
                if provider in (named if isinstance(named, list) else [named]):
                    yield version.head.record


def _require_other(person: Person, actor: str) -> None:
    if person.actor == actor:
        raise NotAllowed(
            "You cannot do this to yourself: somebody has to stay in charge.",
            "Не можете да направите това със себе си: някой трябва да остане "
            "отговорен.",
        )


def _name(name: Text) -> Text:
    given = {tag: " ".join(name.get(tag, "").split()) for tag in LANGUAGES}
    named = {tag: text for tag, text in given.items() if text}
    if not named or any(
        len(text) > NAME or not text.isprintable() for text in named.values()
    ):
        raise BadParameter(
            f"An organisation has a name of at most {NAME} characters, in Bulgarian, "
            "in English, or in both.",
            f"Организацията има име до {NAME} знака на български, на английски или на "
            "двата езика.",
            extra={"field": "name-bg"},
        )
    return named


def _contact(contact: str) -> str:
    normal = contact.strip().lower()
    if normal and not is_address(normal):
        raise BadParameter(
            "The contact is not an e-mail address.",
            "Адресът за връзка не е адрес на електронна поща.",
            extra={"field": "contact"},
        )
    return normal
