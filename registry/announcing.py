"""A desk that tells people by mail of what happens at it, whatever the way.

It stands around the desk itself, so that no form, route or spreadsheet has to think
of mails, and none can forget. Mails are made once the transaction has ended well.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from registry.desk import Channel, Comment, Outcome, Submission
from registry.iris import RecordId
from registry.losses import Loss
from registry.notices import Notices
from registry.ports import Desk, DeskQuery, DeskWriter
from registry.record import Change, Entry, Head


@dataclass(frozen=True, slots=True)
class Announcing:
    """A `registry.ports.Desk` that tells people what they should know.

    Attributes:
        desk: the desk itself.
        notices: tell people.
    """

    desk: Desk
    notices: Notices

    @contextmanager
    def write(self, idempotency_key: str | None = None) -> Iterator[DeskWriter]:
        """Opens a transaction, and tells of it when it has ended without an error."""
        with self.desk.write(idempotency_key) as writer:
            watched = _Watched(writer)
            yield watched
        self.notices.handed_in(self._found(watched.handed_in_))
        self.notices.decided(self._found(watched.closed))

    def submission(self, number: int) -> Submission | None:
        """Returns a submission, or `None` if the number is of nothing or of else."""
        return self.desk.submission(number)

    def list(self, query: DeskQuery) -> Sequence[Submission]:
        """Returns a page of submissions."""
        return self.desk.list(query)

    def claim(self, number: int, actor: str | None) -> None:
        """Notes who looks after a submission from now on, or that nobody does."""
        self.desk.claim(number, actor)

    def comment(self, number: int, actor: str, text: str) -> Comment:
        """Notes what somebody says about a submission, and tells whom it concerns."""
        comment = self.desk.comment(number, actor, text)
        for submission in self._found([number]):
            self.notices.commented(submission, comment)
        return comment

    def comments(self, number: int) -> Sequence[Comment]:
        """Returns what was said about a submission, oldest first."""
        return self.desk.comments(number)

    def _found(self, numbers: Sequence[int]) -> Sequence[Submission]:
        found = (self.desk.submission(number) for number in numbers)
        return [submission for submission in found if submission]


@dataclass(slots=True)
class _Watched:
    """A transaction of which it is remembered what was handed in and decided."""

    writer: DeskWriter
    handed_in_: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)

    def head(self, record: RecordId) -> Head | None:
        return self.writer.head(record)

    def append(self, change: Change) -> Entry | None:
        return self.writer.append(change)

    def submission(self, number: int) -> Submission | None:
        return self.writer.submission(number)

    def opened(self, record: RecordId) -> Sequence[Submission]:
        return self.writer.opened(record)

    def hand_in(
        self,
        entry: Entry,
        *,
        organisation: str,
        channel: Channel,
        amends: int | None = None,
        losses: Sequence[Loss] = (),
    ) -> None:
        self.writer.hand_in(
            entry,
            organisation=organisation,
            channel=channel,
            amends=amends,
            losses=losses,
        )
        self.handed_in_.append(entry.sequence)

    def close(self, number: int, outcome: Outcome) -> None:
        self.writer.close(number, outcome)
        self.closed.append(number)

    def entrust(self, record: RecordId, organisation: str) -> None:
        self.writer.entrust(record, organisation)
