import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from api.application import application
from registry.credentials import Scope
from tests.api.client import Client
from tests.api.conftest import build
from tests.api.deskwork import Desk, Visitor


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    sample = build(tmp_path)
    with Client(application(sample, close=lambda: None)) as client:
        yield Desk(sample, client)
    sample.lists.close()
    sample.catalogue.close()
    sample.journal.close()


def _bearer(desk: Desk, visitor: Visitor) -> str:
    issued = desk.sample.access.issue(visitor.person, "audit", [Scope.READ], 30)
    return f"Bearer {issued}"


def test_json(desk: Desk) -> None:
    """A reviewer's program reads the changes of the organisation's records."""
    rev = desk.reviewer()
    number = desk.hand_in(desk.contributor(), reason="New.").number
    desk.sample.reviewing.accept(rev.person, number, reason="Fine.")

    answer = desk.client.get(
        "/audit?organisation=town",
        authorization=_bearer(desk, rev),
        accept="application/json",
    )

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    lines = json.loads(answer.content)
    assert [(i["event"], i["name"], i["channel"], i["reason"]) for i in lines] == [
        ("submitted", "Ann", "form", "New."),
        ("accepted", "Rev", "form", "Fine."),
    ]


def test_csv_without_formulas(desk: Desk) -> None:
    """What a spreadsheet program would run comes out as text."""
    rev = desk.reviewer("=Rev")
    desk.hand_in(rev, reason="=HYPERLINK(1)")

    answer = desk.client.get(
        "/audit?organisation=town",
        authorization=_bearer(desk, rev),
        accept="text/csv",
    )

    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    text = answer.content.decode("utf-8-sig")
    (row,) = csv.DictReader(StringIO(text, newline=""))
    assert (row["name"], row["reason"]) == ("'=Rev", "'=HYPERLINK(1)")


def test_erased(desk: Desk) -> None:
    """An export says who was erased, and the chain is proven as before."""
    rev, ann = desk.reviewer(), desk.contributor("Annabel")
    desk.hand_in(ann)
    desk.sample.journal.actors.erase(ann.person.actor)

    answer = desk.client.get(
        "/audit?organisation=town",
        authorization=_bearer(desk, rev),
        accept="application/json",
    )

    assert "Annabel" not in answer.text
    (line,) = json.loads(answer.content)
    assert (line["name"], line["erased"]) == (None, True)
    assert list(desk.sample.journal.verify())[-1] == desk.sample.journal.tip()[0]


def test_the_keeper_reads_everything(desk: Desk) -> None:
    """Without an organisation everything is meant, which only the keeper may."""
    desk.hand_in(desk.contributor())
    kim, rev = desk.keeper(), desk.reviewer()

    whole = desk.client.get("/audit", authorization=_bearer(desk, kim))
    rest = desk.client.get("/audit?after=16", authorization=_bearer(desk, kim))
    refused = desk.client.get("/audit", authorization=_bearer(desk, rev))

    assert len(json.loads(whole.content)) == desk.sample.journal.tip()[0]
    assert len(json.loads(rest.content)) == desk.sample.journal.tip()[0] - 16
    assert refused.status_code == 404


def test_refusals(desk: Desk) -> None:
    """Strangers, contributors and browsers without a token are refused."""
    ann, rev, eve = desk.contributor(), desk.reviewer(), desk.stranger()
    town = "/audit?organisation=town"

    assert desk.client.get(town).status_code == 401
    # A cookie is no token: what a browser sends by itself is not enough.
    assert desk.client.get(town, cookie=rev.cookie).status_code == 401
    for visitor, status in ((ann, 403), (eve, 404)):
        answer = desk.client.get(town, authorization=_bearer(desk, visitor))
        assert answer.status_code == status
    token = _bearer(desk, rev)
    assert desk.client.get(f"{town}&x=1", authorization=token).status_code == 400


def test_a_browser_is_sent_to_the_page(desk: Desk) -> None:
    """A browser that asks for a page is sent to that of the changes."""
    answer = desk.client.get("/audit", accept="text/html", accept_language="bg")

    assert answer.status_code == 303
    assert answer.headers["location"].endswith("/bg/desk/audit")
