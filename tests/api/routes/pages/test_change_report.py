import pytest

from registry.iris import RecordId
from tests.api.deskwork import Desk, words
from tests.versions import BASE

CENTRE = RecordId("institution", "centre")
MARKUP = "It has moved. <script>alert(1)</script>"


@pytest.fixture
def number(desk: Desk) -> int:
    """Number of a report about a record that the town keeps."""
    desk.reviewer()
    desk.sample.directory.assign(CENTRE, "town")
    return desk.sample.change_reports.add(CENTRE, MARKUP, "en").number


def test_a_report(desk: Desk, number: int) -> None:
    """Who keeps the record reads what the reader said, as text."""
    page = desk.contributor().get(f"/en/desk/reports/{number}").text

    assert "It has moved. &lt;script&gt;" in page
    assert MARKUP not in page
    assert "Record Centre <b>A & B</b>" in words(page)
    assert f"{BASE}en/desk/edit/institution/centre" in page
    assert 'name="text"' not in page


def test_dealing_with_it(desk: Desk, number: int) -> None:
    """A reviewer notes what was done; then it is in the queue no longer."""
    rev = desk.reviewer()
    here = f"/en/desk/reports/{number}"

    silent = rev.post(here, text=" ")
    assert silent.status_code == 400
    assert "Write what you did" in silent.text
    answer = rev.post(here, text="Address corrected.")
    assert answer.status_code == 303
    told = words(rev.get(f"{here}?done=closed").text)

    assert "The report was dealt with." in told
    assert "What was done Address corrected." in told
    assert "Nothing waits here." in rev.get("/en/desk/review").text
    assert rev.post(here, text="Again.").status_code == 403


def test_others(desk: Desk, number: int) -> None:
    """To strangers a report is not there, and contributors cannot close it."""
    eve, ann = desk.stranger(), desk.contributor()
    here = f"/en/desk/reports/{number}"

    assert eve.get(here).status_code == 404
    assert eve.post(here, text="x").status_code == 404
    assert eve.get("/en/desk/reports/999").status_code == 404
    assert eve.get("/en/desk/reports/x").status_code == 404
    assert ann.post(here, text="x").status_code == 403
    assert desk.client.get(here).status_code in {303, 401}
    report = desk.sample.change_reports.get(number)
    assert report is not None
    assert report.closed_by is None
