from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, Store

from registry import feeds, graphs, projection, review, submissions
from registry.errors import Busy, NotFound, RegistryError
from registry.feeds import PAGE, CatalogueLog, Log, RecordLog
from registry.iris import Iris, RecordId
from registry.journal.sql import SqlJournal, create
from registry.namespaces import DCAT, DCT, RDF
from registry.ports import (
    Activity,
    Catalogue,
    CatalogueState,
    Deed,
    Described,
    JournalWriter,
)
from registry.record import Content, Provenance
from registry.search.index import Index
from registry.store.oxigraph import OxigraphWriter
from registry.views import atom, feed
from tests.conftest import BASE, DAWN, ticking
from tests.replaying import Copy, Follower, following, of_atom
from tests.strategies import examples
from tests.tables import MemoryTables, rows, table_content
from tests.versions import content

IRIS = Iris(BASE)
ONE, TWO = RecordId("institution", "one"), RecordId("institution", "two")
TABLE = RecordId("table", "tps00176")
DIGEST = "ab" * 32


@cache
def named(record: RecordId, name: str) -> Content:
    """Returns the content of an institution of this name."""
    return content(record, {"type": "Organization", "name": {"bg": name}}, IRIS)


def submit(writer: JournalWriter, record: RecordId, made: Content) -> int:
    """Submits and returns the sequence number."""
    entry = submissions.submit(writer, record, made, provenance=Provenance(), actor="a")
    assert entry is not None
    return entry.sequence


def publish(writer: JournalWriter, record: RecordId, made: Content) -> None:
    """Publishes the content as the next version."""
    entry = submissions.submit(writer, record, made, provenance=Provenance(), actor="a")
    if entry is not None:
        review.accept(writer, entry, actor="b")


def pages(log: Log) -> list[bytes]:
    """Returns the pages of the stream from the first to the last."""
    last = feeds.current(log.tip()[0])
    shown = (feeds.page(log, number) for number in range(1, last + 1))
    return [feed.page(log.feed, page).encode() for page in shown]


def archive(log: Log) -> list[bytes]:
    """Returns the Atom documents from the oldest archive to the newest entries."""
    made = []
    for number in range(1, feeds.current(log.tip()[0])):
        page = feeds.page(log, number)
        made.append(document(log, page.members, page=number))
    return [*made, document(log, feeds.latest(log))]


def document(
    log: Log, members: Sequence[feed.Member], page: int | None = None
) -> bytes:
    """Returns an Atom document of these members."""
    return atom.render(
        atom.Document(log.feed, "A", BASE, members, DAWN, "bg", page=page)
    )


def replayed(log: Log) -> Follower:
    """Returns a follower that has read the stream from its first page."""
    follower = Follower()
    for page in pages(log):
        follower.read(page)
    return follower


def current(journal: SqlJournal) -> Copy:
    """Returns the graphs of the records that are public now."""
    return {
        IRIS.thing(version.head.record): graphs.canonical(
            graphs.triples(projection.graph(version, IRIS)[1])
        )
        for version in journal.heads()
        if version.head.status.public
    }


@dataclass
class Activities:
    """A catalogue that is nothing but its activities."""

    happened: list[Activity] = field(default_factory=list)

    def add(self, deed: Deed, dataset: str, title: str = "") -> None:
        iri = IRIS.dataset(dataset)
        triples = (
            f'<{iri}> <{DCT}title> "{title}"@bg .\n'
            f"<{iri}> <{RDF}type> <{DCAT}Dataset> .\n"
        )
        number = len(self.happened) + 1
        at = DAWN + timedelta(hours=number)
        said = "" if deed is Deed.DELETE else triples
        self.happened.append(Activity(number, deed, dataset, at, said))

    def state(self) -> CatalogueState:
        last = self.happened[-1] if self.happened else None
        number = last.number if last else 0
        return CatalogueState(number, last.at if last else None, 0, f"{number:064}")

    def activities(self, after: int = 0, limit: int = 100) -> Sequence[Activity]:
        return self.happened[after : after + limit]

    def dataset(self, key: str) -> Described | None:
        raise NotImplementedError

    def datasets(
        self, *, after: str = "", since: datetime | None = None, limit: int = 100
    ) -> Sequence[Described]:
        raise NotImplementedError

    def changed(self, after: int, limit: int = 100) -> Sequence[Described]:
        raise NotImplementedError


@pytest.fixture
def log(journal: SqlJournal) -> RecordLog:
    """The public changes of an empty journal."""
    return RecordLog(journal, IRIS)


def test_life_of_a_record_is_told_in_deeds(log: RecordLog, journal: SqlJournal) -> None:
    """Only what was public is told; what returns after its end is new again."""
    with journal.write() as writer:
        submit(writer, ONE, named(ONE, "Чака"))
        publish(writer, TWO, named(TWO, "Две"))
        publish(writer, ONE, named(ONE, "Едно"))
        publish(writer, ONE, named(ONE, "Друго"))
        review.verify(writer, ONE, actor="b")
        review.retire(writer, ONE, actor="b", reason="x")
        publish(writer, ONE, named(ONE, "Отново"))
        review.supersede(writer, ONE, TWO, actor="b", reason="x")

    members = feeds.page(log, 1).members

    one, two = IRIS.thing(ONE), IRIS.thing(TWO)
    assert [(m.number, m.deed, m.object, m.title) for m in members] == [
        (3, Deed.CREATE, two, {"bg": "Две"}),
        (5, Deed.CREATE, one, {"bg": "Едно"}),
        (7, Deed.UPDATE, one, {"bg": "Друго"}),
        (8, Deed.UPDATE, one, {"bg": "Друго"}),
        (9, Deed.DELETE, one, {"bg": "Друго"}),
        (11, Deed.CREATE, one, {"bg": "Отново"}),
        (12, Deed.DELETE, one, {"bg": "Отново"}),
    ]
    assert [m.at for m in members] == [
        journal.entries(m.number - 1, 1)[0].at for m in members
    ]
    assert all(bool(m.triples) == (m.deed is not Deed.DELETE) for m in members)


def test_replaying_gives_what_the_store_has(
    log: RecordLog, journal: SqlJournal, tmp_path: Path
) -> None:
    """Every current graph comes out as it is dumped, observations apart.

    A record and a table that were withdrawn are in neither, but for what the
    register says of their end.
    """
    tables = MemoryTables({(TABLE.key, DIGEST): rows(TABLE.key)})
    gone = RecordId("table", "migr-imm8")
    with journal.write() as writer:
        publish(writer, TWO, named(TWO, "Две"))
        publish(writer, ONE, named(ONE, "Едно"))
        publish(writer, TABLE, table_content(TABLE.key, rows(TABLE.key), DIGEST, IRIS))
        publish(writer, gone, table_content(gone.key, rows(gone.key)[:5], iris=IRIS))
        review.retire(writer, TWO, actor="b", reason="x")
        review.retire(writer, gone, actor="b", reason="x")
    store = OxigraphWriter(tmp_path / "store", BASE)
    lists = Index(tmp_path / "lists.sqlite", IRIS)
    projection.catch_up(journal, store, lists, IRIS, tables=tables, ontology="")

    follower = replayed(log)

    dump = list(store.dump())
    assert any(line.startswith(f"<{IRIS.thing(TABLE)}/") for line in dump)
    for record in (ONE, TABLE):
        end = f" <{IRIS.graph(record)}> ."
        thing = IRIS.thing(record)
        held = [
            f"{line.removesuffix(end)} .\n"
            for line in dump
            if line.endswith(end) and not line.startswith(f"<{thing}/")
        ]
        assert stored(follower.copy[thing]) == sorted(held)
    assert set(follower.copy) == {IRIS.thing(ONE), IRIS.thing(TABLE)}
    assert follower.deeds[-2:] == [
        ("Delete", IRIS.thing(TWO)),
        ("Delete", IRIS.thing(gone)),
    ]
    assert of_atom(archive(log)) == follower.copy
    store.close()
    lists.close()


def stored(text: str) -> list[str]:
    """Returns a graph as an engine gives it back, which drops subtypes of integers."""
    store = Store()
    store.extend(Quad(*triple) for triple in graphs.triples(text))
    return sorted(f"{quad.triple} .\n" for quad in store)


STEPS = st.lists(
    st.tuples(
        st.sampled_from([RecordId("institution", key) for key in "abc"]),
        st.sampled_from(
            [
                "submit",
                "reject",
                "publish",
                "publish",
                "publish",
                "verify",
                "retire",
                "end",
            ]
        ),
        st.sampled_from(["Едно", "Две", "Три"]),
    ),
    min_size=10,
    max_size=160,
)


def take(journal: SqlJournal, steps: Sequence[tuple[RecordId, str, str]]) -> None:
    """Takes those of the steps that are possible, all in one transaction."""
    with journal.write() as writer:
        for record, step, name in steps:
            try:
                _take(writer, record, step, name)
            except RegistryError:
                continue


def _take(writer: JournalWriter, record: RecordId, step: str, name: str) -> None:
    made = named(record, name)
    match step:
        case "publish":
            publish(writer, record, made)
        case "verify":
            review.verify(writer, record, actor="b")
        case "retire":
            review.retire(writer, record, actor="b", reason="x")
        case "end":
            successor = RecordId("institution", "abc"["bca".index(record.key)])
            review.supersede(writer, record, successor, actor="b", reason="x")
        case _:
            entry = submissions.submit(
                writer, record, made, provenance=Provenance(), actor="a"
            )
            if entry is not None and step == "reject":
                review.reject(writer, entry, actor="b", reason="x")


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(first=STEPS, then=STEPS, still=st.booleans())
def test_any_history_is_replayed_to_its_end(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[RecordId, str, str]],
    then: list[tuple[RecordId, str, str]],
    still: bool,
) -> None:
    """Whatever happened, both faces add up to it, and full pages stay as they are.

    That holds even if the clock stands still, so that all changes share a moment.
    """
    clock = (lambda: DAWN) if still else ticking()
    journal = create(tmp_path_factory.mktemp("journal") / "j.sqlite", BASE, clock)
    log = RecordLog(journal, IRIS)
    for steps in (first, then):
        before = pages(log)
        take(journal, steps)
        after = pages(log)

        assert before[:-1] == after[: len(before) - 1]
        follower = replayed(log)
        assert follower.copy == current(journal)
        assert of_atom(archive(log)) == follower.copy
    journal.close()


def test_pages_are_cut_by_position(log: RecordLog, journal: SqlJournal) -> None:
    """A page that is full names the one after it, which is there, if empty."""
    with journal.write() as writer:
        for number in range(PAGE // 2):
            publish(writer, ONE, named(ONE, str(number)))

    first, second = feeds.page(log, 1), feeds.page(log, 2)

    assert journal.tip()[0] == PAGE == 100  # pages that others keep were cut by this
    assert first.full
    assert first.until == journal.entries(PAGE - 1)[0].at
    assert len(first.members) == PAGE // 2
    assert second == feed.Page(2, [], None, first.until)
    assert feeds.archive(log, 1) == first
    with pytest.raises(NotFound):
        feeds.archive(log, 2)
    read = [following(page) for page in pages(log)]
    assert read == [log.feed.page(2), None]


@pytest.mark.parametrize("number", [-1, 0, 2, 10**9])
def test_page_past_the_end(log: RecordLog, number: int) -> None:
    """A page that the feed has not come to is not there."""
    assert feeds.page(log, 1) == feed.Page(1, [], None)

    with pytest.raises(NotFound):
        feeds.page(log, number)


def test_one_change(log: RecordLog, journal: SqlJournal) -> None:
    """A change is found by its number; what is not public is not there."""
    with journal.write() as writer:
        publish(writer, ONE, named(ONE, "Едно"))

    assert feeds.member(log, 2) == feeds.page(log, 1).members[0]
    for number in (-1, 0, 1, 3):
        with pytest.raises(NotFound):
            feeds.member(log, number)


def test_latest_changes(log: RecordLog, journal: SqlJournal) -> None:
    """Who has just come sees all that is in no archive, and so many at least."""
    with journal.write() as writer:
        for number in range(10):
            publish(writer, ONE, named(ONE, str(number)))
    assert len(feeds.latest(log)) == 10

    with journal.write() as writer:
        for number in range(10, PAGE):
            publish(writer, ONE, named(ONE, str(number)))
        for _ in range(PAGE - 10):
            review.verify(writer, ONE, actor="b")
    assert len(feeds.latest(log)) == PAGE - 10 > feeds.LATEST

    with journal.write() as writer:
        for _ in range(20):
            review.verify(writer, ONE, actor="b")
    newest = [member.number for member in feeds.latest(log)]
    assert newest == list(range(3 * PAGE + 10 - feeds.LATEST + 1, 3 * PAGE + 11))


def test_page_of_a_moment_is_found_with_few_reads(journal: SqlJournal) -> None:
    """What changed since a harvest is reached without what came before it."""
    asked: list[int] = []

    @dataclass(frozen=True)
    class Counting(RecordLog):
        def at(self, position: int) -> datetime:
            asked.append(position)
            return RecordLog.at(self, position)

    log = Counting(journal, IRIS)
    assert feeds.since(log, DAWN) == 1
    with journal.write() as writer:
        for number in range(2 * PAGE):
            publish(writer, ONE, named(ONE, str(number)))
    at = {entry.sequence: entry.at for entry in journal.entries()}
    tip = journal.tip()[0]

    assert feeds.since(log, DAWN) == 1
    for sequence, page in ((1, 1), (PAGE, 1), (PAGE + 1, 2), (tip, 4)):
        assert feeds.since(log, at[sequence]) == page
    assert feeds.since(log, at[PAGE] + timedelta(milliseconds=1)) == 2
    assert feeds.since(log, at[tip] + timedelta(seconds=1)) == 5
    assert len(asked) <= 7 * tip.bit_length() + 7
    assert (feeds.following(0), feeds.following(99), feeds.following(100)) == (1, 1, 2)


def activities() -> Iterator[tuple[Deed, str, str]]:
    """Yields more changes of a catalogue than there is room for on a page."""
    for number in range(PAGE + 20):
        yield Deed.CREATE, f"table.t{number}", "Таблица"
    yield Deed.UPDATE, "table.t3", "Трета"
    yield Deed.DELETE, "table.t4", ""


def test_catalogue_is_what_its_feed_adds_up_to() -> None:
    """The last description of every dataset is left, but for deleted ones."""
    catalogue = Activities()
    for change in activities():
        catalogue.add(*change)
    port: Catalogue = catalogue
    log = CatalogueLog(port, IRIS)

    follower = replayed(log)

    latest = {IRIS.dataset(a.dataset): a.triples for a in catalogue.happened}
    assert follower.copy == {name: text for name, text in latest.items() if text}
    assert of_atom(archive(log)) == follower.copy
    assert len(follower.copy) == PAGE + 19
    assert follower.deeds[-1] == ("Delete", IRIS.dataset("table.t4"))
    updated = feeds.member(log, PAGE + 21)
    assert (updated.deed, updated.title) == (Deed.UPDATE, {"bg": "Трета"})
    assert feeds.since(log, updated.at) == 2
    assert feeds.since(log, datetime(2000, 1, 1, tzinfo=UTC)) == 1


def test_catalogue_that_is_made_anew_is_waited_for() -> None:
    """Who asks while its changes are not there yet is told to come again."""
    with pytest.raises(Busy):
        CatalogueLog(Activities(), IRIS).at(1)


def test_full_pages_of_the_catalogue_stay_as_they_are() -> None:
    """An immutable page is the same bytes after more has happened."""
    catalogue = Activities()
    for change in activities():
        catalogue.add(*change)
    log = CatalogueLog(catalogue, IRIS)
    before = pages(log)

    for change in activities():
        catalogue.add(Deed.UPDATE, change[1], "Друга")

    assert pages(log)[0] == before[0]
    assert pages(log)[1] != before[1]
