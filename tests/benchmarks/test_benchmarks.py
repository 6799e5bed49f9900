"""The benchmarks run to their end; on so little data their ratios mean nothing."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import (
    aggregates,
    catalogue,
    charts,
    checking,
    corpus,
    datasets,
    footprint,
    loading,
    pages,
    peers,
    publishing,
    rebuild,
    records,
    sheets,
    tables,
)
from benchmarks.figures import QUICK, Effort, Figure, Findings
from benchmarks.load import AnswerError, complete
from benchmarks.virtuoso import BINARY
from registry.jsonld import Context
from tests import pinned
from tests.serving import Operator

ONTOLOGY = Path(__file__).parents[2] / "ontology"


def measured(findings: list[Findings]) -> list[str]:
    """Returns what the ratios are of, after a look at whether they are ratios."""
    figures = [figure for found in findings for figure in found.figures]
    assert all(figure.ratio > 0 for figure in figures)
    return [figure.text for figure in figures]


def test_records_are_measured_against_a_bare_route() -> None:
    """Both journals and the bare route give whole answers under load."""
    assert measured(records.run(QUICK)) == [
        "small journal : bare route",
        "large journal : bare route",
        "large journal : small journal",
    ]


def test_rebuilding_is_measured_at_three_sizes() -> None:
    """The command rebuilds every journal, and Oxigraph loads the same quads."""
    assert measured(rebuild.run(QUICK)) == [
        "2,091 quads : 50,000 quads/s",
        "615 quads : 205 quads",
        "2,091 quads : 615 quads",
        "2,091 quads : oxigraph load",
    ]


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Effort:
    """Little data, which are made once."""
    return replace(QUICK, triples=1_000, keep=tmp_path_factory.mktemp("kept"))


def test_peers_hold_the_same_and_are_asked_the_same(little: Effort) -> None:
    """All servers give the asked-for answers under load, at one size of data."""
    found = list(peers.run(little))

    titles = [findings.title for findings in found]
    assert titles == [
        "A record as JSON-LD, 975 triples",
        *(f"SPARQL: {name}, 975 triples" for name in peers.QUESTIONS),
        "SPARQL: 1,000 rows as JSON, 1,000 triples",
        "Lists and search, 975 triples",
    ]
    assert set(found[1].rates) == {
        "registry",
        "oxigraph serve",
        "rdflib-endpoint",
        *(["Virtuoso 7"] if BINARY.exists() else []),
    }


def test_loading_is_measured_against_a_bare_load() -> None:
    """A dataset is loaded with all that belongs to it, and its quads in bulk."""
    assert measured(loading.run(QUICK)) == [
        "registry load and rebuild : oxigraph load",
    ]


def test_memory_disk_and_snapshots_are_measured(little: Effort) -> None:
    """Every process and every part has its size, and snapshots are bounded."""
    memory, disk, storm = footprint.run(little)

    jobs = {name.partition(". ")[2] for name in memory.rates}
    assert {"server", "web process"} <= jobs
    assert {"journal.sqlite", "store"} <= set(disk.rates)
    assert storm.figures[0].met


FOUND = Findings(
    "Names & more",
    "answers/s",
    {"registry": 1200.0, "peer": 2400.0},
    [Figure("registry : peer", 0.5, 0.3), Figure("registry : other", 2.0, None)],
)


def test_findings_become_a_table_and_charts(tmp_path: Path) -> None:
    """What was recorded last of a title counts; a chart says in words what it shows."""
    file = tmp_path / "found.jsonl"
    older = replace(FOUND, rates={"registry": 1.0})
    lines = [json.dumps(asdict(found)) for found in (older, FOUND)]
    file.write_text("\n".join(lines), encoding="utf-8")

    (found,) = charts.read(file)
    drawn = ElementTree.fromstring(charts.chart(found))  # noqa: S314 - our own

    assert charts.table([found]).splitlines()[2:] == [
        "| Names & more | registry : peer | 1,200 | 2,400 | 0.50 | 0.30 | met |",
        "| Names & more | registry : other | 1,200 |  | 2.00 |  |  |",
    ]
    parts = [(part.tag.rpartition("}")[2], part.text) for part in drawn]
    assert parts[0] == ("title", "Names & more")
    assert parts[1] == ("desc", "registry: 1,200 answers/s; peer: 2,400 answers/s")


def test_slices_are_measured_against_a_bare_query_and_sparql() -> None:
    """Tables come in, and all servers give the asked-for cells under load."""
    slices = [
        "6,048 observations : oxigraph serve",
        "6,048 observations : bare query",
        "6,048 observations : 378 observations",
    ]
    assert measured(tables.run(QUICK))[2:] == [*slices, *slices[:2]]


def test_sums_are_measured_against_two_servers() -> None:
    """All four give an answer to every question under load."""
    if not BINARY.exists():
        pinned.missing("There is no Virtuoso here.")
    assert (
        measured(aggregates.run(QUICK))
        == [
            "registry : Virtuoso 7",
            "registry : oxigraph serve",
            "registry : registry, without columns",
        ]
        * 5
    )


def test_the_catalogue_is_measured_against_a_dump() -> None:
    """A whole one is read to its end, an unchanged one is not sent, changes are."""
    unchanged, since, whole = (
        "unchanged (304), {} datasets",
        "10 changes, {} datasets",
        "whole (200), 20 datasets",
    )
    assert measured(catalogue.run(QUICK)) == [
        "/catalog.ttl of 20 datasets : oxigraph dump",
        "bytes sent : bytes by which memory grew",
        f"{unchanged.format(20)} : {unchanged.format(2)}",
        f"{since.format(20)} : {since.format(2)}",
        f"{unchanged.format(20)} : {whole}",
        f"{since.format(20)} : {whole}",
    ]


def test_copies_of_datasets_are_descriptions_of_their_own(tmp_path: Path) -> None:
    """A synthetic catalogue has as many triples as are said, and none twice."""
    model = datasets.model()
    datasets.fill(tmp_path / "data", model, 3)

    datasets.write(tmp_path / "data", model, tmp_path / "all.nt")

    lines = (tmp_path / "all.nt").read_text(encoding="utf-8").split("\n")[:-1]
    assert len(set(lines)) == model.distinct(3)
    assert sum("dcat#Dataset>" in line for line in lines) == 3


def test_pages_are_measured_against_bare_routes(served: Operator) -> None:
    """Every kind of page, and as much JSON, come whole under load."""
    assert measured(pages.compare(QUICK, served.data)) == [
        f"{name}, {ours} : bare route"
        for name in pages.PAGES
        for ours in ("kept page", "page made anew")
    ]


@pytest.mark.parametrize("number", [0, 7, 1_234_567])
def test_copies_equal_documents_that_were_read(number: int) -> None:
    """A synthetic record is what the gate would have made of its document."""
    context = Context.load(ONTOLOGY, corpus.IRIS.context)

    copy = corpus.Template(context).content(number)

    assert copy == corpus.content(corpus.document(number), context)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@pytest.mark.parametrize(
    ("received", "body"),
    [
        pytest.param(HEAD[:20], None, id="half a head"),
        pytest.param(HEAD + b"Content-Length: 3\r\n\r\nab", None, id="half a body"),
        pytest.param(HEAD + b"content-length: 3\r\n\r\nabc", b"abc", id="by length"),
        pytest.param(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
            None,
            id="no last chunk",
        ),
        pytest.param(
            HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
            b"abc",
            id="by chunks",
        ),
    ],
)
def test_an_answer_counts_when_it_is_complete(
    received: bytes, body: bytes | None
) -> None:
    """The load generator waits for the last byte that the head announces."""
    assert complete(bytearray(received)) == body


@pytest.mark.parametrize(
    "received",
    [
        pytest.param(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", id="no 200"),
        pytest.param(HEAD + b"\r\n", id="no length"),
    ],
)
def test_a_bad_answer_ends_the_measurement(received: bytes) -> None:
    """An answer that is no success, or may be cut short, is never counted."""
    with pytest.raises(AnswerError):
        complete(bytearray(received))


def test_checking_is_measured_against_a_bare_run() -> None:
    """A document is read and checked, and pySHACL runs on the same triples."""
    assert measured(checking.run(QUICK)) == [
        "a record handed in : bare pySHACL run",
        "the check alone : bare pySHACL run",
    ]


def test_publishing_is_measured_on_a_real_server() -> None:
    """What is accepted is found by SPARQL."""
    assert measured(publishing.run(QUICK)) == ["3 s : 99 of 100"]


def test_files_that_are_handed_in_are_measured_against_a_bare_read() -> None:
    """A sound file and one with faults are checked, and the latter is given back."""
    bare = "bare read by DuckDB"
    assert measured(sheets.run(QUICK)) == [
        f"checked and compared : {bare}",
        f"checked and refused, every fault listed : {bare}",
        f"the same, and the file back with remarks : {bare}",
    ]
