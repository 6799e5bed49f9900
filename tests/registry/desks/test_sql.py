from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from registry import review, submissions
from registry.desk import Channel, Outcome
from registry.desks.sql import SqlDesk
from registry.directory.organisations import SqlDirectory
from registry.iris import RecordId
from registry.journal.migrations import MIGRATIONS
from registry.journal.sql import SqlJournal
from registry.people import KEEPER, Organisation
from registry.ports import DeskQuery
from registry.record import Content, Entry, Provenance

CLUB = RecordId("practice", "club")


@pytest.fixture
def desk(journal: SqlJournal, clock: Callable[[], datetime]) -> SqlDesk:
    """A desk beside an empty journal."""
    return SqlDesk(journal, clock)


def hand_in(
    desk: SqlDesk, text: str = "a", *, key: str | None = None, amends: int | None = None
) -> Entry:
    """Hands in a text for an organisation."""
    with desk.write(key) as writer:
        entry = submissions.submit(
            writer,
            CLUB,
            Content(text, f'<urn:a> <urn:b> "{text}" .\n'),
            provenance=Provenance(),
            actor="ann",
        )
        assert entry is not None
        writer.hand_in(
            entry, organisation="haskovo", channel=Channel.FORM, amends=amends
        )
    return entry


def test_facts_and_entries_are_written_together_or_not_at_all(desk: SqlDesk) -> None:
    """What fails leaves neither in the journal nor at the desk."""
    with pytest.raises(IntegrityError):
        hand_in(desk, amends=99)

    assert desk.submission(1) is None
    assert desk.list(DeskQuery()) == []


def test_a_submission_has_what_the_desk_knows(desk: SqlDesk) -> None:
    """For whom, by which way, and which one it amends."""
    first = hand_in(desk)
    second = hand_in(desk, "b", amends=first.sequence)

    made = desk.submission(second.sequence)

    assert made is not None
    assert (made.entry, made.organisation, made.channel) == (
        second,
        "haskovo",
        Channel.FORM,
    )
    assert made.amends == desk.submission(first.sequence)
    assert desk.submission(99) is None


def test_a_repeated_transaction_notes_nothing_twice(desk: SqlDesk) -> None:
    """Under the same key the facts stay those of the first time."""
    first = hand_in(desk, key="k")
    with desk.write() as writer:
        writer.close(first.sequence, Outcome.WITHDRAWN)

    assert hand_in(desk, key="k") == first
    made = desk.submission(first.sequence)
    assert made is not None
    assert made.outcome is Outcome.WITHDRAWN


def test_a_decision_of_the_journal_counts_whoever_appended_it(
    desk: SqlDesk, journal: SqlJournal
) -> None:
    """The desk never shows as open what the journal has as decided."""
    entry = hand_in(desk)
    with journal.write() as writer:
        decision = review.reject(writer, entry, actor="rev", reason="no")

    made = desk.submission(entry.sequence)

    assert made is not None
    assert (made.outcome, made.decision) == (Outcome.REJECTED, decision)
    assert desk.list(DeskQuery()) == []


def test_what_did_not_come_by_the_desk_belongs_to_the_keeper(
    desk: SqlDesk, journal: SqlJournal
) -> None:
    """Such as what the operator loads."""
    with journal.write() as writer:
        submissions.submit(
            writer, CLUB, Content("", ""), provenance=Provenance(), actor="dataset/a"
        )

    made = desk.submission(1)

    assert made is not None
    assert (made.organisation, made.channel) == (KEEPER, Channel.API)


def test_lists_are_filtered_and_cut(desk: SqlDesk) -> None:
    """By each of the filters, and after a number."""
    one, two = hand_in(desk), hand_in(desk, "b")

    def numbers(**asked: object) -> list[int]:
        return [s.number for s in desk.list(DeskQuery(**asked))]  # type: ignore[arg-type]

    assert numbers() == [one.sequence, two.sequence]
    assert numbers(limit=1) == [one.sequence]
    assert numbers(after=one.sequence) == [two.sequence]
    assert numbers(organisations=frozenset({"burgas"})) == []
    assert numbers(organisations=frozenset()) == []
    assert numbers(kind="place") == []
    assert numbers(record=RecordId("practice", "x")) == []
    assert numbers(author="bob") == []
    assert numbers(outcome=Outcome.ACCEPTED) == []


def test_a_record_is_entrusted_with_its_publication(
    desk: SqlDesk, journal: SqlJournal
) -> None:
    """In the same transaction; to one organisation, the last."""
    directory = SqlDirectory(journal.engine)
    directory.found(Organisation("haskovo", {"bg": "Община Хасково"}))

    for organisation in (KEEPER, "haskovo"):
        with desk.write() as writer:
            writer.entrust(CLUB, organisation)

    assert directory.steward(CLUB) == "haskovo"


def test_claims_come_and_go(desk: SqlDesk) -> None:
    """With the time since when."""
    number = hand_in(desk).sequence

    desk.claim(number, "rev")
    claimed = desk.submission(number)
    desk.claim(number, None)
    released = desk.submission(number)

    assert claimed is not None
    assert released is not None
    assert (claimed.claimed_by, claimed.claimed_at is None) == ("rev", False)
    assert (released.claimed_by, released.claimed_at) == (None, None)


def test_comments_are_numbered_through(desk: SqlDesk) -> None:
    """Each stands with its submission, oldest first."""
    one, two = hand_in(desk).sequence, hand_in(desk, "b").sequence

    first = desk.comment(one, "rev", "'; DROP TABLE entry; --")
    other = desk.comment(two, "rev", "b")
    third = desk.comment(one, "ann", "c")

    assert [first.number, other.number, third.number] == [1, 2, 3]
    assert desk.comments(one) == [first, third]


def test_what_harvests_handed_in_before_is_open(
    desk: SqlDesk, journal: SqlJournal
) -> None:
    """The migration takes over the last of each that nobody decided."""
    for value in ("a", "b"):
        with journal.write() as writer:
            submissions.submit(
                writer,
                CLUB,
                Content(value, f'<urn:a> <urn:b> "{value}" .\n'),
                provenance=Provenance(),
                actor="harvest/example.org",
            )
    filling = next(
        statement
        for migration in MIGRATIONS
        for statement in migration.statements
        if "INSERT INTO desk_submission" in statement
    )

    with journal.engine.begin() as connection:
        connection.execute(text(filling))

    (made,) = desk.list(DeskQuery())
    assert (made.number, made.organisation, made.channel) == (
        2,
        KEEPER,
        Channel.HARVEST,
    )
