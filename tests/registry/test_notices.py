import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from registry.desk import Comment, Outcome, Submission
from registry.errors import Busy
from registry.iris import RecordId
from registry.lifecycle import Event, Role, Status
from registry.mail import Message
from registry.notices import NAMED, Notices
from registry.people import KEEPER, Organisation, Person
from registry.record import Content, Entry, Provenance

BASE = "https://registry.example/"
AT = datetime(2026, 5, 1, tzinfo=UTC)


def _person(actor: str, language: str, **roles: Role) -> Person:
    return Person(actor, actor.title(), f"{actor}@x.example", language, roles)


AUTHOR = _person("author", "bg", town=Role.CONTRIBUTOR)
RADA = _person("rada", "bg", town=Role.REVIEWER)
JOHN = _person("john", "en", town=Role.ADMINISTRATOR)
KALIN = _person("kalin", "en", **{KEEPER: Role.REVIEWER})


@dataclass
class World:
    """People, what was handed in, and the mails that were sent."""

    people: Sequence[Person] = (AUTHOR, RADA, JOHN, KALIN)
    document: str = '{"name": {"bg": "Център", "en": "Centre"}, "note": "secret"}'
    broken: bool = False
    sent: list[Message] = field(default_factory=list)

    def person(self, actor: str) -> Person | None:
        return next((p for p in self.people if p.actor == actor), None)

    def organisation(self, id: str) -> Organisation | None:
        return Organisation(id, {"bg": "Община Хасково", "en": "Haskovo"})

    def members(self, organisation: str) -> Sequence[Person]:
        return [p for p in self.people if organisation in p.roles]

    def content(self, digest: str) -> Content | None:
        return Content(self.document, "") if digest == "d" else None

    def send(self, message: Message) -> None:
        if self.broken:
            raise Busy("Locked.", "Заключено.")
        self.sent.append(message)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def notices(world: World) -> Notices:
    return Notices(world, world, world, BASE)


def _submission(number: int = 7, actor: str = "author") -> Submission:
    entry = Entry(
        sequence=number,
        record=RecordId("institution", "one"),
        event=Event.SUBMITTED,
        status=Status.SUBMITTED,
        version=0,
        digest="d",
        provenance=Provenance(),
        based_on=0,
        decides=None,
        successor=None,
        actor=actor,
        reason="because",
        at=AT,
        previous="",
        hash="",
    )
    return Submission(entry, organisation="town")


def _told(world: World) -> list[tuple[str, str]]:
    return [(message.to, message.subject) for message in world.sent]


def test_reviewers_are_told(world: World, notices: Notices) -> None:
    """Who may accept is told in their language, with an address and a name only."""
    notices.handed_in([_submission()])

    assert world.sent == [
        Message(
            "rada@x.example",
            "За преглед: Център",
            "От името на „Община Хасково“ е подадено следното, което чака преглед:\n\n"
            "Център\nhttps://registry.example/bg/desk/submissions/7\n\n"
            "Това съобщение е изпратено от регистъра, защото работите с него.\n",
            "bg",
        ),
        Message(
            "john@x.example",
            "To be reviewed: Centre",
            "This was handed in for Haskovo and waits to be reviewed:\n\n"
            "Centre\nhttps://registry.example/en/desk/submissions/7\n\n"
            "The registry sent you this message because you work with it.\n",
            "en",
        ),
    ]


def test_the_keeper_helps_out(world: World, notices: Notices) -> None:
    """Where only the author could accept, the reviewers of the keeper are told."""
    world.people = (RADA, KALIN)

    notices.handed_in([_submission(actor="rada")])

    assert _told(world) == [("kalin@x.example", "To be reviewed: Centre")]


def test_one_mail_for_many(world: World, notices: Notices) -> None:
    """A sheet of submissions is one mail, which names the first of them."""
    world.people = (AUTHOR, JOHN)

    notices.handed_in([_submission(number) for number in range(1, NAMED + 4)])

    (message,) = world.sent
    assert message.subject == f"To be reviewed: {NAMED + 3} records"
    assert message.body.count("/en/desk/submissions/") == NAMED
    assert "… and 3 more." in message.body


@pytest.mark.parametrize(
    ("outcome", "subject"),
    [
        (Outcome.ACCEPTED, "Прието: Център"),
        (Outcome.REJECTED, "Отхвърлено: Център"),
        (Outcome.WITHDRAWN, None),
        (Outcome.REPLACED, None),
    ],
)
def test_authors_are_told(
    world: World, notices: Notices, outcome: Outcome, subject: str | None
) -> None:
    """An author is told what somebody else decided, and nothing of the reason."""
    notices.decided([replace(_submission(), outcome=outcome)])

    assert _told(world) == ([("author@x.example", subject)] if subject else [])


def test_decisions_of_a_batch(world: World, notices: Notices) -> None:
    """Each author has one mail about a batch."""
    accepted = [
        replace(_submission(number, actor), outcome=Outcome.ACCEPTED)
        for number, actor in ((1, "author"), (2, "john"), (3, "author"))
    ]

    notices.decided(accepted)

    assert _told(world) == [
        ("author@x.example", "Приети: 2 записа"),
        ("john@x.example", "Accepted: Centre"),
    ]


def test_amendments(world: World, notices: Notices) -> None:
    """Who made what is amended is told, and may accept it."""
    amendment = replace(_submission(9, "rada"), amends=_submission())
    world.people = (AUTHOR, RADA)

    notices.handed_in([amendment])

    assert _told(world) == [
        ("author@x.example", "За преглед: Център"),
        ("author@x.example", "Подадено с промени: Център"),
    ]


@pytest.mark.parametrize(
    ("speaker", "told"),
    [
        ("rada", ["author@x.example"]),
        ("author", ["rada@x.example"]),
        ("john", ["author@x.example", "rada@x.example"]),
    ],
)
def test_comments(
    world: World, notices: Notices, speaker: str, told: list[str]
) -> None:
    """The author and whoever looks after it hear what others say, not themselves."""
    claimed = replace(_submission(), claimed_by="rada")

    notices.commented(claimed, Comment(1, 7, speaker, "<b>secret</b>", AT))

    assert [message.to for message in world.sent] == told
    assert not any("secret" in message.body for message in world.sent)


def test_who_cannot_be_told(world: World, notices: Notices) -> None:
    """Somebody who was erased is told nothing, and nothing fails."""
    world.people = ()

    notices.decided([replace(_submission(), outcome=Outcome.ACCEPTED)])
    notices.handed_in([_submission()])

    assert world.sent == []


@pytest.mark.parametrize(
    ("document", "name"),
    [
        pytest.param('{"title": {"en": ["A  course"]}}', "A course", id="title"),
        pytest.param('{"name": {"en": "A\\r\\nBcc: x"}}', "A Bcc: x", id="two lines"),
        pytest.param('{"name": {"en": "{count}"}}', "{count}", id="braces"),
        pytest.param("{}", "institution/one", id="no name"),
    ],
)
def test_names(world: World, notices: Notices, document: str, name: str) -> None:
    """The subject is one line, whatever a record is called."""
    world.people, world.document = (JOHN,), document

    notices.handed_in([_submission()])

    assert _told(world) == [("john@x.example", f"To be reviewed: {name}")]


def test_a_mail_that_cannot_be_kept(
    world: World, notices: Notices, caplog: pytest.LogCaptureFixture
) -> None:
    """What was done stays done if a mail about it cannot be kept."""
    world.broken = True

    with caplog.at_level(logging.WARNING):
        notices.handed_in([_submission()])

    assert [record.message for record in caplog.records] == ["notice not kept"] * 2
