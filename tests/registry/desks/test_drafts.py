from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from registry.desk import Draft
from registry.desks.drafts import SqlDrafts
from registry.iris import RecordId
from registry.journal.sql import SqlJournal

SAVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DRAFT = Draft(
    id="d1",
    record=RecordId("practice", "club"),
    organisation="haskovo",
    author="ann",
    based_on=0,
    fields=(("title.bg", " Клуб\r\n„А“ '; --"), ("title.bg", ""), ("x", "\ud800")),
    amends=None,
    saved=SAVED,
)


@pytest.fixture
def drafts(journal: SqlJournal) -> SqlDrafts:
    """Drafts beside an empty journal."""
    return SqlDrafts(journal.engine)


def test_what_was_typed_comes_back_as_it_was(drafts: SqlDrafts) -> None:
    """White space, order, repetition and broken text included."""
    drafts.save(DRAFT)

    assert drafts.get("d1") == DRAFT


def test_saving_again_takes_the_place_of_what_was_saved(drafts: SqlDrafts) -> None:
    """There is one state of a draft, the last."""
    drafts.save(DRAFT)
    later = replace(DRAFT, fields=(), saved=SAVED + timedelta(minutes=1))
    drafts.save(later)

    assert drafts.of(["haskovo"]) == [later]


def test_drafts_are_listed_by_organisation_the_last_saved_first(
    drafts: SqlDrafts,
) -> None:
    """Those of other organisations are not."""
    newer = replace(DRAFT, id="d2", saved=SAVED + timedelta(days=1))
    for draft in (DRAFT, newer, replace(DRAFT, id="d3", organisation="burgas")):
        drafts.save(draft)

    assert drafts.of(["haskovo", "other"]) == [newer, DRAFT]
    assert drafts.of([]) == []


def test_a_discarded_draft_is_gone(drafts: SqlDrafts) -> None:
    """Discarding it twice does no harm."""
    drafts.save(DRAFT)
    drafts.discard("d1")
    drafts.discard("d1")

    assert drafts.get("d1") is None
