from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from httpx import Response
from pyoxigraph import Dataset, RdfFormat, parse

from api.application import application
from registry import graphs, projection, review
from registry.catalogue.store import Store
from registry.feeds import PAGE
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from registry.namespaces import DCT, LDES, RDF, TREE
from registry.ports import Position, Standing
from registry.views import fragments
from tests.api.client import Client
from tests.api.conftest import Sample, build
from tests.replaying import (
    ATOM,
    HISTORY,
    TOMBSTONES,
    Copy,
    Follower,
    following,
    of_atom,
)
from tests.versions import BASE, IRIS

IMMUTABLE = "public, max-age=31536000, immutable"
FORMATS = {
    "application/trig": RdfFormat.TRIG,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/n-quads": RdfFormat.N_QUADS,
}
STREAMS = ("/feed/records", "/feed/catalog")
AT = datetime(2026, 3, 1, tzinfo=UTC)
TABLE = "table.migr-imm8"


def described(key: str, day: int, title: str) -> Standing:
    """Returns how a dataset stands from a day on; without a title it is gone."""
    at = AT + timedelta(days=day)
    triples = f'<{IRIS.dataset(key)}> <{DCT}title> "{title}"@en .\n' if title else ""
    return Standing(key, at, triples, AT, at, day)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """A registry in which so much has happened that both feeds have two pages."""
    folder = tmp_path_factory.mktemp("full")
    built = build(folder)
    catalogue = Store(folder / "other.sqlite", fragments.cut)
    made = replace(built, catalogue=catalogue)
    with made.journal.write() as writer:
        for _ in range(PAGE):
            review.verify(writer, RecordId("institution", "centre"), actor="b")
    made.catalogue.write(
        [described(f"table.t{day}", day, "Table") for day in range(PAGE)]
        + [described(TABLE, PAGE, "Table"), described(TABLE, PAGE + 1, "")],
        Position(1, 0),
    )
    yield made
    close(built)
    catalogue.close()


def close(sample: Sample) -> None:
    """Closes what a sample has open."""
    sample.catalogue.close()
    sample.lists.close()
    sample.journal.close()


@pytest.fixture(scope="module")
def reader(full: Sample) -> Iterator[Client]:
    with Client(application(full, close=lambda: None)) as made:
        yield made


def current(sample: Sample) -> Copy:
    """Returns the graphs of the records that are public now."""
    return {
        IRIS.thing(version.head.record): graphs.canonical(
            graphs.triples(projection.graph(version, IRIS)[1])
        )
        for version in sample.journal.heads()
        if version.head.status.public
    }


def followed(reader: Client, start: str, media_type: str) -> Follower:
    """Reads a stream from its entry point back to its beginning."""
    follower = Follower()
    for page in reversed(chained(reader, start, media_type)):
        follower.read(page, FORMATS[media_type])
    return follower


def chained(reader: Client, start: str, media_type: str) -> list[bytes]:
    """Returns a page and those that it leads to, one after the other."""
    pages: list[bytes] = []
    address: str | None = start
    while address:
        answer = reader.get(address, accept=media_type)
        assert answer.headers["content-type"] == media_type
        pages.append(answer.content)
        address = following(answer.content, FORMATS[media_type])
    return pages


def archived(reader: Client, address: str) -> list[Response]:
    """Reads an Atom feed and its archive, as RFC 5005 has it, oldest first."""
    documents: list[Response] = []
    while address:
        documents.insert(0, reader.get(address))
        address = linked(documents[0]).get("prev-archive", "")
    return documents


def linked(document: Response) -> dict[str, str]:
    """Returns the links of an Atom document by their relation."""
    root = ElementTree.fromstring(document.content)  # noqa: S314 - our own
    return {
        link.attrib["rel"]: link.attrib["href"] for link in root.findall(f"{ATOM}link")
    }


@pytest.mark.parametrize("media_type", FORMATS)
def test_streams_add_up_to_what_there_is(
    reader: Client, full: Sample, media_type: str
) -> None:
    """In every format, replaying from the entry point gives the present graphs."""
    records = followed(reader, STREAMS[0], media_type)
    catalogue = followed(reader, STREAMS[1], media_type)

    assert records.copy == current(full)
    assert records.deeds.count(("Delete", f"{BASE}id/institution/closed")) == 1
    assert records.deeds.count(("Delete", f"{BASE}id/institution/old")) == 1
    assert catalogue.copy == {
        IRIS.dataset(dataset.key): dataset.triples
        for dataset in full.catalogue.datasets(limit=1000)
    }
    assert len(catalogue.copy) == PAGE
    assert catalogue.deeds[-1] == ("Delete", IRIS.dataset(TABLE))


@pytest.mark.parametrize("stream", STREAMS)
def test_both_ways_tell_the_same(reader: Client, stream: str) -> None:
    """Who reads on from the first page is told what one who reads back is told."""
    forward = Follower()
    for page in chained(reader, f"{stream}?page=1", "application/trig"):
        forward.read(page, RdfFormat.TRIG)

    assert forward.deeds == followed(reader, stream, "application/trig").deeds


def test_atom_adds_up_to_the_same(reader: Client) -> None:
    """The document to subscribe to and its archive give the same graphs."""
    for stream in STREAMS:
        documents = archived(reader, f"{stream}.atom")

        expected = followed(reader, stream, "application/trig").copy
        assert of_atom(document.content for document in documents) == expected
        roots = [ElementTree.fromstring(d.content) for d in documents]  # noqa: S314
        gone = sum(len(root.findall(f"{TOMBSTONES}deleted-entry")) for root in roots)
        assert gone == {"/feed/records": 2, "/feed/catalog": 1}[stream]
        marks = [root.find(f"{HISTORY}archive") is not None for root in roots]
        assert marks == [True] * (len(documents) - 1) + [False]


def test_catalogue_is_what_its_feed_adds_up_to(client: Client, sample: Sample) -> None:
    """A portal that follows the feed has every dataset as it is described now."""
    follower = followed(client, STREAMS[1], "application/trig")

    datasets = sample.catalogue.datasets(limit=1000)
    assert follower.copy == {IRIS.dataset(d.key): d.triples for d in datasets}
    assert follower.copy


def test_full_pages_are_kept_for_good(reader: Client) -> None:
    """A full page says so to caches and to readers, and names its neighbours."""
    for stream in STREAMS:
        page = reader.get(f"{stream}?page=1")

        assert page.status_code == 200
        assert page.headers["cache-control"] == IMMUTABLE
        assert page.headers["vary"] == "Accept"
        address = f"{BASE.rstrip('/')}{stream}"
        assert page.headers["link"] == (
            f'<{address}>; rel="start", <{address}?page=2>; rel="next"'
        )
        assert (
            f"{LDES}immutable"
            in reader.get(f"{stream}?page=1", accept="application/n-quads").text
        )
        tag = page.headers["etag"]
        again = reader.get(f"{stream}?page=1", if_none_match=tag)
        assert (again.status_code, again.content) == (304, b"")
        archive = reader.get(f"{stream}?archive=1")
        assert archive.headers["cache-control"] == IMMUTABLE
        assert archive.headers["link"] == f'<{address}>; rel="current"'
        archive = reader.get(f"{stream}.atom?page=1")
        assert archive.headers["cache-control"] == IMMUTABLE


def test_what_has_room_costs_a_304_while_nothing_happens(tmp_path: Path) -> None:
    """Its tag lasts until something happens; a full page stays byte for byte."""
    sample = build(tmp_path)
    record = RecordId("institution", "centre")
    room = (
        *("/feed/records?page=1", "/feed/records.atom", "/feed/records.atom?page=1"),
        "/feed/records",
    )
    with Client(application(sample, close=lambda: None)) as reader:
        tags = {path: reader.get(path).headers["etag"] for path in room}
        for path, tag in tags.items():
            answer = reader.get(path, if_none_match=tag)
            assert (answer.status_code, answer.headers["etag"]) == (304, tag)
            assert answer.headers["cache-control"] == "public, no-cache"

        with sample.journal.write() as writer:
            for _ in range(2 * PAGE):
                review.verify(writer, record, actor="b")
        kept = (room[0], room[2], *(f"/feed/records?archive={n}" for n in (1, 2)))
        full = [reader.get(path).content for path in kept]
        links = reader.get(kept[-1]).headers["link"]
        assert f'<{BASE}feed/records?archive=1>; rel="prev-archive"' in links
        for path, tag in tags.items():
            assert reader.get(path, if_none_match=tag).status_code == 200
        with sample.journal.write() as writer:
            review.retire(writer, record, actor="b", reason="x")
        assert [reader.get(path).content for path in kept] == full
    close(sample)


def test_reading_goes_on_where_it_ended(reader: Client, full: Sample) -> None:
    """What came after a position or a moment is reached without what was before."""
    tip = full.journal.tip()[0]
    at = full.journal.entries(PAGE, 1)[0].at.isoformat().replace("+00:00", "Z")
    page = f"{BASE}feed/records?page="
    for query, number in (
        ("after=0", 1),
        (f"after={PAGE - 1}", 1),
        (f"after={PAGE}", 2),
        (f"after={tip}", 2),
        ("since=2000-01-01", 1),
        ("since=2026-03-01", 1),
        (f"since={at}", 2),
        ("since=2026-03-02", 2),
    ):
        answer = reader.get(f"/feed/records?{query}")
        assert answer.status_code == 303, query
        assert answer.headers["location"] == f"{page}{number}", query
    answer = reader.get(f"/feed/catalog?since={AT + timedelta(days=PAGE):%Y-%m-%d}")
    assert answer.headers["location"] == f"{BASE}feed/catalog?page=2"


def test_activity_is_where_its_name_says(reader: Client) -> None:
    """The IRI of an activity answers with it and with its graph, for good."""
    page = reader.get("/feed/records?page=1", accept="application/n-quads")
    named = {
        quad.object
        for quad in parse(page.content, format=RdfFormat.N_QUADS)
        if quad.predicate.value == f"{TREE}member"
    }
    whole = Dataset(parse(page.content, format=RdfFormat.N_QUADS))

    for name in named:
        answer = reader.get(str(name).strip("<>"))
        assert answer.headers["cache-control"] == IMMUTABLE
        alone = Dataset(parse(answer.content, format=RdfFormat.TRIG))
        for part in (alone.quads_for_subject, alone.quads_for_graph_name):
            expected = getattr(whole, part.__name__)(name)
            assert set(part(name)) == set(expected)


def test_language_of_an_atom_feed(reader: Client) -> None:
    """Titles come in the language asked for, and links keep to it."""
    for language, title in (
        ("bg", "Промени в записите"),
        ("en", "Changes to the records"),
    ):
        for answer in (
            reader.get(f"/feed/records.atom?lang={language}"),
            reader.get("/feed/records.atom", accept_language=language),
        ):
            root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
            assert root.findtext(f"{ATOM}title") == title
            assert answer.headers["content-language"] == language
            assert answer.headers["vary"] == "Accept-Language"
            assert linked(answer)["prev-archive"].endswith(f"page=1&lang={language}")


def test_entry_point(reader: Client) -> None:
    """It has the latest changes, leads to those before, and promises to keep all."""
    for stream in STREAMS:
        answer = reader.get(stream, accept="application/ld+json")

        address = f"{BASE.rstrip('/')}{stream}"
        quads = set(parse(answer.content, format=RdfFormat.JSON_LD))
        said = {(str(q.subject), q.predicate.value, str(q.object)) for q in quads}
        assert (f"<{address}#stream>", f"{TREE}view", f"<{address}>") in said
        policy = f"<{address}#retention>"
        assert (policy, f"{RDF}type", f"<{LDES}RetentionPolicy>") in said
        latest = reader.get(f"{stream}?page=2", accept="application/ld+json")
        there = set(parse(latest.content, format=RdfFormat.JSON_LD))
        members = {q for q in there if q.predicate.value == f"{TREE}member"}
        assert members == {q for q in quads if q.predicate.value == f"{TREE}member"}
        assert following(answer.content, RdfFormat.JSON_LD) == f"{address}?archive=1"


@pytest.mark.parametrize("stream", STREAMS)
def test_empty_feeds(
    sample: Sample, journal: SqlJournal, tmp_path: Path, stream: str
) -> None:
    """Before anything has happened there is one empty page in every face."""
    catalogue = Store(tmp_path / "catalogue.sqlite", fragments.cut)
    empty = replace(sample, journal=journal, catalogue=catalogue)
    with Client(application(empty, close=lambda: None)) as reader:
        assert followed(reader, stream, "application/trig").deeds == []
        assert of_atom([reader.get(f"{stream}.atom").content]) == {}
        assert reader.get(f"{stream}?after=0").status_code == 303
        assert reader.get(f"{stream}?page=2").status_code == 404
    catalogue.close()


@pytest.mark.parametrize(
    ("query", "status", "parameter"),
    [
        ("?page=0", 400, "page"),
        ("?page=-1", 400, "page"),
        ("?page=x", 400, "page"),
        ("?page=01", 400, "page"),
        ("?page=", 400, "page"),
        (f"?page={'9' * 30}", 400, "page"),
        ("?archive=0", 400, "archive"),
        ("?archive=x", 400, "archive"),
        ("?archive=2", 404, None),
        (f"?archive={'9' * 18}", 404, None),
        ("?page=1&archive=1", 400, "archive"),
        ("?page=3", 404, None),
        (f"?page={'9' * 18}", 404, None),
        ("?since=yesterday", 400, "since"),
        ("?since=2999-01-01", 400, "since"),
        ("?since=9999-12-31", 400, "since"),
        ("?since=2026-03-01T12:00:00", 400, "since"),
        ("?after=x", 400, "after"),
        ("?after=1000000", 400, "after"),
        ("?page=1&after=1", 400, "after"),
        ("?since=2026-01-01&page=1", 400, "since"),
        ("/0", 404, None),
        ("/1000000", 404, None),
        ("/x", 404, None),
        (f"/{'9' * 30}", 404, None),
        (".atom?page=0", 400, "page"),
        (".atom?page=3", 404, None),
        (".atom?lang=fr", 400, "lang"),
    ],
)
@pytest.mark.parametrize("stream", STREAMS)
def test_what_cannot_be_found(
    reader: Client, stream: str, query: str, status: int, parameter: str | None
) -> None:
    """Each mistake is a problem of its own, which names the parameter."""
    problem = reader.get(f"{stream}{query}")

    assert problem.status_code == problem.json()["status"] == status
    assert problem.json().get("parameter") == parameter


def test_page_of_unpublished_positions_is_not_an_activity(reader: Client) -> None:
    """A submission has a position in the journal, and is nobody's business."""
    assert reader.get("/feed/records/1").status_code == 404
    assert reader.get("/feed/records/2").status_code == 200


def test_list_of_feeds(reader: Client) -> None:
    """Programs find every feed in both faces."""
    answer = reader.get("/feed")

    assert answer.headers["content-type"].startswith("text/turtle")
    for stream in STREAMS:
        assert f"{stream}#stream" in answer.text


@pytest.mark.parametrize("language", ["bg", "en"])
def test_people_are_sent_to_the_page(reader: Client, language: str) -> None:
    """It tells them what to register where."""
    answer = reader.get(f"/feed?lang={language}", accept="text/html")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}{language}/feeds"
