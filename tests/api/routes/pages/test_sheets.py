from collections.abc import Iterator
from io import BytesIO

import openpyxl
import pytest

from registry.desk import Channel
from tests.api.handing_in import Desk, desk, hidden

PATH = "/en/desk/sheets/course"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of real parts."""
    with desk(tmp_path_factory) as made:
        yield made


def edited(opened: Desk, cookie: str, **cells: str) -> bytes:
    """The sheet of courses, with other cells in its second row."""
    body = opened.page(f"{PATH}/download?format=xlsx", cookie).content
    book = openpyxl.load_workbook(BytesIO(body))
    sheet = book.worksheets[0]
    names = [str(cell.value).partition(" – ")[0] for cell in sheet[1]]
    for name, value in cells.items():
        sheet.cell(2, names.index(name.replace("_", ".")) + 1, value)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def test_strangers_are_sent_to_log_in(opened: Desk) -> None:
    """Sheets are for people of organisations."""
    assert opened.client.get(PATH, accept="text/html").status_code == 303


def test_each_sees_the_records_of_their_organisations(opened: Desk) -> None:
    """The keeper has all that nobody else keeps."""
    page = opened.page("/en/desk/sheets", opened.cookie("pupil")).text

    assert "School" in page
    assert "Town" not in page
    assert '<td class="number">3</td>' in page


def test_the_sheet_of_another_organisation_is_not_there(opened: Desk) -> None:
    """Whether there is one is not said."""
    cookie = opened.cookie("pupil")

    answers = [
        opened.page(f"{PATH}?organisation=town", cookie),
        opened.page("/en/desk/sheets/place", cookie),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_unchanged_sheet_has_nothing_to_hand_in(opened: Desk, form: str) -> None:
    """All rows are known again."""
    cookie = opened.cookie("pupil")
    body = opened.page(f"{PATH}/download?format={form}", cookie).content

    answer = opened.upload(PATH, cookie, body)

    assert answer.status_code == 200
    assert "so there is nothing to hand in" in answer.text


def test_a_changed_cell_is_shown_and_handed_in(opened: Desk) -> None:
    """From the sheet to a submission of the one record, by its author."""
    cookie = opened.cookie("pupil")
    body = edited(opened, cookie, title_en="A course in Bulgarian, renamed")
    checked = opened.upload(PATH, cookie, body)
    assert "A course in Bulgarian, renamed" in checked.text

    answer = opened.send(
        f"{PATH}/submit",
        cookie,
        parcel=hidden(checked, "parcel"),
        organisation="school",
        mode="whole",
        reason="renamed",
    )

    assert answer.status_code == 303
    number = int(answer.headers["location"].rpartition("=")[2])
    found = opened.registry.reviewing.submission(opened.people["pupil"], number)
    assert (found.channel, found.organisation) == (Channel.SHEET, "school")
    assert found.entry.actor == opened.people["pupil"].actor


def test_a_rule_that_is_broken_is_said_of_the_cell(opened: Desk) -> None:
    """The file comes back with it, and is not handed in as a whole."""
    cookie = opened.cookie("pupil")
    body = edited(opened, cookie, title_bg="", title_en="", state="няма такова")
    checked = opened.upload(PATH, cookie, body)
    parcel = checked.text.partition(f"{PATH}/marked/")[2][:64]

    marked = opened.page(f"{PATH}/marked/{parcel}", cookie)
    refused = opened.send(
        f"{PATH}/submit", cookie, parcel=parcel, organisation="school", mode="whole"
    )

    assert checked.status_code == 422
    assert "няма такова" in checked.text
    sheet = openpyxl.load_workbook(BytesIO(marked.content)).worksheets[0]
    comments = [cell.comment.text for cell in sheet[2] if cell.comment]
    assert any("няма такова" in text for text in comments)
    assert refused.status_code == 422
    assert "Nothing was handed in" in refused.text


def test_a_row_that_breaks_a_must_rule_is_refused(opened: Desk) -> None:
    """SHACL has the last word, and its sentence stands at the column."""
    cookie = opened.cookie("pupil")
    body = edited(opened, cookie, title_bg="", title_en="")

    answer = opened.upload(PATH, cookie, body)

    assert answer.status_code == 422
    assert "What has to be mended" in answer.text


def test_a_file_of_figures_is_no_sheet_of_records(opened: Desk) -> None:
    """It is told what the first row has to be."""
    answer = opened.upload(PATH, opened.cookie("pupil"), b"time_period,geo\n2024,BG\n")

    assert answer.status_code == 422
    assert "The first row has to have the headings" in answer.text


@pytest.mark.parametrize("body", [b"", b"\x89PNG\r\n\x1a\n\0", b"PK\x03\x04nothing"])
def test_what_is_no_spreadsheet_is_told_so(opened: Desk, body: bytes) -> None:
    """One clear sentence, and the form again."""
    answer = opened.upload(PATH, opened.cookie("pupil"), body)

    assert answer.status_code == 422
    assert 'name="file"' in answer.text


def test_a_form_that_another_site_sends_is_refused(opened: Desk) -> None:
    """Nothing of it is read."""
    answer = opened.client.send(
        "POST",
        PATH,
        b"csrf=x",
        cookie=opened.cookie("pupil"),
        origin="https://evil.example",
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 403
