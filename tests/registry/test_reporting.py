import pytest

from registry.errors import Invalid, NotFound
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from registry.reporting import LONGEST, checked, report
from tests.publishing import publish, retire

SAR = RecordId("institution", "sar")


def test_what_a_reader_says_is_kept_as_it_was_typed(journal: SqlJournal) -> None:
    """Markup is text like any other; whoever shows it escapes it."""
    publish(journal, "institution/sar", {"type": "Organization", "name": {"en": "S"}})

    made = report(
        journal, journal.change_reports, SAR, " <b>New</b>\r\nphone ", language="en"
    )

    assert (made.text, made.record, made.language) == ("<b>New</b>\nphone", SAR, "en")
    assert journal.change_reports.open() == [made]


def test_only_public_records_can_be_reported(journal: SqlJournal) -> None:
    """Nothing tells whether there is a record that nobody can see."""
    publish(journal, "institution/sar", {"type": "Organization", "name": {"en": "S"}})
    retire(journal, "institution/sar")

    for record in (SAR, RecordId("institution", "none")):
        with pytest.raises(NotFound):
            report(journal, journal.change_reports, record, "wrong", language="en")
    assert journal.change_reports.open() == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x1bc\x7f", "abc"),
        ("\ud800a", "a"),
        ("one\n\ttwo", "one\n\ttwo"),
        ("x" * LONGEST, "x" * LONGEST),
    ],
    ids=["control characters", "half a character", "layout", "the longest"],
)
def test_what_cannot_be_seen_is_taken_out(text: str, kept: str) -> None:
    """Everything else stays, up to the longest text."""
    assert checked(text) == kept


@pytest.mark.parametrize(
    "text", ["", " \n ", "\x00", "x" * (LONGEST + 1), "я" * 20_000]
)
def test_nothing_and_too_much_are_refused(text: str) -> None:
    """A refusal says in both languages what to do."""
    with pytest.raises(Invalid) as refused:
        checked(text)

    assert set(refused.value.detail) == {"en", "bg"}
