from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from registry.announcing import Announcing
from registry.duplicates import Duplicates
from registry.errors import BadParameter, NotAllowed
from registry.gate import Gate
from registry.intake import Intake
from registry.mail import Message
from registry.notices import Notices
from registry.people import Organisation, Person
from registry.reviewing import Reviewing
from registry.search import transliteration
from tests.desk import ANN, BOB, REV, Office, named
from tests.versions import BASE, IRIS


@dataclass
class Town:
    """The people of an organisation, and the mails that they were sent."""

    sent: list[Message] = field(default_factory=list)

    def person(self, actor: str) -> Person | None:
        return next((p for p in (ANN, REV, BOB) if p.actor == actor), None)

    def organisation(self, id: str) -> Organisation | None:
        return Organisation(id, {"bg": id})

    def members(self, organisation: str) -> Sequence[Person]:
        return [p for p in (ANN, REV, BOB) if organisation in p.roles]

    def send(self, message: Message) -> None:
        self.sent.append(message)

    def told(self) -> list[tuple[str, str]]:
        """Returns who was told what since this was asked last."""
        told = [(message.to, message.subject) for message in self.sent]
        self.sent.clear()
        return told


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def announced(office: Office, gate_of_office: Gate, town: Town) -> Office:
    """An office whose desk tells people what happens at it."""
    notices = Notices(town, office.journal, town, BASE)
    desk = Announcing(office.desk, notices)
    duplicates = Duplicates(office.lists, transliteration.key, IRIS)
    office.intake = Intake(
        office.journal, desk, gate_of_office, office.stewards, duplicates
    )
    office.reviewing = Reviewing(
        office.journal, desk, gate_of_office, office.stewards, office.clock
    )
    return office


def test_from_handing_in_to_acceptance(announced: Office, town: Town) -> None:
    """Reviewers hear of what is handed in, its author of comments and the decision."""
    submission = announced.hand_in()
    assert town.told() == [("rev@example.org", "За преглед: Разговорен клуб")]

    announced.reviewing.claim(REV, submission.number)
    announced.reviewing.comment(REV, submission.number, "Кога?")
    announced.reviewing.comment(ANN, submission.number, "Всяка сряда.")
    assert town.told() == [
        ("ann@example.org", "Нов коментар: Разговорен клуб"),
        ("rev@example.org", "Нов коментар: Разговорен клуб"),
    ]

    announced.reviewing.accept(REV, submission.number)
    assert town.told() == [("ann@example.org", "Прието: Разговорен клуб")]


def test_rejection_and_withdrawal(announced: Office, town: Town) -> None:
    """An author hears of a rejection; of what they take back nobody needs to."""
    first = announced.hand_in()
    town.told()
    announced.reviewing.reject(REV, first.number, reason="Няма място.")
    assert town.told() == [("ann@example.org", "Отхвърлено: Разговорен клуб")]

    second = announced.hand_in()
    town.told()
    announced.reviewing.withdraw(ANN, second.number)
    assert town.told() == []


def test_a_later_submission(announced: Office, town: Town) -> None:
    """What the author replaces is announced once more, as the new submission."""
    announced.hand_in()
    town.told()
    announced.hand_in(document=named("Нов клуб"))

    assert town.told() == [("rev@example.org", "За преглед: Нов клуб")]


def test_amendment(announced: Office, town: Town) -> None:
    """Who handed in what is amended is told, by whatever way it was amended."""
    first = announced.hand_in()
    town.told()
    announced.hand_in(REV, document=named("Клуб с промени"), amends=first.number)

    assert ("ann@example.org", "Подадено с промени: Клуб с промени") in town.told()


def test_nothing_is_told_of_what_did_not_happen(announced: Office, town: Town) -> None:
    """A decision that is refused is told to nobody."""
    submission = announced.hand_in()
    town.told()

    with pytest.raises(NotAllowed):
        announced.reviewing.accept(ANN, submission.number)
    with pytest.raises(BadParameter):
        announced.reviewing.reject(REV, submission.number, reason=" ")

    assert town.told() == []
