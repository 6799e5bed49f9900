from dataclasses import replace
from datetime import UTC, datetime

import pytest

from registry.errors import Conflict, Invalid
from registry.iris import RecordId
from registry.journal.changes import changes_nothing, check_base, check_parts
from registry.lifecycle import Event, Status
from registry.record import Change, Content, Head, Provenance

SAR = RecordId("institution", "sar")
DAWN = datetime(2026, 1, 1, tzinfo=UTC)
CONTENT = Content("{}", "<urn:a> <urn:b> <urn:c> .\n")
CHANGE = Change(SAR, Event.SUBMITTED, "ann", content=CONTENT)
HEAD = Head(
    record=SAR,
    sequence=2,
    version=3,
    status=Status.STABLE,
    digest=CONTENT.digest,
    provenance=Provenance(),
    successor=None,
    submitted=DAWN,
    modified=DAWN,
    verified=None,
)


@pytest.mark.parametrize(
    ("based_on", "head"), [(None, None), (0, None), (None, HEAD), (3, HEAD)]
)
def test_a_change_stands_on_the_current_version(
    based_on: int | None, head: Head | None
) -> None:
    """The current version, none for a new record, or whatever is current."""
    check_base(SAR, based_on, head)


@pytest.mark.parametrize(("based_on", "head"), [(1, None), (0, HEAD), (4, HEAD)])
def test_any_other_version_is_a_conflict(based_on: int, head: Head | None) -> None:
    """An older version, and one that there has never been, are refused."""
    with pytest.raises(Conflict):
        check_base(SAR, based_on, head)


def test_a_missing_part_is_named() -> None:
    """The sentence says what the change needs."""
    with pytest.raises(Invalid) as refused:
        check_parts(Change(SAR, Event.SUPERSEDED, "rev"))

    assert refused.value.detail["en"] == (
        "A change of the kind “superseded” needs “successor”."
    )


@pytest.mark.parametrize(
    ("change", "head", "nothing"),
    [
        (CHANGE, HEAD, True),
        (CHANGE, None, False),
        (CHANGE, replace(HEAD, status=Status.RETIRED), False),
        (replace(CHANGE, provenance=Provenance(dataset="0")), HEAD, False),
        (replace(CHANGE, content=Content("{}", "")), HEAD, False),
        (Change(SAR, Event.VERIFIED, "rev"), HEAD, False),
    ],
    ids=["same", "new", "retired", "other source", "other content", "confirmation"],
)
def test_only_a_repetition_changes_nothing(
    change: Change, head: Head | None, nothing: bool
) -> None:
    """The same content from the same sources, of a record that is published."""
    assert changes_nothing(change, head) is nothing
