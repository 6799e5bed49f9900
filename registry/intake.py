"""The one path of every change: parse, check, authorise, append.

A form, the API, a spreadsheet and a harvest all come this way. `Intake.propose`
reads and checks and writes nothing; `Intake.submit` hands in what was proposed,
all of it or nothing. What is handed in waits for `registry.reviewing`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from secrets import token_hex
from typing import Any, Protocol

from registry import checking, documents, scripts, submissions
from registry.desk import Channel, Submission
from registry.duplicates import Duplicate, Duplicates
from registry.errors import (
    BadParameter,
    Conflict,
    Lossy,
    MalformedDocument,
    NotFound,
    ShapesViolated,
)
from registry.gate import Gate, Handed, Reading
from registry.iris import Iris, RecordId, record_id
from registry.language import Text
from registry.lifecycle import Status
from registry.losses import Loss, lost
from registry.people import Organisation, Person
from registry.policy import State, Subject, Verb, require
from registry.ports import Desk, Journal
from registry.record import Content, Entry, Provenance, Source, Version
from registry.report import Report, Result

KEY_LENGTH = 12
"""Characters of a key that is made here; two records get one by chance never."""


class Stewards(Protocol):
    """Who keeps which record: a part of the port for people and organisations."""

    def organisation(self, id: str) -> Organisation | None:
        """Returns an organisation by its id."""

    def steward(self, record: RecordId) -> str:
        """Returns the id of the organisation that keeps a record."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What somebody wants a record to say.

    Attributes:
        record: which record.
        document: a compact document, or the bytes of one or of a graph.
        media_type: of the bytes, one of `documents.MEDIA_TYPES`.
        based_on: the version that it was made from, 0 for a new record, `None` for
            whatever is current.
    """

    record: RecordId
    document: Mapping[str, Any] | bytes
    media_type: str = documents.JSON_LD
    based_on: int | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """A text that should be typed anew; nothing is refused for it.

    Attributes:
        pointer: where the text stands, as a JSON Pointer (RFC 6901).
        code: the rule, `scripts.MIXED` or `scripts.INVISIBLE`.
        word: what stands there.
        characters: the offending ones, by name.
        message: what to do, per language.
    """

    pointer: str
    code: str
    word: str
    characters: tuple[str, ...]
    message: Text


@dataclass(frozen=True, slots=True)
class Proposal:
    """What became of a proposed document, before anything is written.

    Attributes:
        content: what would be submitted; `None` if it could not be read.
        losses: what is not kept, or not as it was written.
        problem: why it could not be read, per language.
        report: the rules that it breaks.
        advice: texts that should be typed anew.
        based_on: the version that it was made from.
        base: that version; `None` for a new record.
        current: the version that is published now, if one ever was.
        unchanged: whether it says just what is published.
        duplicates: records that may be about the same thing.
    """

    record: RecordId
    content: Content | None
    losses: Sequence[Loss]
    problem: Text | None
    report: Report
    advice: Sequence[Advice]
    based_on: int
    base: Version | None
    current: Version | None
    unchanged: bool
    duplicates: Sequence[Duplicate]

    @property
    def lost(self) -> Sequence[Loss]:
        """What the content says less than what was written."""
        return lost(self.losses)

    @property
    def stale(self) -> bool:
        """Whether the record has moved on since."""
        return self.based_on != number_of(self.current)

    @property
    def acceptable(self) -> bool:
        """Whether it can be handed in."""
        return self.content is not None and self.report.conforms and not self.stale


class Intake:
    """Reads, checks and hands in.

    Args:
        journal: the truth.
        desk: beside it.
        gate: reads and checks in a sandboxed worker.
        stewards: who keeps which record.
        duplicates: finds records about the same thing.
    """

    def __init__(
        self,
        journal: Journal,
        desk: Desk,
        gate: Gate,
        stewards: Stewards,
        duplicates: Duplicates,
    ) -> None:
        self._journal = journal
        self._desk = desk
        self._gate = gate
        self._stewards = stewards
        self._duplicates = duplicates
        self._iris = Iris(journal.base)

    def mint(self, kind: str, seed: str | None = None) -> RecordId:
        """Returns the id of a new record, with a key that tells nothing.

        Args:
            kind: of the record.
            seed: makes the same key again, for a request that comes twice.

        Raises:
            NotFound: there is no such kind.
        """
        if seed is not None:
            digest = sha256(f"{kind} {seed}".encode()).hexdigest()
            return record_id(kind, digest[:KEY_LENGTH])
        while True:
            record = record_id(kind, token_hex(KEY_LENGTH // 2))
            if self._journal.head(record) is None:
                return record

    def propose(self, drafts: Sequence[Proposed]) -> Sequence[Proposal]:
        """Reads and checks documents, together, and writes nothing.

        Raises:
            BadParameter: two of them are of one record.
            MalformedDocument: reading or checking them had to be stopped.
        """
        if len({draft.record for draft in drafts}) < len(drafts):
            raise BadParameter(
                "Two of the documents are of one record.",
                "Два от документите са за един и същ запис.",
            )
        currents = [self._journal.current(draft.record) for draft in drafts]
        readings = self._read(drafts, currents)
        contents = {
            draft.record: reading.content
            for draft, reading in zip(drafts, readings, strict=True)
            if reading.content
        }
        report = checking.check(
            contents, gate=self._gate, journal=self._journal, iris=self._iris
        )
        return [
            self._proposal(draft, reading, current, report)
            for draft, reading, current in zip(drafts, readings, currents, strict=True)
        ]

    def _read(
        self, drafts: Sequence[Proposed], currents: Sequence[Version | None]
    ) -> Sequence[Reading]:
        readings: dict[int, Reading] = {}
        handed: dict[int, Handed] = {}
        for at, (draft, current) in enumerate(zip(drafts, currents, strict=True)):
            try:
                handed[at] = self._handed(draft, current)
            except MalformedDocument as error:
                readings[at] = Reading(None, problem=error.detail)
        answers = self._gate.admit(list(handed.values())) if handed else ()
        readings.update(zip(handed, answers, strict=True))
        return [readings[at] for at in range(len(drafts))]

    def _handed(self, draft: Proposed, current: Version | None) -> Handed:
        root = self._iris.thing(draft.record)
        known = () if current is None else _others(current.content, root)
        if isinstance(draft.document, Mapping):
            return Handed(root, draft.document, known=known)
        if draft.media_type != documents.JSON_LD:
            text = documents.decoded(draft.document)
            return Handed(root, text, draft.media_type, known)
        return Handed(root, documents.read_object(draft.document), known=known)

    def _proposal(
        self,
        draft: Proposed,
        reading: Reading,
        current: Version | None,
        report: Report,
    ) -> Proposal:
        content = reading.content
        number = number_of(current)
        based_on = number if draft.based_on is None else draft.based_on
        return Proposal(
            draft.record,
            content,
            reading.losses,
            reading.problem,
            report.of(self._iris.thing(draft.record)),
            list(advice(json.loads(content.document))) if content else (),
            based_on,
            current
            if based_on == number
            else self._journal.version(draft.record, based_on),
            current,
            content is not None and _same(content, current),
            self._duplicates.of(draft.record, content) if content else (),
        )

    def submit(
        self,
        person: Person,
        proposals: Sequence[Proposal],
        *,
        organisation: str,
        channel: Channel,
        reason: str,
        provenance: Provenance | None = None,
        idempotency_key: str | None = None,
        amends: int | None = None,
        guest: bool = False,
        accept_losses: bool = False,
    ) -> Sequence[Submission]:
        """Hands in what was proposed, all of it in one transaction.

        A submission takes the place of an open one of the same record by the same
        person. What would change nothing is not handed in.

        Args:
            person: who does.
            proposals: of different records.
            organisation: for which new records are handed in; others belong to
                the organisation that keeps them.
            channel: by which way.
            reason: what the person says to the reviewer.
            provenance: where it comes from; otherwise the sources of the version
                before, and the organisation's own statement.
            idempotency_key: the same key again hands in nothing more.
            amends: number of the submission that the only proposal changes.
            guest: whether the records wait for contributions of every organisation,
                as a table does that municipalities fill in.
            accept_losses: whether the person knows that something of what was written
                is not kept.

        Returns:
            The submissions, in the order of the proposals.

        Raises:
            NotAllowed: the person may not.
            BadParameter: there is no such organisation.
            MalformedDocument: one could not be read.
            Lossy: something would be lost of one, and the person did not accept that.
            ShapesViolated: one breaks a rule that it must keep.
            Conflict: one was made from a version that is no longer current, or
                the key was used before for something else.
        """
        key = None if idempotency_key is None else f"{person.actor} {idempotency_key}"
        answered = None if key is None else self._journal.answered(key)
        if answered is not None:
            return self._again(idempotency_key, answered, proposals)
        for proposal in proposals:
            _check(proposal, accept_losses=accept_losses)
        amended = self._amended(person, amends, proposals)
        owners = [self._owner(p, organisation, amended) for p in proposals]
        if amended is None:
            for proposal, owner in zip(proposals, owners, strict=True):
                known = Subject(_state(proposal), owner)
                invited = Subject(State.NEW, organisation)
                require(person, Verb.SUBMIT, invited if guest else known)
        entries: list[Entry] = []
        with self._desk.write(key) as writer:
            if amended is not None:
                now = writer.submission(amended.number) or amended
                require(person, Verb.AMEND, now.subject)
            for proposal, owner in zip(proposals, owners, strict=True):
                entry = submissions.submit(
                    writer,
                    proposal.record,
                    _content(proposal),
                    provenance=provenance or self._provenance(proposal, owner),
                    actor=person.actor,
                    based_on=proposal.based_on,
                    reason=reason,
                )
                if entry is not None:
                    submissions.take_place(writer, entry, amended)
                    writer.hand_in(
                        entry,
                        organisation=owner,
                        channel=channel,
                        amends=amends,
                        losses=proposal.losses,
                    )
                    entries.append(entry)
        return [self._submission(entry) for entry in entries]

    def _again(
        self,
        key: str | None,
        answered: Sequence[Entry | None],
        proposals: Sequence[Proposal],
    ) -> Sequence[Submission]:
        """Returns what a key was answered with, if it was for the same thing."""
        same = len(answered) == len(proposals) and all(
            entry is None
            or (proposal.content and entry.digest == proposal.content.digest)
            for entry, proposal in zip(answered, proposals, strict=True)
        )
        if not same:
            raise Conflict(
                f"The key “{key}” was used before, with other changes.",
                f"Ключът „{key}“ вече е използван за други промени.",
                extra={"idempotency_key": key},
            )
        return [self._submission(entry) for entry in answered if entry]

    def _submission(self, entry: Entry) -> Submission:
        found = self._desk.submission(entry.sequence)
        assert found is not None  # noqa: S101 - it was appended
        return found

    def _amended(
        self, person: Person, number: int | None, proposals: Sequence[Proposal]
    ) -> Submission | None:
        if number is None:
            return None
        found = self._desk.submission(number)
        if found is None:
            raise NotFound(
                f"There is no submission {number}.", f"Няма предложение {number}."
            )
        require(person, Verb.AMEND, found.subject)
        if [proposal.record for proposal in proposals] != [found.entry.record]:
            raise BadParameter(
                f"Submission {number} is of {found.entry.record} alone.",
                f"Предложение {number} е само за {found.entry.record}.",
            )
        return found

    def _owner(
        self, proposal: Proposal, organisation: str, amended: Submission | None
    ) -> str:
        if amended is not None:
            return amended.organisation
        if proposal.current is None:
            if self._stewards.organisation(organisation) is None:
                raise BadParameter(
                    f"There is no organisation {organisation}.",
                    f"Няма организация {organisation}.",
                )
            return organisation
        return self._stewards.steward(proposal.record)

    def _provenance(self, proposal: Proposal, owner: str) -> Provenance:
        base = Provenance() if proposal.base is None else proposal.base.head.provenance
        before = None if proposal.base is None else proposal.base.content
        if proposal.unchanged:
            return base
        stated = self._statement(owner)
        seen = [*base.name_seen_in, *_named_anew(_content(proposal), before)]
        return replace(
            base,
            sources=tuple(dict.fromkeys([*base.sources, *stated])),
            name_seen_in=tuple(dict.fromkeys(seen)),
            dataset=None,
        )

    def _statement(self, owner: str) -> Iterator[Source]:
        """Yields the organisation's own entry: it is who says so."""
        organisation = self._stewards.organisation(owner)
        if organisation is not None and organisation.record is not None:
            yield Source(self._iris.thing(organisation.record))


def number_of(version: Version | None) -> int:
    """Returns the number of a published version, 0 for none."""
    return 0 if version is None else version.head.version


def advice(document: Mapping[str, Any]) -> Iterator[Advice]:
    """Yields what should be typed anew in the texts of a document."""
    for pointer, text in _texts(document, ""):
        for found in scripts.lint(text):
            message = scripts.MESSAGES[found.code]
            yield Advice(pointer, found.code, found.word, found.characters, message)


def violation(report: Report) -> ShapesViolated:
    """Returns the refusal of what breaks a rule that it must keep."""
    broken = [result for result in report.results if result.severity == "must"]
    codes = ", ".join(dict.fromkeys(result.code for result in broken))
    return ShapesViolated(
        f"Rules that must be kept are broken: {codes}.",
        f"Нарушени са задължителни правила: {codes}.",
        extra={"errors": errors(broken)},
    )


def errors(results: Iterable[Result]) -> list[dict[str, object]]:
    """Returns the results of a check as a problem document lists them."""
    return [
        {
            "focusNode": result.focus_node,
            "node": result.node,
            "path": result.path,
            "value": result.value,
            "code": result.code,
            "severity": result.severity,
            "message": dict(result.message),
        }
        for result in results
    ]


def conflict(
    record: RecordId, based_on: int, base: Version | None, current: Version | None
) -> Conflict:
    """Returns the refusal of what was made from an older version, showing both."""
    number = number_of(current)
    return Conflict(
        f"The change of {record} was made from version {based_on}, and the current "
        f"version is {number}.",
        f"Промяната на {record} е направена по версия {based_on}, а текущата версия "
        f"е {number}.",
        extra={
            "record": str(record),
            "based_on": based_on,
            "current": number,
            "base_document": base and json.loads(base.content.document),
            "current_document": current and json.loads(current.content.document),
        },
    )


def _check(proposal: Proposal, *, accept_losses: bool) -> None:
    if proposal.content is None:
        problem = proposal.problem or {}
        raise MalformedDocument(
            problem.get("en", ""),
            problem.get("bg", ""),
            extra={
                "record": str(proposal.record),
                "losses": [asdict(loss) for loss in proposal.losses],
            },
        )
    if proposal.lost and not accept_losses:
        raise Lossy(
            f"{len(proposal.lost)} pieces of the document cannot be kept. Mend them, "
            "or say that they may be lost.",
            f"{len(proposal.lost)} части от документа не могат да бъдат запазени. "
            "Поправете ги или посочете, че могат да отпаднат.",
            extra={
                "record": str(proposal.record),
                "losses": [asdict(loss) for loss in proposal.losses],
            },
        )
    if proposal.stale:
        raise conflict(
            proposal.record, proposal.based_on, proposal.base, proposal.current
        )
    if not proposal.report.conforms:
        raise violation(proposal.report)


def _content(proposal: Proposal) -> Content:
    assert proposal.content is not None  # noqa: S101 - see `_check`
    return proposal.content


def _state(proposal: Proposal) -> State:
    if proposal.current is None:
        return State.NEW
    match proposal.current.head.status:
        case Status.RETIRED:
            return State.RETIRED
        case Status.SUPERSEDED:
            return State.SUPERSEDED
        case _:
            return State.PUBLISHED


def _same(content: Content, current: Version | None) -> bool:
    return (
        current is not None
        and current.head.status.public
        and current.head.digest == content.digest
    )


def _others(content: Content, root: str) -> tuple[str, ...]:
    """Returns nodes that a record speaks of without their being nested in it."""
    subjects = {
        line.partition(" ")[0].strip("<>") for line in content.triples.split("\n")
    }
    return tuple(
        sorted(s for s in subjects if s and s != root and not s.startswith(f"{root}#"))
    )


def _named_anew(content: Content, before: Content | None) -> Iterator[str]:
    """Yields the languages in which the name is not what it was."""
    old = _names(before) if before else {}
    for language, name in _names(content).items():
        if old.get(language) != name:
            yield language


def _names(content: Content) -> Mapping[str, object]:
    document = json.loads(content.document)
    names = document.get("name") or document.get("title")
    return names if isinstance(names, Mapping) else {}


def _texts(value: object, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name not in {"@context", "id", "type"}:
                escaped = name.replace("~", "~0").replace("/", "~1")
                yield from _texts(member, f"{pointer}/{escaped}")
    elif isinstance(value, list):
        for at, member in enumerate(value):
            yield from _texts(member, f"{pointer}/{at}")
