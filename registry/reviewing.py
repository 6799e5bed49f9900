"""Review: the queue, and what is decided about what waits in it.

A submission is checked again when it is accepted, against the rules and the
records of that moment. Nobody decides on their own: the policy says so, and the
journal's database too.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from registry import checking, review
from registry.desk import Comment, Outcome, Submission
from registry.errors import BadParameter, NotAllowed, NotFound
from registry.gate import Gate
from registry.intake import Stewards, conflict, number_of, violation
from registry.iris import Iris, RecordId
from registry.lifecycle import Role, Status
from registry.people import KEEPER, Person
from registry.policy import State, Subject, Verb, allowed, reaches, require
from registry.ports import Clock, Desk, DeskQuery, DeskWriter, Journal
from registry.record import Content, Entry, Version
from registry.report import Report

CLAIM = timedelta(days=7)
"""How long a submission waits for whoever looks after it."""

COMMENT = 5000
"""Characters that a comment or a reason may have."""


class Reviewing:
    """What reviewers, and those whose submissions they review, can do.

    Args:
        journal: the truth.
        desk: beside it.
        gate: checks in a sandboxed worker.
        stewards: who keeps which record.
        clock: tells when a claim has expired.
    """

    def __init__(
        self,
        journal: Journal,
        desk: Desk,
        gate: Gate,
        stewards: Stewards,
        clock: Clock,
    ) -> None:
        self._journal = journal
        self._desk = desk
        self._gate = gate
        self._stewards = stewards
        self._clock = clock
        self._iris = Iris(journal.base)

    def queue(
        self,
        person: Person,
        *,
        organisation: str | None = None,
        kind: str | None = None,
        record: RecordId | None = None,
        mine: bool = False,
        outcome: Outcome = Outcome.OPEN,
        after: int = 0,
        limit: int = 50,
    ) -> Sequence[Submission]:
        """Returns submissions that somebody may read, the oldest first.

        Args:
            person: who asks.
            organisation: only those of one.
            kind: only of records of one kind.
            record: only of one record.
            mine: only those that the person handed in.
            outcome: what became of them.
            after: number of the last one on the page before.
            limit: how many at most.
        """
        query = DeskQuery(
            organisations=_readable(person, organisation),
            outcome=outcome,
            kind=kind,
            record=record,
            author=person.actor if mine else None,
            after=after,
            limit=limit,
        )
        return [self._current(found) for found in self._desk.list(query)]

    def submission(self, person: Person, number: int) -> Submission:
        """Returns a submission by its number.

        Raises:
            NotFound: there is none, or it is nobody's business.
        """
        found = self._desk.submission(number)
        if found is None or not _visible(person, found):
            raise NotFound(
                f"There is no submission {number}.", f"Няма предложение {number}."
            )
        return self._current(found)

    def content(self, submission: Submission) -> Content:
        """Returns what was handed in."""
        digest = submission.entry.digest
        found = None if digest is None else self._journal.content(digest)
        assert found is not None  # noqa: S101 - a submission has its content
        return found

    def base(self, submission: Submission) -> Version | None:
        """Returns the version that it was made from; `None` for a new record.

        One that names none, as a harvest does, was made from whatever is current.
        """
        record, based_on = submission.entry.record, submission.entry.based_on
        current = self._journal.current(record)
        if based_on is None or based_on == number_of(current):
            return current
        return self._journal.version(record, based_on)

    def stale(self, submission: Submission) -> bool:
        """Says whether the record has moved on since an open submission was made."""
        based_on = submission.entry.based_on
        current = self._journal.current(submission.entry.record)
        return based_on is not None and based_on != number_of(current)

    def report(self, submission: Submission) -> Report:
        """Checks what was handed in against the rules and records of today."""
        return checking.check(
            {submission.entry.record: self.content(submission)},
            gate=self._gate,
            journal=self._journal,
            iris=self._iris,
        )

    def accept(
        self,
        person: Person,
        number: int,
        *,
        status: Status = Status.STABLE,
        reason: str = "",
    ) -> Submission:
        """Publishes a submission as the record's next version.

        Raises:
            NotFound: there is no such submission for this person.
            NotAllowed: the person may not accept it, or it is decided.
            ShapesViolated: it does not keep to the rules of today.
            Conflict: its record has moved on; `extra` shows both versions.
        """
        (accepted,) = self.accept_many(person, [number], status=status, reason=reason)
        return accepted

    def accept_many(
        self,
        person: Person,
        numbers: Sequence[int],
        *,
        status: Status = Status.STABLE,
        reason: str = "",
    ) -> Sequence[Submission]:
        """Publishes several submissions, all of them or none.

        They are checked together, so they may refer to each other.

        Raises:
            BadParameter: two of them are of one record.
            NotFound: there is no such submission for this person.
            NotAllowed: the person may not accept one, or it is decided.
            ShapesViolated: they do not keep to the rules of today.
            Conflict: the record of one has moved on; `extra` shows both versions.
        """
        found = [self.submission(person, number) for number in numbers]
        for submission in found:
            require(person, Verb.ACCEPT, submission.subject)
            self._check_base(submission)
        contents = {each.entry.record: self.content(each) for each in found}
        if len(contents) < len(found):
            raise BadParameter(
                "Two of the submissions are of one record.",
                "Две от предложенията са за един и същ запис.",
            )
        report = checking.check(
            contents, gate=self._gate, journal=self._journal, iris=self._iris
        )
        if not report.conforms:
            raise violation(report)
        with self._desk.write() as writer:
            for submission in found:
                self._open(writer, person, Verb.ACCEPT, submission.number)
                entry = review.accept(
                    writer,
                    submission.entry,
                    actor=person.actor,
                    status=status,
                    reason=_said(reason),
                )
                writer.close(submission.number, Outcome.ACCEPTED)
                if entry is not None and entry.version == 1:
                    writer.entrust(entry.record, submission.organisation)
        return [self.submission(person, number) for number in numbers]

    def reject(self, person: Person, number: int, *, reason: str) -> Submission:
        """Turns a submission down; what is published stays as it is.

        Raises:
            BadParameter: there is no reason.
            NotFound: there is no such submission for this person.
            NotAllowed: the person may not reject it, or it is decided.
        """
        submission = self.submission(person, number)
        require(person, Verb.REJECT, submission.subject)
        said = _required(reason)
        with self._desk.write() as writer:
            self._open(writer, person, Verb.REJECT, number)
            review.reject(writer, submission.entry, actor=person.actor, reason=said)
            writer.close(number, Outcome.REJECTED)
        return self.submission(person, number)

    def withdraw(self, person: Person, number: int) -> Submission:
        """Takes a submission back.

        Raises:
            NotFound: there is no such submission for this person.
            NotAllowed: somebody else made it, or it is decided.
        """
        require(person, Verb.WITHDRAW, self.submission(person, number).subject)
        with self._desk.write() as writer:
            self._open(writer, person, Verb.WITHDRAW, number)
            writer.close(number, Outcome.WITHDRAWN)
        return self.submission(person, number)

    def claim(self, person: Person, number: int) -> Submission:
        """Notes that somebody looks after a submission, for seven days.

        Raises:
            NotFound: there is no such submission for this person.
            NotAllowed: the person may not, or somebody else does already.
        """
        submission = self.submission(person, number)
        require(person, Verb.CLAIM, submission.subject)
        if submission.claimed_by not in {None, person.actor}:
            raise NotAllowed(
                "Somebody else looks after this submission.",
                "За това предложение вече се грижи друг човек.",
            )
        self._desk.claim(number, person.actor)
        return self.submission(person, number)

    def release(self, person: Person, number: int) -> Submission:
        """Notes that nobody looks after a submission any longer.

        Raises:
            NotFound: there is no such submission for this person.
            NotAllowed: the person may not decide on it anyway.
        """
        require(person, Verb.CLAIM, self.submission(person, number).subject)
        self._desk.claim(number, None)
        return self.submission(person, number)

    def comment(self, person: Person, number: int, text: str) -> Comment:
        """Notes what somebody says about an open submission.

        Raises:
            BadParameter: the text is empty or too long.
            NotFound: there is no such submission for this person.
            NotAllowed: it is decided.
        """
        require(person, Verb.COMMENT, self.submission(person, number).subject)
        return self._desk.comment(number, person.actor, _required(text))

    def comments(self, person: Person, number: int) -> Sequence[Comment]:
        """Returns what was said about a submission, oldest first.

        Raises:
            NotFound: there is no such submission for this person.
        """
        self.submission(person, number)
        return self._desk.comments(number)

    def verify(self, person: Person, record: RecordId) -> Entry:
        """Notes that a person confirms a record as it is.

        Raises:
            NotFound: there is no such record.
            NotAllowed: the person may not, or the record is not current.
        """
        require(person, Verb.VERIFY, self._subject(record))
        with self._journal.write() as writer:
            return _made(review.verify(writer, record, actor=person.actor))

    def retire(self, person: Person, record: RecordId, *, reason: str) -> Entry:
        """Withdraws a published record; its versions stay readable by number.

        Raises:
            BadParameter: there is no reason.
            NotFound: there is no such record.
            NotAllowed: the person may not, or the record is not current.
        """
        require(person, Verb.RETIRE, self._subject(record))
        said = _required(reason)
        with self._journal.write() as writer:
            return _made(review.retire(writer, record, actor=person.actor, reason=said))

    def supersede(
        self, person: Person, record: RecordId, successor: RecordId, *, reason: str
    ) -> Entry:
        """Ends a published record in favour of another one.

        Raises:
            BadParameter: there is no reason.
            NotFound: there is no such record.
            NotAllowed: the person may not, or one of them is not current.
        """
        require(person, Verb.SUPERSEDE, self._subject(record))
        said = _required(reason)
        with self._journal.write() as writer:
            entry = review.supersede(
                writer, record, successor, actor=person.actor, reason=said
            )
            return _made(entry)

    def _subject(self, record: RecordId) -> Subject:
        current = self._journal.current(record)
        if current is None:
            raise NotFound(
                f"There is no published record {record}.",
                f"Няма публикуван запис {record}.",
            )
        state = _STATES.get(current.head.status, State.PUBLISHED)
        return Subject(state, self._stewards.steward(record))

    def _check_base(self, submission: Submission) -> None:
        based_on = submission.entry.based_on
        if based_on is not None and self.stale(submission):
            record = submission.entry.record
            current = self._journal.current(record)
            raise conflict(record, based_on, self.base(submission), current)

    def _current(self, found: Submission) -> Submission:
        """Returns the submission without a claim that has expired."""
        at = found.claimed_at
        if at is None or self._clock() - at < CLAIM:
            return found
        return replace(found, claimed_by=None, claimed_at=None)

    def _open(
        self, writer: DeskWriter, person: Person, verb: Verb, number: int
    ) -> None:
        """Checks once more, within the transaction, that nobody was quicker."""
        found = writer.submission(number)
        if found is not None:
            require(person, verb, found.subject)


_STATES = {Status.RETIRED: State.RETIRED, Status.SUPERSEDED: State.SUPERSEDED}


def _visible(person: Person, submission: Submission) -> bool:
    return allowed(person, Verb.READ, submission.subject)


def _readable(person: Person, organisation: str | None) -> frozenset[str] | None:
    """Returns the organisations whose submissions to list; `None` for every one."""
    wanted = None if organisation is None else frozenset({organisation})
    if reaches(person, KEEPER, Role.CONTRIBUTOR):
        return wanted
    own = frozenset(person.roles)
    return own if wanted is None else own & wanted


def _said(text: str) -> str:
    said = text.strip()
    if len(said) > COMMENT:
        raise BadParameter(
            f"The text has more than {COMMENT} characters.",
            f"Текстът има повече от {COMMENT} знака.",
        )
    return said


def _required(text: str) -> str:
    said = _said(text)
    if not said:
        raise BadParameter("Say why, or what.", "Напишете защо или какво.")
    return said


def _made(entry: Entry | None) -> Entry:
    assert entry is not None  # noqa: S101 - only a submission can change nothing
    return entry
