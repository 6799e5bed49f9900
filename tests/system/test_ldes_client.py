"""`ldes-client` of npm follows the feeds as it does by itself.

Each activity that it hands on comes as N-Quads, and is carried out on a copy.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.main import create_app
from registry import graphs, projection, review, submissions, wiring
from registry.feeds import PAGE
from registry.iris import Iris, RecordId
from registry.journal import sql
from registry.journal.sql import SqlJournal
from registry.lifecycle import Event
from registry.ports import JournalWriter
from registry.record import Provenance
from registry.settings import Settings, SiteSettings
from tests.conftest import ticking
from tests.ldes import LdesClient, activities, carried_out
from tests.listening import listening
from tests.replaying import Copy
from tests.serving import Operator, free_port
from tests.versions import content

TOLD = (Event.ACCEPTED, Event.RETIRED)

ONE = RecordId("institution", "one")
TWO = RecordId("institution", "two")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Operator]:
    """A server with one record, which a test may change."""
    operator = Operator(tmp_path / "data", free_port())
    site = SiteSettings(base=operator.base)
    wiring.create(Settings(data=operator.data, site=site))
    with opened(operator) as registry, registry.journal.write() as writer:
        made = content(
            ONE, {"type": "Organization", "name": {"bg": "Едно"}}, registry.iris
        )
        entry = submissions.submit(
            writer, ONE, made, provenance=Provenance(), actor="a"
        )
        assert entry is not None
        review.accept(writer, entry, actor="b")
    with operator.serving():
        yield operator


@dataclass(frozen=True)
class Long:
    """A server whose feed of records has several pages, and its journal.

    Every second position is a change, as each version is submitted and accepted.
    """

    feed: str
    journal: SqlJournal
    iris: Iris

    def publish(self, writer: JournalWriter, record: RecordId, name: str) -> None:
        """Publishes a version of a record, which takes two positions."""
        document = {"type": "Organization", "name": {"bg": name}}
        made = content(record, document, self.iris)
        entry = submissions.submit(
            writer, record, made, provenance=Provenance(), actor="a"
        )
        assert entry is not None
        review.accept(writer, entry, actor="b")

    def fill(self, until: int) -> None:
        """Publishes version after version until the journal is so long."""
        with self.journal.write() as writer:
            for position in range(self.journal.tip()[0] + 2, until + 1, 2):
                self.publish(writer, ONE, f"Едно {position}")

    def numbers(self, after: int = 0) -> list[int]:
        """Returns the numbers of the changes after a position."""
        entries = self.journal.entries(after, 10 * PAGE)
        return [entry.sequence for entry in entries if entry.event in TOLD]


@pytest.fixture
def long(tmp_path: Path) -> Iterator[Long]:
    """Three full pages and a half of changes to one record, a second apart."""
    port = free_port()
    base, data = f"http://127.0.0.1:{port}/", tmp_path / "data"
    settings = Settings(data=data, site=SiteSettings(base=base))
    wiring.create(settings)
    with closing(sql.create(data / "journal.sqlite", base, ticking())) as journal:
        made = Long(f"{base}feed/records", journal, Iris(base))
        with journal.write() as writer:
            made.publish(writer, TWO, "Две")
        made.fill(3 * PAGE + PAGE // 2)
        with listening(create_app(settings), port):
            yield made


def published(operator: Operator) -> Copy:
    """Returns the graphs of the records that are public now."""
    with opened(operator) as registry:
        return {
            registry.iris.thing(version.head.record): graphs.canonical(
                graphs.triples(projection.graph(version, registry.iris)[1])
            )
            for version in registry.journal.heads()
            if version.head.status.public
        }


@contextmanager
def opened(operator: Operator) -> Iterator[wiring.Registry]:
    """Opens the registry beside its server."""
    registry = wiring.open_registry(Settings(data=operator.data))
    try:
        yield registry
    finally:
        registry.close()


def test_whole_of_the_records(served: Operator, ldes_client: LdesClient) -> None:
    """Every record arrives, and the copy is what the journal says of it now."""
    read = ldes_client.follow(f"{served.base}feed/records")

    expected = published(served)
    assert len(activities(read)) >= len(expected) > 900
    assert carried_out(read, {}) == expected


def test_whole_of_the_catalogue(served: Operator, ldes_client: LdesClient) -> None:
    """Every dataset arrives, and the copy is what the catalogue had come to."""
    # The shape is on a server of the European Commission, and no test goes there.
    read = ldes_client.follow(f"{served.base}feed/catalog", "--no-shape")

    told = activities(read)
    with opened(served) as registry:  # which may have gone on meanwhile
        happened = registry.catalogue.activities(limit=len(told))
        names = [registry.iris.dataset(activity.dataset) for activity in happened]
    assert [activity[0] for activity in told] == [a.number for a in happened]
    latest = dict(zip(names, (a.triples for a in happened), strict=True))
    expected = {dataset: triples for dataset, triples in latest.items() if triples}
    assert carried_out(read, {}) == expected
    assert len(expected) > 50


def test_deletion_arrives_and_nothing_else(
    small: Operator, ldes_client: LdesClient, tmp_path: Path
) -> None:
    """A copy that is brought up to date is told of what was withdrawn, only."""
    feed, state = f"{small.base}feed/records", ("--save", str(tmp_path / "state"))
    copy = carried_out(ldes_client.follow(feed, *state), {})
    assert copy == published(small)
    thing = f"{small.base}id/{ONE}"
    assert set(copy) == {thing}

    with opened(small) as registry, registry.journal.write() as writer:
        review.retire(writer, ONE, actor="a", reason="x")
    read = ldes_client.follow(feed, *state)

    assert [activity[:3] for activity in activities(read)] == [(3, "Delete", thing)]
    assert carried_out(read, copy) == {}


def test_reading_goes_on_after_a_dump(
    served: Operator, ldes_client: LdesClient
) -> None:
    """Who has read as far as a position reads only the pages that come after."""
    whole = activities(ldes_client.follow(f"{served.base}feed/records"))
    position = whole[-1][0] - 150

    rest = activities(ldes_client.follow(f"{served.base}feed/records?after={position}"))

    first = position // 100 * 100
    assert rest == [activity for activity in whole if activity[0] > first]


@pytest.mark.parametrize("order", ["none", "ascending"])
def test_each_change_is_told_once(
    long: Long, ldes_client: LdesClient, order: str
) -> None:
    """In order or not, a stream of several pages has each change once."""
    numbers = ldes_client.numbers(long.feed, "--ordered", order)

    assert sorted(numbers) == long.numbers()
    if order == "ascending":
        assert numbers == sorted(numbers)


@pytest.mark.parametrize("order", ["none", "ascending"])
def test_second_visit_is_told_what_is_new(
    long: Long, ldes_client: LdesClient, tmp_path: Path, order: str
) -> None:
    """Who comes back once a day is told of all that is new, and of nothing else.

    The page with room at the first visit has filled up since, and one more with it.
    """
    state = ("--save", str(tmp_path / "state"), "--ordered", order)
    first = ldes_client.follow(long.feed, *state)
    position = long.journal.tip()[0]
    assert activities(ldes_client.follow(long.feed, *state)) == []

    long.fill(5 * PAGE + 10)
    with long.journal.write() as writer:
        review.retire(writer, TWO, actor="b", reason="x")
        long.publish(writer, ONE, "Накрая")
    second = ldes_client.follow(long.feed, *state)

    *_, deleted, last = activities(second)
    tip = long.journal.tip()[0]
    assert deleted[:3] == (tip - 2, "Delete", long.iris.thing(TWO))
    assert last[:3] == (tip, "Update", long.iris.thing(ONE))
    news = [number for number, *_ in activities(second)]
    assert news == long.numbers(position)
    copy = carried_out(second, carried_out(first, {}))
    assert set(copy) == {long.iris.thing(ONE)}
    assert "Накрая" in copy[long.iris.thing(ONE)]
    assert activities(ldes_client.follow(long.feed, *state)) == []


def test_second_visit_within_a_page(
    long: Long, ldes_client: LdesClient, tmp_path: Path
) -> None:
    """One change on the page that has room is all that is told."""
    state = ("--save", str(tmp_path / "state"))
    ldes_client.follow(long.feed, *state)
    with long.journal.write() as writer:
        review.retire(writer, TWO, actor="b", reason="x")

    numbers = ldes_client.numbers(long.feed, *state)

    assert numbers == [long.journal.tip()[0]]
