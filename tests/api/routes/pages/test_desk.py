from collections.abc import Iterator

import pytest

from tests.api.desks import Stage, stage
from tests.versions import BASE


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("desk")) as made:
        yield made


def test_desk_of_a_stranger_is_the_page_to_log_in(office: Stage) -> None:
    """Nobody's desk is shown to nobody."""
    answer = office.nobody.opens("en/desk")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{BASE}en/account/login")


def test_desk_shows_what_an_organisation_looks_after(office: Stage) -> None:
    """With what is missing at a glance; another organisation's desk does not."""
    page = office.ann.opens("en/desk")

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert f'href="{BASE}en/desk/edit/institution/centre"' in page.text
    assert "For whom" in page.text.partition("Missing:")[2]
    assert "desk/edit/institution/centre" not in office.eve.opens("en/desk").text


def test_desk_leads_to_every_form(office: Stage) -> None:
    """One for each kind that people fill in, none for the others."""
    page = office.ann.opens("bg/desk").text

    for kind in ("institution", "training-centre", "course", "service", "practice"):
        assert f'href="{BASE}bg/desk/new/{kind}"' in page
    assert "desk/new/table" not in page


def test_only_those_who_may_are_led_to_queue_and_people(office: Stage) -> None:
    """A contributor reviews nothing, a reviewer invites nobody."""
    pages = {
        name: getattr(office, name).opens("en/desk").text
        for name in ("ann", "rev", "eve")
    }

    assert {name: "desk/review" in page for name, page in pages.items()} == {
        "ann": False,
        "rev": True,
        "eve": True,
    }
    assert {name: "desk/people" in page for name, page in pages.items()} == {
        "ann": False,
        "rev": False,
        "eve": True,
    }


def test_desk_shows_drafts_and_what_waits(office: Stage) -> None:
    """What was begun, by whom of the organisation, and what somebody will look at."""
    sheet = office.ann.reads("en/desk/edit/institution/centre")
    sheet.write("name.en", "Centre of advice")
    office.ann.sends(sheet, "save")

    assert "Centre of advice" in office.ann.opens("en/desk").text
    assert "begun by a colleague" in office.rev.opens("en/desk").text
    assert "Centre of advice" not in office.eve.opens("en/desk").text

    answer = office.ann.sends(sheet, "submit")
    assert "Somebody else will look at it." in answer.text
    waiting = answer.text.partition('id="open"')[2]
    assert "nobody has looked at it yet" in waiting
    assert "Centre of advice" in waiting.partition("</section>")[0]


def test_number_of_a_submission_is_a_number(office: Stage) -> None:
    """What an address says is not repeated on the page."""
    answer = office.ann.opens("en/desk?submitted=%3Cb%3E1")

    assert "Handed in" not in answer.text
