from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from registry import review
from registry.desk import Channel
from registry.desks.sql import SqlDesk
from registry.foreign import Found, Page, record_of
from registry.gate import Gate
from registry.harvest import Harvest, Line, Outcome, harvest
from registry.iris import Iris, RecordId
from registry.journal.sql import SqlJournal
from registry.language import LANGUAGES
from registry.lifecycle import Event, Status
from registry.people import KEEPER
from registry.ports import DeskQuery
from registry.record import Content, Entry, Provenance, Source
from registry.sandbox import Worker
from registry.sources.advice import finding
from registry.submissions import submit
from registry.wiring import now
from tests.conftest import BASE
from tests.versions import content

ROOT = Path(__file__).parents[2]
IRIS = Iris(BASE)
ADDRESS = "https://data.example/catalog"
A, B = "https://data.example/id/a", "https://data.example/id/b"


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    """The real gate, in its worker."""
    with Worker("registry.admission:serve", memory=3 * 1024**3) as worker:
        yield Gate(
            worker, ontology=ROOT / "ontology", shapes=ROOT / "shapes", base=BASE
        )


@dataclass(frozen=True)
class Catalogue:
    """A source that has been read already."""

    read: Sequence[Page]
    address: str = ADDRESS
    host: str = "data.example"

    def pages(self) -> Iterator[Page]:
        """Returns the pages."""
        return iter(self.read)


Harvesting = Callable[..., Harvest]


@pytest.fixture
def harvesting(journal: SqlJournal, gate: Gate) -> Harvesting:
    """Harvests pages into the journal."""

    def harvested(*pages: Page, show: bool = False) -> Harvest:
        desk = SqlDesk(journal, now)
        return harvest(
            Catalogue(pages), journal=journal, desk=desk, gate=gate, show=show
        )

    return harvested


def found(iri: str, title: str = "Набор", **more: Any) -> Found:
    """Returns a dataset as a source describes it."""
    document = {"type": ["Dataset"], "title": {"bg": title}, "source": [iri], **more}
    return Found(iri, document)


def outcomes(done: Harvest) -> Mapping[str, Outcome]:
    """Returns what became of each dataset."""
    return {line.source: line.outcome for line in done.lines}


def last(journal: SqlJournal, iri: str) -> Entry:
    """Returns the latest entry of the record of a dataset."""
    return journal.history(record_of(iri))[-1]


def test_what_is_found_becomes_drafts(
    harvesting: Harvesting, journal: SqlJournal
) -> None:
    """Nothing is published, and each draft says where it comes from."""
    done = harvesting(Page(ADDRESS, (found(A), found(B))))

    assert done.lines == (
        Line(A, record_of(A), Outcome.NEW),
        Line(B, record_of(B), Outcome.NEW),
    )
    assert [entry.event for entry in journal.entries()] == [Event.SUBMITTED] * 2
    assert journal.current(record_of(A)) is None
    entry = last(journal, A)
    assert entry.status is Status.SUBMITTED
    assert entry.actor == "harvest/data.example"
    assert entry.provenance == Provenance((Source(A), Source(ADDRESS)))


def test_reading_again_hands_in_only_what_changed(
    harvesting: Harvesting, journal: SqlJournal
) -> None:
    """The journal stays as it is where the source did."""
    harvesting(Page(ADDRESS, (found(A), found(B))))
    tip = journal.tip()

    again = harvesting(Page(ADDRESS, (found(A), found(B))))
    assert set(outcomes(again).values()) == {Outcome.UNCHANGED}
    assert journal.tip() == tip

    changed = harvesting(Page(ADDRESS, (found(A, "Друг набор"), found(B))))
    assert outcomes(changed) == {A: Outcome.CHANGED, B: Outcome.UNCHANGED}
    assert journal.tip()[0] == tip[0] + 1


def test_what_people_decided_is_not_asked_again(
    harvesting: Harvesting, journal: SqlJournal
) -> None:
    """Neither what was turned down, nor what was mended before it was accepted."""
    harvesting(Page(ADDRESS, (found(A), found(B))))
    with journal.write() as writer:
        review.reject(writer, last(journal, A), actor="person", reason="Извън темата.")
        better = content(record_of(B), found(B, "Точен набор").document, IRIS)
        mended = submit(
            writer, record_of(B), better, provenance=Provenance(), actor="editor"
        )
        assert mended is not None
        review.accept(writer, mended, actor="person")
    tip = journal.tip()

    again = harvesting(Page(ADDRESS, (found(A), found(B))))

    assert set(outcomes(again).values()) == {Outcome.UNCHANGED}
    assert journal.tip() == tip


def test_an_accepted_dataset_that_changes_waits_for_review(
    harvesting: Harvesting, journal: SqlJournal
) -> None:
    """What is published stays until somebody accepts the new draft."""
    harvesting(Page(ADDRESS, (found(A),)))
    with journal.write() as writer:
        review.accept(writer, last(journal, A), actor="person")

    harvesting(Page(ADDRESS, (found(A, "Друг набор"),)))

    current = journal.current(record_of(A))
    assert current is not None
    assert '"bg": "Набор"' in current.content.document
    assert last(journal, A).event is Event.SUBMITTED


def test_drafts_wait_at_the_desk_of_the_keeper(
    harvesting: Harvesting, journal: SqlJournal
) -> None:
    """What changed at the source since takes the place of what waits."""
    harvesting(Page(ADDRESS, [found(A), found(B)]))
    harvesting(Page(ADDRESS, [found(A, "Друг")]))

    open_ = SqlDesk(journal, now).list(DeskQuery())

    assert [(s.entry.record, s.organisation, s.channel) for s in open_] == [
        (record_of(B), KEEPER, Channel.HARVEST),
        (record_of(A), KEEPER, Channel.HARVEST),
    ]


def test_showing_hands_in_nothing(harvesting: Harvesting, journal: SqlJournal) -> None:
    """The report is the same."""
    done = harvesting(Page(ADDRESS, (found(A),)), show=True)

    assert outcomes(done) == {A: Outcome.NEW}
    assert journal.tip()[0] == 0


def test_what_breaks_a_rule_is_refused_and_the_rest_handed_in(
    harvesting: Harvesting, journal: SqlJournal
) -> None:
    """With the rules that every record has to keep, in both languages."""
    bad = Found(B, {"type": ["Dataset"], "source": [B]})

    done = harvesting(Page(ADDRESS, (found(A), bad)))

    assert outcomes(done) == {A: Outcome.NEW, B: Outcome.REFUSED}
    (refused,) = [line for line in done.lines if line.source == B]
    assert [reason.rule for reason in refused.reasons] == ["title-missing"]
    assert refused.record == record_of(B)
    assert all(set(reason.message) == set(LANGUAGES) for reason in refused.reasons)
    assert [entry.record for entry in journal.entries()] == [record_of(A)]


def test_what_would_be_lost_in_reading_is_refused(harvesting: Harvesting) -> None:
    """A document of ours never says less than it seems to."""
    done = harvesting(Page(ADDRESS, (found(A, page=["no address"]),)))

    (line,) = done.lines
    assert line.outcome is Outcome.REFUSED
    assert [(one.rule, one.value) for one in line.reasons] == [
        ("bad-iri", "no address")
    ]


def test_losses_are_told_with_the_draft(harvesting: Harvesting) -> None:
    """So that whoever reviews it knows what the source says beside it."""
    loss = finding("language-not-kept", A, "dct:title", "Kinder")
    done = harvesting(Page(ADDRESS, (Found(A, found(A).document, (loss,)),)))

    assert done.lines == (Line(A, record_of(A), Outcome.NEW, losses=(loss,)),)


def test_a_page_that_cannot_be_read_leaves_the_drafts_of_others(
    harvesting: Harvesting, journal: SqlJournal
) -> None:
    """The harvest as a whole is told to have refused something."""
    broken = finding("malformed", ADDRESS, "", "line 1")

    done = harvesting(Page(ADDRESS, (found(A),)), Page(ADDRESS, (), (broken,)))

    assert done.count(Outcome.NEW) == done.count(Outcome.REFUSED) == 1
    assert Line(ADDRESS, None, Outcome.REFUSED, [broken]) in done.lines
    assert journal.tip()[0] == 1


def test_a_source_of_nothing_is_refused(harvesting: Harvesting) -> None:
    """It is more likely to be the wrong address than an empty catalogue."""
    (line,) = harvesting(Page(ADDRESS)).lines

    assert (line.source, line.outcome) == (ADDRESS, Outcome.REFUSED)
    assert [reason.rule for reason in line.reasons] == ["no-datasets"]


def test_a_dataset_is_taken_once(harvesting: Harvesting, journal: SqlJournal) -> None:
    """Pages repeat datasets; two that differ are told of."""
    same = harvesting(Page(ADDRESS, (found(A),)), Page(ADDRESS, (found(A),)))
    other = harvesting(Page(ADDRESS, (found(B), found(B, "Друг"))))

    assert same.lines == (Line(A, record_of(A), Outcome.NEW),)
    assert sorted(line.outcome for line in other.lines) == [
        Outcome.NEW,
        Outcome.REFUSED,
    ]
    assert [r.rule for line in other.lines for r in line.reasons] == ["repeated"]
    assert journal.tip()[0] == 2


def published(journal: SqlJournal, record: RecordId, text: Content) -> None:
    """Publishes a record."""
    with journal.write() as writer:
        entry = submit(writer, record, text, provenance=Provenance(), actor="somebody")
        assert entry is not None
        review.accept(writer, entry, actor="person")


def test_a_record_that_was_superseded_is_left_alone(
    harvesting: Harvesting, journal: SqlJournal
) -> None:
    """Another one has taken its place."""
    for iri in (A, B):
        record = record_of(iri)
        published(journal, record, content(record, found(iri).document, IRIS))
    with journal.write() as writer:
        review.supersede(writer, record_of(A), record_of(B), actor="p", reason="X")
    tip = journal.tip()

    (line,) = harvesting(Page(ADDRESS, (found(A),))).lines

    assert line.outcome is Outcome.REFUSED
    assert [reason.rule for reason in line.reasons] == ["superseded"]
    assert journal.tip() == tip


def test_areas_are_our_places_where_we_have_them(
    harvesting: Harvesting, journal: SqlJournal
) -> None:
    """So that a place leads to what others publish about it."""
    place = {"type": ["Location", "AdminUnit"], "name": {"bg": "Хасково"}}
    for key in ("bg", "bg422"):
        record = RecordId("place", key)
        published(journal, record, content(record, place, IRIS))
    nuts = "http://data.europa.eu/nuts/code/"
    country = "http://publications.europa.eu/resource/authority/country/"
    areas = [f"{nuts}BG422", f"{nuts}BG421", f"{country}BGR", f"{country}DEU"]

    harvesting(Page(ADDRESS, (found(A, areaServed=areas),)))

    with journal.write() as writer:
        review.accept(writer, last(journal, A), actor="person")
    current = journal.current(record_of(A))
    assert current is not None
    for area in (f"{BASE}id/place/bg422", f"{BASE}id/place/bg", areas[1], areas[3]):
        assert f'"{area}"' in current.content.document


def test_a_large_page_is_taken_in_batches(
    harvesting: Harvesting, journal: SqlJournal
) -> None:
    """A file may describe thousands of datasets."""
    many = tuple(found(f"https://data.example/{number}") for number in range(450))

    done = harvesting(Page(ADDRESS, many))

    assert done.count(Outcome.NEW) == 450
    assert journal.tip()[0] == 450


def test_progress_is_told(journal: SqlJournal, gate: Gate) -> None:
    """Page by page."""
    pages = (Page(ADDRESS, (found(A), found(B))), Page(ADDRESS))
    told: list[int] = []

    desk = SqlDesk(journal, now)
    source = Catalogue(pages)
    harvest(source, journal=journal, desk=desk, gate=gate, progress=told.append)

    assert told == [2, 0]
