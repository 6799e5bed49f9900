from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from registry.desk import Channel, Outcome
from tests.api.handing_in import Desk, desk, hidden, record

PATH = "/en/desk/tables/foreign-residents-by-municipality"
OPEN = "/en/desk/tables/asylum-applicants-bulgaria"
HEADER = "time_period,geo,citizen,sex,age,obs_value"
SMALL = (
    f"{HEADER}\n2024,HKV34,FOR_STLS,T,TOTAL,7400120\n2024,HKV34,FOR_STLS,F,TOTAL,3\n"
    "2024,HKV34,FOR_STLS,M,TOTAL,7400117\n"
).encode()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of real parts."""
    with desk(tmp_path_factory) as made:
        yield made


def kept(opened: Desk) -> list[Path]:
    """Every file that waits to be submitted."""
    return [p for p in opened.registry.parcels.folder.rglob("*") if p.is_file()]


def test_strangers_are_sent_to_log_in(opened: Desk) -> None:
    """Neither the page nor the template is for them."""
    answers = [
        opened.client.get(path, accept="text/html")
        for path in (PATH, f"{PATH}/template", "/bg/desk/tables")
    ]

    assert [answer.status_code for answer in answers] == [303, 303, 303]


def test_each_is_offered_the_tables_that_they_may_fill_in(opened: Desk) -> None:
    """Everybody the one that waits for municipalities, the keeper all of them."""
    clerk, keeper = (
        opened.page("/en/desk/tables", opened.cookie(name)).text
        for name in ("clerk", "keeper")
    )

    assert PATH in clerk
    assert OPEN not in clerk
    assert OPEN in keeper
    assert opened.page(OPEN, opened.cookie("clerk")).status_code == 403


def test_the_template_comes_as_a_workbook_and_as_csv(opened: Desk) -> None:
    """Both are for the reader alone."""
    cookie = opened.cookie("clerk")

    book = opened.page(f"{PATH}/template?format=xlsx", cookie)
    text = opened.page(f"{PATH}/template?format=csv&filled=1", cookie)

    assert openpyxl.load_workbook(BytesIO(book.content)).worksheets[0]["A1"].value
    assert text.content.startswith("\ufefftime_period".encode())
    assert {a.headers["cache-control"] for a in (book, text)} == {"no-store"}
    assert ".xlsx" in book.headers["content-disposition"]


def test_nothing_but_the_protected_table_is_kept(opened: Desk) -> None:
    """What is withheld is said in numbers, before anything is submitted."""
    cookie = opened.cookie("clerk")

    answer = opened.upload(PATH, cookie, SMALL, action="check", scope="part")

    assert answer.status_code == 200
    assert "Withheld because they are small" in answer.text
    found = kept(opened)
    assert {path.name for path in found} == {"checked.json", "table.csv", "expires"}
    assert not any(b"7400117" in path.read_bytes() for path in found)
    assert "7400117" not in "".join(filter(str.isdigit, answer.text))


def test_a_faulty_file_of_small_counts_is_not_kept_at_all(opened: Desk) -> None:
    """It comes back with the faults marked only in the answer itself."""
    cookie = opened.cookie("clerk")
    body = SMALL.replace(b"7400117", b"many")
    before = kept(opened)

    page = opened.upload(PATH, cookie, body, action="check")
    file = opened.upload(PATH, cookie, body, action="marked")

    assert page.status_code == 422
    assert "This is not a number" in page.text
    assert "<bdi>many</bdi>" in page.text
    assert file.headers["content-type"].startswith("text/csv")
    assert "This is not a number" in file.text
    assert kept(opened) == before


def test_figures_are_submitted_and_published_by_somebody_else(opened: Desk) -> None:
    """From the file to the published table, with nobody deciding on their own."""
    cookie = opened.cookie("clerk")
    checked = opened.upload(PATH, cookie, SMALL, action="check")

    answer = opened.send(
        f"{PATH}/submit",
        cookie,
        parcel=hidden(checked, "parcel"),
        organisation="town",
        reason="По регистъра на населението",
    )

    assert answer.status_code == 303
    number = int(answer.headers["location"].rpartition("=")[2])
    reviewing = opened.registry.reviewing
    submission = reviewing.submission(opened.people["clerk"], number)
    assert (submission.channel, submission.outcome) == (Channel.TABLE, Outcome.OPEN)
    assert submission.entry.reason == "По регистъра на населението"
    reviewing.accept(opened.people["keeper"], number)
    table = record("table/foreign-residents-by-municipality")
    version = opened.registry.journal.current(table)
    assert version is not None
    rows = [row for rows in opened.registry.tables.batches(version) for row in rows]
    assert [row[-2:] for row in rows] == [(None, "c"), (None, "c"), ("7400120", None)]


def test_a_parcel_is_for_whoever_left_it(opened: Desk) -> None:
    """Somebody else is told that it is not there, whether it is or not."""
    checked = opened.upload(
        OPEN, opened.cookie("keeper"), b"time_period\n2024\n", action="check"
    )
    parcel = checked.text.partition(f"{OPEN}/marked/")[2][:64]

    mine = opened.page(f"{OPEN}/marked/{parcel}", opened.cookie("keeper"))
    other = opened.page(f"{OPEN}/marked/{parcel}", opened.cookie("other"))

    assert (mine.status_code, other.status_code) == (200, 404)


def test_without_a_file_the_form_says_so(opened: Desk) -> None:
    """The page comes again with one sentence."""
    answer = opened.upload(PATH, opened.cookie("clerk"), None, action="check")

    assert answer.status_code == 422
    assert "Choose a file first." in answer.text


def test_an_unchanged_table_has_nothing_to_hand_in(opened: Desk) -> None:
    """The template with the published figures, sent back as it is."""
    cookie = opened.cookie("keeper")
    body = opened.page(f"{OPEN}/template?format=xlsx&filled=1", cookie).content

    answer = opened.upload(OPEN, cookie, body, action="check", scope="whole")

    assert answer.status_code == 200
    assert "so there is nothing to hand in" in answer.text


def test_what_cannot_be_opened_is_not_given_back(opened: Desk) -> None:
    """There is the sentence alone, with no file to download."""
    answer = opened.upload(OPEN, opened.cookie("keeper"), b"\x89PNG\0", action="marked")

    assert answer.status_code == 422
    assert "neither a CSV file nor an Excel workbook" in answer.text
    assert "/marked/" not in answer.text


def test_a_hundred_thousand_rows_keep_nobody_waiting(opened: Desk) -> None:
    """While they are checked, another page is asked for and answered."""
    cookie = opened.cookie("clerk")
    rows = "".join(f"2024,X{n},SY,T,TOTAL,1\n" for n in range(100_000))
    body, kind = opened.multipart(cookie, f"{HEADER}\n{rows}".encode())

    upload, page, first = opened.at_once(PATH, "/en/desk/tables", cookie, body, kind)

    assert first == "page"
    assert (upload.status_code, page.status_code) == (422, 200)
    assert "Faults that were found: 100,000." in upload.text
