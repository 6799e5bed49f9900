import json

from tests.api.deskwork import Desk, words
from tests.versions import BASE

MARKUP = "<script>alert(1)</script>"


def test_the_page(desk: Desk) -> None:
    """Reviewers see who changed what and why, the latest first, in both languages."""
    rev = desk.reviewer()
    number = desk.hand_in(desk.contributor(), reason=MARKUP).number
    desk.sample.reviewing.accept(rev.person, number, reason="Fine.")

    page = rev.get("/en/desk/audit").text
    told = words(page)

    assert MARKUP not in page
    assert told.index("accepted · version 1 Rev") < told.index("submitted Ann")
    assert "Town <1> form Fine." in told
    assert "Кой какво е променил и защо" in rev.get("/bg/desk/audit").text


def test_an_organisation_sees_its_own(desk: Desk) -> None:
    """An organisation does not see others; the keeper may choose."""
    desk.hand_in(desk.contributor())
    rev, kim = desk.reviewer(), desk.keeper()

    assert "institution/centre" not in rev.get("/en/desk/audit").text
    assert "institution/centre" in kim.get("/en/desk/audit").text
    town = kim.get("/en/desk/audit?organisation=town").text
    assert "practice/club" in town
    assert "institution/centre" not in town
    assert rev.get("/en/desk/audit?organisation=keeper").status_code == 404
    assert desk.stranger().get("/en/desk/audit?organisation=town").status_code == 404
    assert desk.contributor("Abe").get("/en/desk/audit").status_code == 403
    assert desk.client.get("/en/desk/audit").status_code in {303, 401}


def test_files(desk: Desk) -> None:
    """The same is downloaded as CSV and JSON by who may see it, and by nobody else."""
    desk.hand_in(desk.contributor())
    rev = desk.reviewer()
    page = rev.get("/en/desk/audit").text

    assert f"{BASE}en/desk/audit.csv?organisation=town" in page
    whole = rev.get("/en/desk/audit.json?organisation=town")
    assert [line["record"] for line in json.loads(whole.content)] == ["practice/club"]
    assert rev.get("/en/desk/audit.csv?organisation=town").status_code == 200
    assert rev.get("/en/desk/audit.csv").status_code == 404
    assert rev.get("/en/desk/audit.xml?organisation=town").status_code == 404
    assert desk.client.get("/en/desk/audit.csv").status_code in {303, 401}


def test_erased_people(desk: Desk) -> None:
    """Who was erased is called that, and has no name."""
    ann, rev = desk.contributor("Annabel"), desk.reviewer()
    desk.hand_in(ann)
    desk.sample.journal.actors.erase(ann.person.actor)

    page = rev.get("/en/desk/audit").text

    assert "Annabel" not in page
    assert "erased" in words(page)


def test_pages(desk: Desk) -> None:
    """A long trail is read page by page."""
    kim = desk.keeper()
    ann = desk.contributor()
    for number in range(40):
        desk.hand_in(ann, f"n{number}")

    page = kim.get("/en/desk/audit").text

    assert 'rel="next"' in page
    second = kim.get("/en/desk/audit?organisation=keeper&before=7").text
    assert 'rel="next"' not in second
    assert ">6<" in second
    assert ">7<" not in second
