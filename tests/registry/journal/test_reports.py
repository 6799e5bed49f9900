import pytest

from registry.desk import ChangeReport
from registry.errors import NotAllowed, NotFound
from registry.iris import RecordId
from registry.journal.sql import SqlJournal

SAR = RecordId("institution", "sar")


def test_open_reports_come_in_the_order_in_which_they_were_made(
    journal: SqlJournal,
) -> None:
    """They are counted from one, and read page by page."""
    reports = journal.change_reports
    made = [reports.add(SAR, text, "bg") for text in ("едно", "две", "три")]

    assert [report.number for report in made] == [1, 2, 3]
    assert reports.open(limit=2) == made[:2]
    assert reports.open(after=2) == made[2:]
    assert reports.get(2) == made[1]
    assert reports.get(4) is None


def test_a_report_is_closed_once(journal: SqlJournal) -> None:
    """Who closed it and what they noted is kept; it leaves the queue."""
    reports = journal.change_reports
    made = reports.add(SAR, "The telephone is wrong.", "en")

    closed = reports.close(1, "person/1", "Changed.")

    assert closed == ChangeReport(
        1, SAR, made.text, "en", made.at, "person/1", "Changed."
    )
    assert reports.open() == []
    with pytest.raises(NotAllowed):
        reports.close(1, "person/2", "Changed again.")
    with pytest.raises(NotFound):
        reports.close(2, "person/1", "")
