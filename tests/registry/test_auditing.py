import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from registry import review, submissions
from registry.auditing import BATCH, Auditing
from registry.desk import Channel
from registry.errors import NotAllowed, NotFound
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from registry.lifecycle import Role
from registry.people import KEEPER, Organisation, Person
from registry.record import Entry, Provenance
from registry.views.trail import Line, written_csv, written_json
from tests.versions import content

OURS, THEIRS = RecordId("institution", "ours"), RecordId("institution", "theirs")
REVIEWER = Person("r", "Rada", "r@a.example", roles={"a": Role.REVIEWER})
KEEPING = Person("k", "Kalin", "k@a.example", roles={KEEPER: Role.REVIEWER})
CONTRIBUTOR = Person("c", "Cveta", "c@a.example", roles={"a": Role.CONTRIBUTOR})
STRANGER = Person("s", "Stoyan", "s@b.example", roles={"b": Role.ADMINISTRATOR})


@dataclass
class Desk:
    """Two organisations, of which one keeps a record, and the ways of submissions."""

    known: dict[int, tuple[str, Channel]] = field(default_factory=dict)

    def organisations(self) -> Sequence[Organisation]:
        return [Organisation(id, {"bg": id}) for id in (KEEPER, "a", "b")]

    def kept(self, organisation: str) -> Sequence[RecordId]:
        return [OURS] if organisation == "a" else []

    def ways(self, first: int, last: int) -> Mapping[int, tuple[str, Channel]]:
        return {n: way for n, way in self.known.items() if first <= n <= last}


def _handed_in(
    journal: SqlJournal, desk: Desk, record: RecordId, actor: str, organisation: str
) -> Entry:
    name = f"{record.key} {journal.tip()[0]}"
    made = content(record, {"type": "Organization", "name": {"bg": name}})
    with journal.write() as writer:
        entry = submissions.submit(
            writer, record, made, provenance=Provenance(), actor=actor
        )
    assert entry is not None
    desk.known[entry.sequence] = (organisation, Channel.FORM)
    return entry


def _accepted(journal: SqlJournal, entry: Entry, actor: str, reason: str) -> None:
    with journal.write() as writer:
        review.accept(writer, entry, actor=actor, reason=reason)


def _told(lines: Sequence[Line]) -> list[tuple[int, str, str | None, str]]:
    return [(i.entry.sequence, i.organisation, i.name, i.entry.reason) for i in lines]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def audit(journal: SqlJournal, desk: Desk) -> Auditing:
    """Changes of both records: ours by two people, theirs from the command line."""
    maria = journal.actors.add("Мария", "m@a.example").id
    boris = journal.actors.add("Борис").id
    ours = _handed_in(journal, desk, OURS, maria, "a")
    _accepted(journal, ours, boris, "checked")
    theirs = _handed_in(journal, desk, THEIRS, "loader", KEEPER)
    del desk.known[theirs.sequence]
    _handed_in(journal, desk, THEIRS, maria, "a")
    return Auditing(journal, journal.actors, desk, desk)


def test_the_keeper_sees_everything(audit: Auditing) -> None:
    """Whoever keeps the registry sees each change: who, for whom, by which way, why."""
    lines = list(audit.export(KEEPING))

    assert _told(lines) == [
        (1, "a", "Мария", ""),
        (2, "a", "Борис", "checked"),
        (3, KEEPER, None, ""),
        (4, "a", "Мария", ""),
    ]
    assert [line.channel for line in lines] == [
        *(Channel.FORM, Channel.FORM, None, Channel.FORM)
    ]
    assert not any(line.erased for line in lines)


def test_an_organisation_sees_its_own(audit: Auditing) -> None:
    """An organisation sees its records, and what it handed in about others."""
    assert [n for n, *_ in _told(list(audit.export(REVIEWER, "a")))] == [1, 2, 4]
    assert [n for n, *_ in _told(audit.latest(REVIEWER, "a"))] == [4, 2, 1]


def test_pages_begin_with_the_latest(audit: Auditing) -> None:
    """Pages go back in time, each from where the one before ended."""
    first = audit.latest(KEEPING, limit=3)
    second = audit.latest(KEEPING, before=first[-1].entry.sequence, limit=3)

    assert [n for n, *_ in _told([*first, *second])] == [4, 3, 2, 1]
    assert audit.latest(KEEPING, before=1) == []


def test_longer_than_a_batch(audit: Auditing, journal: SqlJournal) -> None:
    """What an organisation did long ago is found behind what others did since."""
    with journal.write() as writer:
        for number in range(BATCH + 20):
            one = RecordId("institution", f"n{number}")
            made = content(one, {"type": "Organization", "name": {"bg": str(number)}})
            submissions.submit(writer, one, made, provenance=Provenance(), actor="x")

    assert [n for n, *_ in _told(audit.latest(REVIEWER, "a", limit=2))] == [4, 2]
    assert len(list(audit.export(KEEPING))) == BATCH + 24
    assert [n for n, *_ in _told(list(audit.export(REVIEWER, "a", after=2)))] == [4]


@pytest.mark.parametrize(
    ("person", "organisation", "refusal"),
    [
        pytest.param(CONTRIBUTOR, "a", NotAllowed, id="only hands in"),
        pytest.param(STRANGER, "a", NotFound, id="of another organisation"),
        pytest.param(REVIEWER, KEEPER, NotFound, id="everything"),
        pytest.param(REVIEWER, "nowhere", NotFound, id="no organisation"),
    ],
)
def test_who_may_not(
    audit: Auditing,
    person: Person,
    organisation: str,
    refusal: type[NotFound | NotAllowed],
) -> None:
    """Only reviewers audit; that an organisation is there is nobody else's business."""
    with pytest.raises(refusal):
        audit.export(person, organisation)
    with pytest.raises(refusal):
        audit.latest(person, organisation)


def test_erasing_leaves_the_chain_proven(audit: Auditing, journal: SqlJournal) -> None:
    """Who is erased has no name in any export, and the journal is proven as before."""
    maria = journal.entries()[0].actor
    before = [line.entry.hash for line in audit.export(KEEPING)]

    journal.actors.erase(maria)

    lines = list(audit.export(KEEPING))
    assert list(journal.verify()) == [1, 2, 3, 4]
    assert [line.entry.hash for line in lines] == before
    assert [(line.name, line.erased) for line in lines] == [
        (None, True),
        ("Борис", False),
        (None, False),
        (None, True),
    ]
    for written in (written_csv(lines), written_json(lines)):
        text = b"".join(written).decode()
        assert "Мария" not in text
        assert "m@a.example" not in text
        assert maria in text
    told = json.loads(b"".join(written_json(lines)))
    assert [one["erased"] for one in told] == [True, False, False, True]
