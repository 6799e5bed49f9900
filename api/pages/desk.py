"""What the pages of the desk tell of submissions: who, for whom, and how they are."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from api.pages.facts import name_of
from api.pages.translations import msgid
from registry.desk import ChangeReport, Channel, Submission
from registry.intake import Intake, Proposal, Proposed
from registry.language import Text
from registry.losses import Loss, lost
from registry.ports import Directory
from registry.report import Result
from registry.reviewing import Reviewing

READER = "reader"
"""The channel of what readers of the public pages report."""

CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        Channel.FORM.value: msgid("form"),
        Channel.API.value: msgid("program"),
        Channel.SHEET.value: msgid("spreadsheet"),
        Channel.TABLE.value: msgid("statistical table"),
        Channel.HARVEST.value: msgid("harvest"),
        Channel.LINK.value: msgid("mailed link"),
        READER: msgid("report of a reader"),
    }
)
"""The ways by which something comes to the desk."""

_LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Findings:
    """What checking a submission once more found.

    Attributes:
        proposal: as if it were handed in now.
        must: rules that it breaks and must keep.
        should: rules that it breaks and should keep.
        lost: what it says less than what was written.
    """

    proposal: Proposal
    must: Sequence[Result]
    should: Sequence[Result]
    lost: Sequence[Loss]

    @property
    def clean(self) -> bool:
        """Whether nothing about it has to be looked at by itself."""
        proposal = self.proposal
        return proposal.acceptable and not (
            self.should or proposal.duplicates or proposal.advice or self.lost
        )


@dataclass(slots=True)
class Names:
    """Names of people and organisations, each looked up once for a page."""

    directory: Directory
    _people: dict[str, str | None] = field(default_factory=dict)
    _organisations: dict[str, Text] = field(default_factory=dict)

    def person(self, actor: str) -> str | None:
        """Returns what somebody is called; `None` if nobody knows any more."""
        if actor not in self._people:
            found = self.directory.person(actor)
            self._people[actor] = found.name if found else None
        return self._people[actor]

    def organisation(self, id: str) -> Text:
        """Returns the name of an organisation, or its id in every language."""
        if id not in self._organisations:
            found = self.directory.organisation(id)
            self._organisations[id] = found.name if found else {"": id}
        return self._organisations[id]


@dataclass(frozen=True, slots=True)
class Checks:
    """Checks submissions as they are read: rules and records may have changed."""

    intake: Intake
    reviewing: Reviewing

    def of(self, submissions: Sequence[Submission]) -> Mapping[int, Findings]:
        """Returns what is found, by number; those of different records together."""
        found: dict[int, Findings] = {}
        for batch in _apart(submissions):
            proposals = self.intake.propose([self._proposed(one) for one in batch])
            for submission, proposal in zip(batch, proposals, strict=True):
                found[submission.number] = _findings(submission, proposal)
        return found

    def names(self, submission: Submission) -> Text:
        """Returns the name of what was handed in, per language."""
        document = self.reviewing.content(submission).document
        return name_of(json.loads(document))

    def _proposed(self, submission: Submission) -> Proposed:
        entry = submission.entry
        document = json.loads(self.reviewing.content(submission).document)
        return Proposed(entry.record, document, based_on=entry.based_on)


Item = Submission | ChangeReport
"""What stands in the queue."""


def order(item: Item) -> tuple[float, int]:
    """Returns what items of the queue are ordered by: the oldest comes first."""
    if isinstance(item, Submission):
        return item.entry.at.timestamp(), item.number
    return item.at.timestamp(), item.number


def positive(given: object) -> int:
    """Returns a number that somebody sent; 0 for what is none."""
    plain = isinstance(given, str) and given.isascii() and given.isdecimal()
    return min(int(str(given)[:16]), _LARGEST) if plain else 0


def numbers(given: Sequence[object]) -> Sequence[int]:
    """Returns the numbers among what a form sent, each once, in order."""
    found = dict.fromkeys(positive(value) for value in given)
    return [number for number in found if number]


def _findings(submission: Submission, proposal: Proposal) -> Findings:
    results = proposal.report.results
    return Findings(
        proposal,
        [result for result in results if result.severity == "must"],
        [result for result in results if result.severity == "should"],
        lost(submission.losses),
    )


def _apart(submissions: Sequence[Submission]) -> Iterator[Sequence[Submission]]:
    """Yields submissions in groups in which no record is met twice."""
    left = list(submissions)
    while left:
        group = {one.entry.record: one for one in reversed(left)}
        yield list(group.values())
        left = [one for one in left if one is not group[one.entry.record]]
