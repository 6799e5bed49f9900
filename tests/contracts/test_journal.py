"""What every journal must do, whatever database it is in."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.errors import Conflict, Invalid, NotAllowed, RegistryError
from registry.iris import RecordId
from registry.journal.heads import advance
from registry.journal.sql import create
from registry.lifecycle import Event, Status
from registry.ports import Journal
from registry.record import (
    Change,
    Content,
    Entry,
    Head,
    Provenance,
    Source,
    Version,
)
from tests.strategies import examples

BASE = "http://127.0.0.1:8000/"
DAWN = datetime(2026, 1, 1, tzinfo=UTC)
SAR = RecordId("institution", "sar")
IOM = RecordId("institution", "iom")
SEEN = Provenance(
    sources=(Source("http://example.org/", "2024-05"), Source("http://example.com/")),
    name_seen_in=("bg",),
    note={"bg": "Да се провери.", "en": "To be checked."},
    dataset="ab" * 32,
)


class Setting:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = DAWN

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: int = 1) -> datetime:
        """Moves the clock and returns the new time."""
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def time() -> Setting:
    """The clock of the journal."""
    return Setting()


@pytest.fixture
def journal(place: str | Path, time: Setting) -> Iterator[Journal]:
    """An empty journal in each kind of database."""
    made = create(place, BASE, time)
    yield made
    made.close()


def content(text: str, record: RecordId = SAR) -> Content:
    """Returns a content that says the text of the record."""
    thing = f"{BASE}id/{record}"
    return Content(
        f'{{"id":"{thing}","note":"{text}"}}', f'<{thing}> <urn:note> "{text}" .\n'
    )


def submission(text: str, record: RecordId = SAR, **parts: Any) -> Change:
    """Returns a change that submits the text."""
    change = Change(
        record, Event.SUBMITTED, "ann", content=content(text, record), provenance=SEEN
    )
    return replace(change, **parts)


def add(journal: Journal, change: Change) -> Entry:
    """Appends one change in a transaction of its own."""
    with journal.write() as writer:
        entry = writer.append(change)
    assert entry is not None
    return entry


def write_all(journal: Journal, key: str, changes: list[Change]) -> None:
    """Appends the changes in one transaction under the key."""
    with journal.write(key) as writer:
        for change in changes:
            writer.append(change)


def accept(journal: Journal, entry: Entry, status: Status | None = None) -> Entry:
    """Accepts a submission."""
    return add(
        journal,
        Change(
            entry.record,
            Event.ACCEPTED,
            "rev",
            status=status,
            decides=entry.sequence,
        ),
    )


def publish(journal: Journal, text: str, record: RecordId = SAR) -> Entry:
    """Submits the text and accepts it."""
    return accept(journal, add(journal, submission(text, record)))


def event(journal: Journal, name: Event, record: RecordId = SAR) -> Entry:
    """Appends an event that has no further parts."""
    return add(journal, Change(record, name, "rev"))


def test_an_empty_journal_has_nothing(journal: Journal) -> None:
    """A new journal has its base, no entries, and a tip of zeros."""
    assert journal.base == BASE
    assert journal.tip() == (0, "0" * 64)
    assert journal.head(SAR) is None
    assert journal.current(SAR) is None
    assert journal.version(SAR, 1) is None
    assert journal.as_of(SAR, DAWN) is None
    assert list(journal.history(SAR)) == []
    assert list(journal.entries()) == []
    assert list(journal.heads()) == []
    assert list(journal.changed(0)) == []
    assert list(journal.verify()) == []


def test_a_submission_is_kept_and_not_published(journal: Journal) -> None:
    """A first submission makes a head without a version, and nothing public."""
    entry = add(journal, submission("a", based_on=0, reason="new"))

    assert entry == Entry(
        sequence=1,
        record=SAR,
        event=Event.SUBMITTED,
        status=Status.SUBMITTED,
        version=0,
        digest=content("a").digest,
        provenance=SEEN,
        based_on=0,
        decides=None,
        successor=None,
        actor="ann",
        reason="new",
        at=DAWN,
        previous="0" * 64,
        hash=entry.hash,
        document_digest=entry.document_digest,
    )
    assert journal.head(SAR) == Head(
        record=SAR,
        sequence=0,
        version=0,
        status=Status.SUBMITTED,
        digest=None,
        provenance=Provenance(),
        successor=None,
        submitted=DAWN,
        modified=DAWN,
        verified=None,
    )
    assert journal.current(SAR) is None
    assert list(journal.heads()) == []
    assert list(journal.changed(0)) == []
    assert journal.tip() == (1, entry.hash)


def test_what_is_not_published_is_found_by_number_and_digest(
    journal: Journal,
) -> None:
    """An entry by its sequence number, and the content that it submits."""
    entry = add(journal, submission("a"))

    assert journal.entry(entry.sequence) == entry
    assert journal.content(content("a").digest) == content("a")
    assert journal.entry(2) is None
    assert journal.content("0" * 64) is None


def test_a_key_knows_what_it_was_answered_with(journal: Journal) -> None:
    """Change by change, nothing for one that changed nothing."""
    published = publish(journal, "a")
    write_all(journal, "k", [submission("a"), submission("b", IOM)])

    assert journal.answered("k") == [None, journal.entry(published.sequence + 1)]
    assert journal.answered("other") is None


def test_an_acceptance_publishes_the_submission(
    journal: Journal, time: Setting
) -> None:
    """The content and provenance of the submission become version 1."""
    submitted = add(journal, submission("a"))
    at = time.tick()

    entry = accept(journal, submitted)

    head = Head(
        record=SAR,
        sequence=2,
        version=1,
        status=Status.STABLE,
        digest=content("a").digest,
        provenance=SEEN,
        successor=None,
        submitted=DAWN,
        modified=at,
        verified=None,
    )
    assert (entry.version, entry.digest, entry.provenance, entry.decides) == (
        1,
        content("a").digest,
        SEEN,
        1,
    )
    assert entry.previous == submitted.hash
    assert journal.head(SAR) == head
    assert journal.current(SAR) == Version(head, content("a"))
    assert journal.version(SAR, 1) == Version(head, content("a"))
    assert list(journal.heads()) == [Version(head, content("a"))]
    assert list(journal.changed(0)) == [Version(head, content("a"))]
    assert list(journal.history(SAR)) == [submitted, entry]


def test_the_reviewer_chooses_the_status(journal: Journal) -> None:
    """An acceptance may be experimental."""
    accept(journal, add(journal, submission("a")), Status.EXPERIMENTAL)

    head = journal.head(SAR)
    assert head is not None
    assert head.status is Status.EXPERIMENTAL


def test_a_second_version_leaves_the_first_as_it_was(
    journal: Journal, time: Setting
) -> None:
    """A version never changes, whatever happens to the record afterwards."""
    publish(journal, "a")
    first = journal.version(SAR, 1)
    time.tick()
    publish(journal, "b")
    event(journal, Event.VERIFIED)
    event(journal, Event.RETIRED)

    assert journal.version(SAR, 1) == first
    current, second = journal.current(SAR), journal.version(SAR, 2)
    assert current is not None
    assert second is not None
    assert (current.content, current.head.version) == (content("b"), 2)
    assert (second.content, second.head.status) == (content("b"), Status.STABLE)
    assert journal.version(SAR, 3) is None


def test_a_rejection_leaves_what_is_published(journal: Journal) -> None:
    """A rejected submission changes neither version nor status nor position."""
    publish(journal, "a")
    before = journal.current(SAR)
    submitted = add(journal, submission("b"))

    entry = add(
        journal,
        Change(SAR, Event.REJECTED, "rev", decides=submitted.sequence, reason="no"),
    )

    assert (entry.status, entry.version, entry.digest) == (Status.STABLE, 1, None)
    assert journal.current(SAR) == before


def test_a_record_that_was_only_rejected_is_rejected(journal: Journal) -> None:
    """Without a published version, the head follows the review."""
    submitted = add(journal, submission("a"))
    add(journal, Change(SAR, Event.REJECTED, "rev", decides=submitted.sequence))

    head = journal.head(SAR)
    assert head is not None
    assert (head.status, head.version, head.sequence) == (Status.REJECTED, 0, 0)


def test_a_confirmation_moves_only_its_own_date(
    journal: Journal, time: Setting
) -> None:
    """*Verified* sets when, moves the head, and touches no other date."""
    publish(journal, "a")
    before = journal.head(SAR)
    at = time.tick()

    entry = event(journal, Event.VERIFIED)

    assert before is not None
    assert journal.head(SAR) == replace(before, sequence=entry.sequence, verified=at)


def test_a_superseded_record_names_its_successor(journal: Journal) -> None:
    """The head of a superseded record keeps its version and its successor."""
    publish(journal, "a")
    publish(journal, "b", IOM)

    add(journal, Change(SAR, Event.SUPERSEDED, "rev", successor=IOM))

    current = journal.current(SAR)
    assert current is not None
    assert (current.head.status, current.head.successor, current.head.version) == (
        Status.SUPERSEDED,
        IOM,
        1,
    )


@pytest.mark.parametrize("successor", [SAR, IOM], ids=["itself", "unpublished"])
def test_a_successor_must_be_another_published_record(
    journal: Journal, successor: RecordId
) -> None:
    """A record gives way neither to itself nor to one that nobody can see."""
    publish(journal, "a")
    add(journal, submission("b", IOM))

    with pytest.raises(NotAllowed):
        add(journal, Change(SAR, Event.SUPERSEDED, "rev", successor=successor))


def test_a_retired_record_may_come_back(journal: Journal) -> None:
    """The same content for a retired record is a change, and can be accepted."""
    publish(journal, "a")
    event(journal, Event.RETIRED)
    again = add(journal, submission("a"))
    assert again.status is Status.RETIRED

    accept(journal, again)

    head = journal.head(SAR)
    assert head is not None
    assert (head.status, head.version) == (Status.STABLE, 2)


def test_saving_without_a_change_appends_nothing(journal: Journal) -> None:
    """A submission that repeats what is published is answered with nothing."""
    publish(journal, "a")
    tip = journal.tip()

    with journal.write() as writer:
        assert writer.append(submission("a")) is None

    assert journal.tip() == tip


def test_another_provenance_is_a_change(journal: Journal) -> None:
    """The same content from another source is submitted."""
    publish(journal, "a")

    assert add(journal, submission("a", provenance=Provenance())).sequence == 3


def test_a_stale_submission_is_refused_with_both_versions(journal: Journal) -> None:
    """A change made from an older version names that version and the current."""
    publish(journal, "a")

    with pytest.raises(Conflict) as refused:
        add(journal, submission("b", based_on=0))

    assert refused.value.extra == {
        "record": "institution/sar",
        "based_on": 0,
        "current": 1,
    }
    assert journal.tip()[0] == 2


def test_a_submission_that_was_overtaken_is_not_accepted_unseen(
    journal: Journal,
) -> None:
    """Of two changes made from one version, the second needs the reviewer's word."""
    first = add(journal, submission("a", based_on=0))
    second = add(journal, submission("b", based_on=0))
    accept(journal, first)
    with pytest.raises(Conflict):
        accept(journal, second)

    entry = add(
        journal,
        Change(SAR, Event.ACCEPTED, "rev", decides=second.sequence, based_on=1),
    )

    assert (entry.version, entry.based_on) == (2, 1)


def test_a_submission_is_decided_once(journal: Journal) -> None:
    """Neither in the same transaction nor later is there a second decision."""
    submitted = add(journal, submission("a"))
    decision = Change(SAR, Event.REJECTED, "rev", decides=submitted.sequence)

    with journal.write() as writer:
        writer.append(decision)
        with pytest.raises(NotAllowed):
            writer.append(decision)
    with pytest.raises(NotAllowed):
        add(journal, decision)


def test_nobody_decides_on_their_own_submission(journal: Journal) -> None:
    """Four eyes see every change before it is published."""
    submitted = add(journal, submission("a"))

    with pytest.raises(NotAllowed):
        add(journal, Change(SAR, Event.ACCEPTED, "ann", decides=submitted.sequence))


@pytest.mark.parametrize(
    "number", [0, 2, 3, 99], ids=["zero", "an acceptance", "another record", "none"]
)
def test_a_decision_names_a_submission_of_its_record(
    journal: Journal, number: int
) -> None:
    """Only an open submission of the same record can be decided."""
    publish(journal, "a")
    add(journal, submission("b", IOM))

    with pytest.raises(NotAllowed):
        add(journal, Change(SAR, Event.ACCEPTED, "rev", decides=number))


@pytest.mark.parametrize(
    "change",
    [
        Change(SAR, Event.SUBMITTED, "ann"),
        Change(SAR, Event.ACCEPTED, "rev"),
        Change(SAR, Event.REJECTED, "rev"),
        Change(SAR, Event.SUPERSEDED, "rev"),
        Change(SAR, Event.RETIRED, "rev", content=content("a")),
        Change(SAR, Event.VERIFIED, "rev", decides=1),
        Change(SAR, Event.RETIRED, "rev", successor=IOM),
    ],
    ids=lambda change: f"{change.event}",
)
def test_a_change_has_the_parts_of_its_event(journal: Journal, change: Change) -> None:
    """A part that is missing, or out of place, is refused."""
    publish(journal, "a")

    with pytest.raises(Invalid):
        add(journal, change)


def test_an_error_in_the_block_leaves_nothing(journal: Journal) -> None:
    """A transaction that fails writes nothing of what it appended."""

    def fail() -> None:
        with journal.write() as writer:
            writer.append(submission("a"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert journal.tip() == (0, "0" * 64)
    assert journal.head(SAR) is None


def test_a_writer_sees_what_it_wrote_and_others_do_not(journal: Journal) -> None:
    """Within the block, heads move at once; outside, when it has ended."""
    with journal.write() as writer:
        entry = writer.append(submission("a"))
        assert entry is not None
        writer.append(Change(SAR, Event.ACCEPTED, "rev", decides=entry.sequence))
        inside = writer.head(SAR)
        assert journal.head(SAR) is None

    assert inside is not None
    assert inside.version == 1
    assert journal.head(SAR) == inside


def test_a_long_transaction_is_one(journal: Journal) -> None:
    """Thousands of records submitted, then all accepted, in one transaction."""
    records = [RecordId("course", f"c{number:04}") for number in range(1500)]
    with journal.write() as writer:
        entries = [writer.append(submission("a", record)) for record in records]
        for entry in entries:
            assert entry is not None
            writer.append(
                Change(entry.record, Event.ACCEPTED, "rev", decides=entry.sequence)
            )

    assert journal.tip()[0] == 3000
    assert [each.head.record for each in journal.heads("course")] == records
    assert list(journal.verify()) == list(range(1, 3001))


def test_the_same_triples_are_kept_once(journal: Journal) -> None:
    """Of two documents with the same triples, the one that came first is kept."""
    publish(journal, "a")
    publish(journal, "b")
    add(journal, submission("a", content=replace(content("a"), document="{}")))

    accept(journal, journal.entries(after=4)[0])

    current = journal.current(SAR)
    assert current is not None
    assert current.content == content("a")
    assert list(journal.verify()) == [1, 2, 3, 4, 5, 6]


def test_time_does_not_go_back(journal: Journal, time: Setting) -> None:
    """When the clock jumps back, an entry has the time of the one before."""
    add(journal, submission("a"))
    time.tick(-3600)

    assert add(journal, submission("b")).at == DAWN


def test_time_is_kept_in_utc_to_the_microsecond(
    journal: Journal, time: Setting
) -> None:
    """Whatever the zone of the clock, the moment is kept as it is in UTC."""
    time.now = datetime.fromisoformat("2026-07-01T12:00:00.000001+03:00")

    entry = add(journal, submission("a"))

    assert entry.at.isoformat() == "2026-07-01T09:00:00.000001+00:00"
    assert journal.entries() == [entry]


def test_as_of_gives_the_state_of_each_moment(journal: Journal, time: Setting) -> None:
    """Version and status are those of the moment, however it went on."""
    publish(journal, "a")
    moments = [DAWN - timedelta(seconds=1), DAWN]
    moments.append(time.tick())
    publish(journal, "b")
    moments.append(time.tick())
    event(journal, Event.RETIRED)

    states = [journal.as_of(SAR, moment) for moment in moments]

    assert [
        state and (state.content, state.head.version, state.head.status)
        for state in states
    ] == [
        None,
        (content("a"), 1, Status.STABLE),
        (content("b"), 2, Status.STABLE),
        (content("b"), 2, Status.RETIRED),
    ]
    assert states[-1] == journal.current(SAR)


def test_after_entry_gives_the_state_of_each_entry(
    journal: Journal, time: Setting
) -> None:
    """What came later does not change how a record stood after an entry."""
    add(journal, submission("a"))
    accept(journal, journal.history(SAR)[0])
    time.tick()
    event(journal, Event.VERIFIED)
    event(journal, Event.RETIRED)
    add(journal, submission("b"))
    accept(journal, journal.history(SAR)[-1])

    found = [journal.after_entry(entry) for entry in journal.history(SAR)]

    assert [
        version and (version.head.sequence, version.head.status, version.content)
        for version in found
    ] == [
        None,
        (2, Status.STABLE, content("a")),
        (3, Status.STABLE, content("a")),
        (4, Status.RETIRED, content("a")),
        (4, Status.RETIRED, content("a")),
        (6, Status.STABLE, content("b")),
    ]
    assert found[-1] == journal.current(SAR)


def test_entry_before_is_of_the_same_record(journal: Journal) -> None:
    """Entries of other records in between are passed over."""
    first = add(journal, submission("a"))
    add(journal, submission("c", IOM))
    second = accept(journal, first)

    assert journal.entry_before(second) == first
    assert journal.entry_before(first) is None


def test_a_moment_needs_a_time_zone(journal: Journal) -> None:
    """A time without a zone could be any of several moments."""
    add(journal, submission("a"))

    with pytest.raises(ValueError, match="time zone"):
        journal.as_of(SAR, datetime(2026, 1, 1))  # noqa: DTZ001 - the case itself


def test_changed_follows_the_order_of_changes(journal: Journal) -> None:
    """A record appears once, where it moved last; submissions do not count."""
    publish(journal, "a")
    publish(journal, "b", IOM)
    event(journal, Event.VERIFIED)
    add(journal, submission("c", IOM))

    def moved(after: int, limit: int = 1000) -> list[tuple[RecordId, int]]:
        versions = journal.changed(after, limit)
        return [(each.head.record, each.head.sequence) for each in versions]

    assert moved(0) == [(IOM, 4), (SAR, 5)]
    assert moved(0, limit=1) == [(IOM, 4)]
    assert moved(4) == [(SAR, 5)]
    assert moved(5) == []


def test_changed_of_one_kind_leaves_out_the_others(journal: Journal) -> None:
    """The changes of one kind come in the same order, page by page."""
    bulgaria = RecordId("place", "bg")
    for record in (IOM, bulgaria, SAR):
        publish(journal, "a", record)
    event(journal, Event.RETIRED, IOM)

    def moved(kind: str, after: int = 0, limit: int = 1000) -> list[RecordId]:
        versions = journal.changed(after, limit, kind=kind)
        return [each.head.record for each in versions]

    assert moved("institution") == [SAR, IOM]
    assert moved("institution", limit=1) == [SAR]
    assert moved("institution", after=6) == [IOM]
    assert moved("place") == [bulgaria]
    assert moved("course") == []


def test_heads_are_sorted_by_kind_and_key(journal: Journal) -> None:
    """The order is that of code points, so that it is the same everywhere."""
    places = [RecordId("place", key) for key in ("a-b", "a.b", "a0", "ab", "b")]
    for record in reversed([IOM, *places]):
        publish(journal, "a", record)
    add(journal, submission("a"))

    assert [each.head.record for each in journal.heads()] == [IOM, *places]
    assert [each.head.record for each in journal.heads("place")] == places
    assert list(journal.heads("course")) == []


def test_entries_come_in_pages(journal: Journal) -> None:
    """Entries are read by sequence number, and each names the one before."""
    for text in "abcde":
        add(journal, submission(text))

    entries = list(journal.entries())

    assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5]
    assert list(journal.entries(after=1, limit=2)) == entries[1:3]
    assert all(b.previous == a.hash for a, b in pairwise(entries))


def test_a_repeated_key_answers_as_the_first_time(journal: Journal) -> None:
    """The block gets the same entries and heads, and nothing is written."""

    def load() -> list[object]:
        with journal.write("key-1") as writer:
            before = writer.head(SAR)
            entry = writer.append(submission("a", based_on=0))
            assert entry is not None
            between = writer.head(SAR)
            accepted = writer.append(
                Change(SAR, Event.ACCEPTED, "rev", decides=entry.sequence)
            )
            nothing = writer.append(submission("a"))
            return [before, entry, between, accepted, nothing, writer.head(SAR)]

    first = load()
    publish(journal, "b")
    tip = journal.tip()

    assert load() == first
    assert journal.tip() == tip


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [submission("a")],
        [submission("a"), submission("c", IOM)],
        [submission("a"), submission("b", IOM), submission("c", IOM)],
    ],
    ids=["none", "fewer", "another", "more"],
)
def test_a_key_is_not_used_for_other_changes(
    journal: Journal, changes: list[Change]
) -> None:
    """The same key with different changes is refused, and nothing is written."""
    write_all(journal, "key-1", [submission("a"), submission("b", IOM)])
    tip = journal.tip()

    with pytest.raises(Conflict):
        write_all(journal, "key-1", changes)

    assert journal.tip() == tip


def test_the_key_of_a_failed_transaction_is_free(journal: Journal) -> None:
    """A transaction that wrote nothing is made, not repeated, the next time."""
    with pytest.raises(Invalid):
        write_all(
            journal,
            "key-1",
            [submission("a"), Change(SAR, Event.SUBMITTED, "ann")],
        )

    with journal.write("key-1") as writer:
        assert writer.append(submission("b")) is not None

    assert journal.tip()[0] == 1


class Model:
    """A journal in a list, as plain as can be."""

    def __init__(self) -> None:
        self.states: dict[RecordId, list[tuple[datetime, Status, int, str]]] = {}
        self.submitted: dict[int, tuple[str, bool]] = {}

    def add(self, entry: Entry, text: str) -> None:
        """Notes the state of the record after an entry."""
        past = self.states.setdefault(entry.record, [])
        version, shown = past[-1][2:] if past else (0, "")
        if entry.event is Event.ACCEPTED:
            version, shown = version + 1, text
        past.append((entry.at, entry.status, version, shown))

    def as_of(self, record: RecordId, at: datetime) -> tuple[Status, int, str] | None:
        """Returns status, version and text at a moment, if published by then."""
        state = None
        for moment, *then in self.states.get(record, []):
            if moment <= at:
                state = then
        return tuple(state) if state is not None and state[1] else None  # type: ignore[return-value]


def entries_read_as_they_add_up(journal: Journal, history: Sequence[Entry]) -> None:
    """Checks the state after each entry of a record, and the entry before it."""
    head, before = None, None
    for entry in history:
        head = advance(head, entry)
        after = journal.after_entry(entry)
        assert (after and after.head) == (head if head.version else None)
        assert after is None or after.content.digest == head.digest
        assert journal.entry_before(entry) == before
        before = entry


STEPS = st.lists(
    st.tuples(
        st.sampled_from([SAR, IOM]),
        st.sampled_from(Event),
        st.sampled_from(["a", "b", "c"]),
        st.integers(1, 12),
        st.sampled_from([None, None, None, 0, 1, 2]),
        st.sampled_from([None, Status.EXPERIMENTAL, Status.RETIRED]),
        st.integers(-2, 3),
    ),
    max_size=30,
)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_any_history_reads_as_a_plain_model_does(
    places: Callable[[], str | Path],
    steps: list[tuple[RecordId, Event, str, int, int | None, Status | None, int]],
) -> None:
    """Whatever is tried in whatever order, every past state reads as it was."""
    time, model, texts = Setting(), Model(), dict[int, str]()
    journal = create(places(), BASE, time)
    for record, name, text, number, based_on, status, seconds in steps:
        time.tick(seconds)
        change = Change(
            record,
            name,
            "ann" if name is Event.SUBMITTED else "rev",
            status=status,
            based_on=based_on,
            content=content(text, record) if name is Event.SUBMITTED else None,
            decides=number if name in {Event.ACCEPTED, Event.REJECTED} else None,
            successor=IOM if name is Event.SUPERSEDED else None,
        )
        try:
            with journal.write() as writer:
                entry = writer.append(change)
        except RegistryError:
            continue
        if entry is not None:
            texts[entry.sequence] = text
            model.add(entry, texts[entry.decides or entry.sequence])

    for _ in journal.verify():
        pass
    for record in (SAR, IOM):
        for seconds in range(-65, 95):
            at = DAWN + timedelta(seconds=seconds)
            state = journal.as_of(record, at)
            read = state and (state.head.status, state.head.version, state.content)
            expected = model.as_of(record, at)
            assert read == (expected and (*expected[:2], content(expected[2], record)))
        history = journal.history(record)
        assert bool(history) == (record in model.states)
        if history:
            assert journal.as_of(record, history[-1].at) == journal.current(record)
        entries_read_as_they_add_up(journal, history)
    journal.close()
