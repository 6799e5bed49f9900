from datetime import timedelta

from registry import links
from registry.journal.sql import SqlJournal
from registry.links import Pace, Tried
from tests.conftest import BASE, DAWN
from tests.publishing import publish, retire
from tests.versions import IRIS

ONE, TWO, OTHER = (
    "https://one.example/",
    "https://one.example/b",
    "https://two.example/",
)


def fill(journal: SqlJournal) -> None:
    """Publishes three records, of which one is withdrawn."""
    for key, pages in (("a", [ONE, TWO]), ("b", [ONE, OTHER]), ("c", [f"{ONE}c"])):
        document = {"type": "Organization", "name": {"en": key}, "homepage": pages}
        publish(journal, f"institution/{key}", document)
    retire(journal, "institution/c")


def test_hosts_take_turns_and_each_address_comes_once(journal: SqlJournal) -> None:
    """What is withdrawn is not looked at."""
    fill(journal)
    kept = journal.links
    later = DAWN + timedelta(days=1)

    assert links.due(journal, kept, IRIS, later) == [ONE, OTHER, TWO]
    kept.note(OTHER, "200", alive=True)
    assert links.due(journal, kept, IRIS, DAWN) == [ONE, TWO]
    assert links.due(journal, kept, IRIS, later) == [ONE, OTHER, TWO]
    assert BASE not in ONE


def test_what_came_of_each_is_kept(journal: SqlJournal) -> None:
    """What may not be tried is not called dead."""
    outcomes = {ONE: ("200", True), TWO: ("404", False), OTHER: None}
    count: list[int] = []

    tried = links.check(
        [ONE, TWO, OTHER],
        links=journal.links,
        attempt=outcomes.__getitem__,
        pace=Pace(0),
        progress=count.append,
    )

    assert tried == Tried(1, {TWO: "404"}, 1)
    assert journal.links.tried().keys() == {ONE, TWO}
    assert sum(count) == 3


def test_a_host_is_left_alone_between_two_requests(journal: SqlJournal) -> None:
    """Others need not wait for it."""
    now, slept = [100.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    links.check(
        [ONE, OTHER, TWO],
        links=journal.links,
        attempt=lambda _: ("200", True),
        pace=Pace(5.0, lambda: now[0], sleep),
    )

    assert slept == [5.0]
