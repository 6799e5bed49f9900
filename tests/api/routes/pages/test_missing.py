from collections.abc import Iterator
from pathlib import Path

import pytest

from api.application import application
from registry import gaps, projection
from registry.iris import RecordId
from registry.people import Organisation
from tests.api.client import Client
from tests.api.conftest import CENTRE, Sample, build, publish
from tests.api.routes.pages.reading import page
from tests.tables import MemoryTables
from tests.versions import BASE, IRIS


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sample]:
    """A registry that a test may change."""
    made = build(tmp_path)
    yield made
    made.missing.close()
    made.lists.close()
    made.journal.close()


def catch_up(own: Sample) -> None:
    """Does what the projector does all the time."""
    projection.catch_up(
        own.journal,
        own.queries,
        own.lists,
        IRIS,
        tables=MemoryTables(),
        ontology="",
    )
    gaps.catch_up(
        own.journal,
        own.journal.links,
        own.missing,
        check=own.shapes.check,
        iris=IRIS,
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Add the description in English."),
        ("bg", "Добавете описанието на английски."),
    ],
)
def test_a_task_leads_to_the_record_and_to_its_form(
    client: Client, language: str, said: str
) -> None:
    """What to do stands in the language of the page."""
    found = page(client, f"/{language}/missing?gap=english")

    assert said in found.text
    hrefs = {str(a.get("href")) for a in found.found("a")}
    assert f"{BASE}{language}/institution/centre" in hrefs
    assert f"{BASE}{language}/desk/edit/institution/centre" in hrefs


def test_a_task_goes_as_soon_as_the_record_is_complete(own: Sample) -> None:
    """Nobody has to tick it off."""
    with Client(application(own, close=lambda: None)) as client:
        before = page(client, "/en/missing?gap=english")
        told = {"bg": "Само на български.", "en": "Now in English too."}
        publish(own.journal, "institution/centre", {**CENTRE, "description": told})
        catch_up(own)
        after = page(client, "/en/missing?gap=english")

    assert "1 gap ·" in " ".join(before.text.split())
    assert "Nothing is missing here." in after.text


def test_counts_lead_to_what_they_count(client: Client) -> None:
    """What is missing can be chosen, and a place keeps the rest of the question."""
    found = page(client, "/en/missing?kind=institution")
    [chosen] = [
        a for a in found.found("a") if str(a.get("href")).endswith("&gap=english")
    ]

    assert chosen["href"] == f"{BASE}en/missing?kind=institution&gap=english"


@pytest.mark.parametrize("query", ["gap=money", "kind=castle", "after=x"])
def test_what_is_not_understood_is_refused(client: Client, query: str) -> None:
    """By a page."""
    assert client.get(f"/en/missing?{query}", accept="text/html").status_code == 400


def test_each_organisation_has_a_board(own: Sample) -> None:
    """What nobody else keeps is the keeper's; the counts are of the same question."""
    own.directory.found(Organisation("haskovo", {"en": "Haskovo"}))
    with Client(application(own, close=lambda: None)) as client:
        before = client.get("/missing?organisation=haskovo").json()["totalItems"]
        whole = client.get("/missing?organisation=keeper").json()["totalItems"]
        own.directory.assign(RecordId("institution", "centre"), "haskovo")
        after = client.get("/missing?organisation=haskovo").json()["totalItems"]
        rest = client.get("/missing?organisation=keeper").json()["totalItems"]
        found = page(client, "/en/missing?organisation=haskovo&gap=english")
        unknown = client.get("/missing?organisation=burgas")

    assert (before, after) == (0, whole)
    assert rest == 0
    assert "Haskovo 1" in " ".join(found.text.split())
    assert unknown.status_code == 400
