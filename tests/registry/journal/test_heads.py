from dataclasses import replace
from datetime import UTC, datetime, timedelta

from registry.iris import RecordId
from registry.journal.heads import advance, replay
from registry.lifecycle import Event, Status
from registry.record import Entry, Head, Provenance

DAWN = datetime(2026, 1, 1, tzinfo=UTC)
SEEN = Provenance(name_seen_in=("bg",))
FIRST = Entry(
    sequence=7,
    record=RecordId("course", "a"),
    event=Event.SUBMITTED,
    status=Status.SUBMITTED,
    version=0,
    digest="d1",
    provenance=SEEN,
    based_on=None,
    decides=None,
    successor=None,
    actor="ann",
    reason="",
    at=DAWN,
    previous="",
    hash="",
)
ACCEPTED = replace(
    FIRST,
    sequence=8,
    event=Event.ACCEPTED,
    status=Status.STABLE,
    version=1,
    at=DAWN + timedelta(1),
)


def test_nothing_adds_up_to_no_head() -> None:
    """A record without entries stands nowhere."""
    assert replay([]) is None


def test_a_submission_shows_nothing() -> None:
    """What is submitted is not what the head says of the record."""
    assert replay([FIRST]) == Head(
        record=FIRST.record,
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


def test_a_whole_life() -> None:
    """Each event moves what it is about, and keeps the rest."""
    published = replay([FIRST, ACCEPTED])
    confirmed = advance(
        published,
        replace(ACCEPTED, sequence=9, event=Event.VERIFIED, at=DAWN + timedelta(2)),
    )
    replaced = advance(
        confirmed,
        replace(
            ACCEPTED,
            sequence=10,
            event=Event.SUPERSEDED,
            status=Status.SUPERSEDED,
            successor=RecordId("course", "b"),
            at=DAWN + timedelta(3),
        ),
    )

    assert published == Head(
        record=FIRST.record,
        sequence=8,
        version=1,
        status=Status.STABLE,
        digest="d1",
        provenance=SEEN,
        successor=None,
        submitted=DAWN,
        modified=DAWN + timedelta(1),
        verified=None,
    )
    assert confirmed == replace(published, sequence=9, verified=DAWN + timedelta(2))
    assert replaced == replace(
        confirmed,
        sequence=10,
        status=Status.SUPERSEDED,
        successor=RecordId("course", "b"),
    )
