from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from httpx import Response

from api.application import application
from registry.iris import RecordId
from registry.reporting import LONGEST
from tests.api.client import Client
from tests.api.conftest import Sample, build
from tests.api.routes.pages.reading import Page, page
from tests.versions import BASE

CENTRE = "institution/centre"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sample]:
    """A registry that a test may change."""
    made = build(tmp_path)
    yield made
    made.lists.close()
    made.journal.close()


@pytest.fixture
def visitor(own: Sample) -> Iterator[Client]:
    """Somebody without an account."""
    with Client(application(own, close=lambda: None)) as made:
        yield made


def send(visitor: Client, language: str = "en", **fields: str) -> Response:
    """Sends the form as a browser does."""
    return visitor.send(
        "POST",
        f"/{language}/report",
        urlencode({"record": CENTRE, **fields}).encode(),
        content_type="application/x-www-form-urlencoded",
        origin=BASE.rstrip("/"),
        sec_fetch_site="same-origin",
    )


@pytest.mark.parametrize("language", ["bg", "en"])
def test_every_record_leads_to_the_form(visitor: Client, language: str) -> None:
    """The form names the record and asks for nothing about the reader."""
    found = visitor.get(f"/{language}/{CENTRE}").text
    form = page(visitor, f"/{language}/report?record={CENTRE}")

    assert f"{BASE}{language}/report?record=institution%2Fcentre" in found
    assert form.found("input", name="record", value=CENTRE)
    assert not form.found("input", type="email")


@pytest.mark.parametrize("language", ["bg", "en"])
def test_a_report_enters_the_queue(own: Sample, visitor: Client, language: str) -> None:
    """The reader is thanked, and the text waits in the language of the page."""
    answer = send(visitor, language, text="<b>Нов</b> телефон")

    assert answer.status_code == 303
    assert page(visitor, answer.headers["location"].removeprefix(BASE[:-1])).text
    [report] = own.change_reports.open()
    assert report.record == RecordId("institution", "centre")
    assert (report.text, report.language) == ("<b>Нов</b> телефон", language)


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Write what has changed"), ("я" * 12_000, f"can have {LONGEST}")],
)
def test_nothing_typed_is_lost(
    own: Sample, visitor: Client, text: str, said: str
) -> None:
    """A text that is refused comes back in the form, with what to do."""
    answer = send(visitor, text=text)

    assert answer.status_code == 422
    assert said in Page(answer.text).text
    assert f"\n{text}</textarea>" in answer.text
    assert own.change_reports.open() == []


def test_markup_that_comes_back_is_text(visitor: Client) -> None:
    """What was typed never becomes a part of the page."""
    answer = send(visitor, text="</textarea><script>" + "x" * LONGEST)

    assert "<script>xx" not in answer.text
    assert "&lt;/textarea&gt;&lt;script&gt;" in answer.text


def test_a_form_of_another_site_is_not_taken(own: Sample, visitor: Client) -> None:
    """What it has filled in is shown for a reader to send."""
    answer = visitor.send(
        "POST",
        "/en/report",
        urlencode({"record": CENTRE, "text": "spam"}).encode(),
        origin="https://evil.example",
    )

    assert answer.status_code == 403
    assert "\nspam</textarea>" in answer.text
    assert own.change_reports.open() == []


def test_a_program_that_fills_in_everything_is_thanked_for_nothing(
    own: Sample, visitor: Client
) -> None:
    """It is not told that it was found out."""
    answer = send(visitor, text="buy", website="https://spam.example/")

    assert answer.status_code == 303
    assert own.change_reports.open() == []


def test_one_address_cannot_fill_the_queue(own: Sample, visitor: Client) -> None:
    """Beyond a number an hour reports come back to be sent later."""
    statuses = [send(visitor, text=f"report {n}").status_code for n in range(11)]

    assert statuses == [303] * 10 + [429]
    assert len(own.change_reports.open()) == 10


@pytest.mark.parametrize(
    "record", ["", "institution/none", "institution/closed", "castle/x", "a/b/c"]
)
def test_what_nobody_can_see_cannot_be_reported(visitor: Client, record: str) -> None:
    """Of a record that is not public nothing is told."""
    assert visitor.get(f"/en/report?record={record}").status_code == 404
    assert visitor.get(f"/en/report/thanks?record={record}").status_code == 404
