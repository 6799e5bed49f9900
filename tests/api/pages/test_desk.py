from collections.abc import Iterator
from pathlib import Path

import pytest

from api.application import application
from api.pages.desk import (
    CHANNELS,
    READER,
    Checks,
    Item,
    Names,
    numbers,
    order,
    positive,
)
from registry.desk import ChangeReport, Channel
from registry.iris import RecordId
from tests.api.client import Client
from tests.api.conftest import build
from tests.api.deskwork import PRACTICE, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A registry for one test alone, with people who may change it."""
    sample = build(tmp_path)
    with Client(application(sample, close=lambda: None)) as client:
        yield Desk(sample, client)
    sample.lists.close()
    sample.catalogue.close()
    sample.journal.close()


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("12", 12),
        ("007", 7),
        (None, 0),
        ("", 0),
        ("-1", 0),
        ("1.5", 0),
        ("٣", 0),
        ("9" * 40, 10**15),
        (b"1", 0),
    ],
)
def test_numbers_that_are_sent(given: object, number: int) -> None:
    """What is no number is 0, and no number is too long for the database."""
    assert positive(given) == number


def test_a_selection() -> None:
    """A selection has each number once, in the order in which they were sent."""
    assert numbers(["3", "1", "x", "3", "0"]) == [3, 1]


def test_every_channel_has_a_name() -> None:
    """Whatever the way by which something came, a page can say it."""
    assert set(CHANNELS) == {*(channel.value for channel in Channel), READER}


def test_checks_of_a_queue(desk: Desk) -> None:
    """Submissions are checked together, even those of one record."""
    ann, rev = desk.contributor(), desk.reviewer()
    handed_in = [
        desk.hand_in(ann, "one"),
        desk.hand_in(rev, "one"),
        desk.hand_in(ann, "two"),
    ]
    checks = Checks(desk.sample.intake, desk.sample.reviewing)

    found = checks.of(handed_in)

    assert set(found) == {submission.number for submission in handed_in}
    assert not any(findings.must for findings in found.values())
    assert all(findings.should for findings in found.values())
    assert not any(findings.clean for findings in found.values())
    assert checks.names(handed_in[0]) == PRACTICE["title"]
    assert checks.of([]) == {}


def test_the_order_of_the_queue(desk: Desk) -> None:
    """Submissions and reports of readers stand in the order of their age."""
    first = desk.hand_in(desk.contributor(), "one")
    report = ChangeReport(
        1, RecordId("practice", "one"), "x", "en", desk.sample.clock()
    )
    last = desk.hand_in(desk.contributor(), "two")

    items: list[Item] = [last, report, first]

    assert sorted(items, key=order) == [first, report, last]


def test_names_of_people_and_organisations(desk: Desk) -> None:
    """Who is not known has no name; an organisation that is not is called by its id."""
    ann = desk.contributor()
    names = Names(desk.sample.directory)

    assert names.person(ann.person.actor) == "Ann"
    assert names.person("person/nobody") is None
    assert names.organisation("town") == {"bg": "Град", "en": "Town <1>"}
    assert names.organisation("nowhere") == {"": "nowhere"}
