"""The desk: what was handed in and waits for a decision, and what is said about it.

What is submitted and decided stands in the journal. What only the desk needs to know
(for whom, by which way, who looks after it, what was said) stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from registry.iris import RecordId
from registry.losses import Loss
from registry.people import KEEPER
from registry.policy import State, Subject
from registry.record import Entry


class Channel(StrEnum):
    """The way by which something was handed in; each is checked alike."""

    FORM = "form"
    API = "api"
    SHEET = "sheet"
    TABLE = "table"
    HARVEST = "harvest"
    LINK = "link"
    """A signed link that was mailed to the organisation's contact."""


class Outcome(StrEnum):
    """What became of a submission."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    """A later submission, or an amendment, took its place."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission of the journal with what the desk knows of it.

    Attributes:
        entry: the journal's entry; its reason is what its author said to the
            reviewer.
        organisation: for which it was handed in.
        channel: by which way.
        outcome: what became of it.
        decision: the journal's entry that accepted or rejected it, if one did.
        amends: the submission that this one changes, if it does.
        claimed_by: actor who looks after it, if somebody does.
        claimed_at: since when, in UTC.
        losses: what it does not keep of what was written.
    """

    entry: Entry
    organisation: str = KEEPER
    channel: Channel = Channel.API
    outcome: Outcome = Outcome.OPEN
    decision: Entry | None = None
    amends: "Submission | None" = None
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    losses: Sequence[Loss] = ()

    @property
    def number(self) -> int:
        """The sequence number of its entry, by which it is known."""
        return self.entry.sequence

    @property
    def subject(self) -> Subject:
        """What the policy has to know of it."""
        state = State.OPEN if self.outcome is Outcome.OPEN else State.DECIDED
        amended = self.amends.entry.actor if self.amends else None
        return Subject(state, self.organisation, self.entry.actor, amended)


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said about a submission.

    Attributes:
        number: from 1, in the order in which comments were made.
        submission: number of the submission.
        actor: who said it.
        text: as it was typed.
        at: when, in UTC.
    """

    number: int
    submission: int
    actor: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has begun to fill in, exactly as it was typed.

    Attributes:
        id: opaque.
        record: which record it is about; for a new one, the key that it will have.
        organisation: for which it is made.
        author: actor who made it.
        based_on: the version that it was made from, 0 for a new record.
        fields: names and values of the form's fields, in order, as they were sent.
        amends: number of the submission that it is to amend, if it is.
        saved: when it was last saved, in UTC.
    """

    id: str
    record: RecordId
    organisation: str
    author: str
    based_on: int
    fields: tuple[tuple[str, str], ...]
    amends: int | None
    saved: datetime

    @property
    def subject(self) -> Subject:
        """What the policy has to know of it."""
        return Subject(State.DRAFT, self.organisation, self.author)


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """What a reader of the public pages says is wrong with a record.

    Attributes:
        number: from 1.
        record: which record.
        text: as it was typed.
        language: of the page on which it was typed.
        at: when, in UTC.
        closed_by: actor who dealt with it, if somebody has.
        answer: what that person noted.
    """

    number: int
    record: RecordId
    text: str
    language: str
    at: datetime
    closed_by: str | None = None
    answer: str = ""
