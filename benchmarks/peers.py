"""The registry as it is served, against its peers, at one size of data.

Everybody holds the same triples, and is asked the same at the same time of the run.
The registry and the floor have a web process for each processor; the other servers
use all processors by themselves.
"""

import os
import random
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

from benchmarks import corpus, servers, stores
from benchmarks.contest import contest, plan
from benchmarks.figures import Effort, Figure, Findings, Rounds, in_turn
from benchmarks.load import Target
from benchmarks.servers import HOST
from benchmarks.virtuoso import BINARY, virtuoso
from registry.namespaces import LOCN, SKOS

PROCESSES = os.cpu_count() or 1
"""Web processes of the registry, and of the floor."""
ROUNDS, SECONDS = 3, 0.5
DIFFERENT, FEW = 20_000, 200
"""Things that are asked about at most: once each, and again and again."""
IN_MEMORY = 2_000_000
"""Triples up to which rdflib-endpoint takes part: it holds them as objects."""
ROWS = 300_000
"""Of the large answer."""

_OURS, _FLOOR, _OXIGRAPH = "registry", "bare uvicorn", "oxigraph serve"
_VIRTUOSO, _RDFLIB = "Virtuoso 7", "rdflib-endpoint"
_JSON, _JSON_LD = "application/sparql-results+json", "application/ld+json"
_ALL = urlencode({"query": f"SELECT ?s ?p {{ ?s ?p ?o }} LIMIT {ROWS}"})

Addresses = Mapping[str, tuple[int, str]]
"""The port and the path of each endpoint."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of every endpoint, and the least that is wanted of ours.

    Attributes:
        text: the query about the thing of a number.
        answer: what its answer has in it.
        wanted: the least ratio, by the name of a peer.
        one: whether one reader asks, so that time counts rather than throughput.
    """

    text: Callable[[int], str]
    answer: Callable[[int], str]
    wanted: Mapping[str, float]
    one: bool = False


def everything(number: int) -> str:
    """Returns the query for all that is said of a thing."""
    return f"SELECT ?p ?o {{ <{corpus.IRIS.thing(corpus.record(number))}> ?p ?o }}"


def names(number: int) -> str:
    """Returns the query for the names of a thing."""
    thing = corpus.IRIS.thing(corpus.record(number))
    return f"SELECT ?name {{ <{thing}> <{SKOS}prefLabel> ?name }}"


def _named(number: int) -> str:
    return f"No {number:07d}"


def _joined(number: int) -> str:
    thing = corpus.IRIS.thing(corpus.record(number))
    return (
        f"SELECT ?name ?text {{ <{thing}> <{LOCN}address> ?a . ?a ?p ?text . "
        f"<{thing}> <{SKOS}prefLabel> ?name }}"
    )


def _counted(number: int) -> str:
    return (
        "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p "
        f"# {number}, and so not the same again"
    )


POINT = MappingProxyType({_OXIGRAPH: 0.3, _RDFLIB: 10.0})
QUESTIONS: Mapping[str, _Question] = MappingProxyType(
    {
        "names of one thing": _Question(names, _named, POINT),
        "all about one thing": _Question(everything, _named, POINT),
        "a join": _Question(_joined, _named, POINT),
        "the same query again": _Question(
            lambda _: names(0), lambda _: _named(0), {_OXIGRAPH: 1.0}
        ),
        "count of every property": _Question(
            _counted, lambda _: "prefLabel", {}, one=True
        ),
    }
)


def run(effort: Effort) -> Iterator[Findings]:
    """Measures records, queries, lists, and a large answer, one after the other."""
    effort = replace(effort, seconds=min(effort.seconds, SECONDS))
    # Those who send ready bytes are so alike that it takes more rounds to tell.
    many, effort = effort, replace(effort, rounds=min(effort.rounds, ROUNDS))
    with tempfile.TemporaryDirectory() as passing:
        root = (effort.keep or Path(passing)) / f"{effort.triples}"
        count = build(root, effort.triples)
        with _serving(root, count * corpus.QUADS) as (places, floor, cold):
            yield _records(places, floor, cold, count, many)
            for name in QUESTIONS:
                yield _asked(name, places, count, effort)
            yield _large(places, effort)
            yield _lists(places, count, effort)


def build(root: Path, triples: int) -> int:
    """Makes the data of one size, unless they are there; returns how many records."""
    count = max(1, triples // corpus.QUADS)
    if (root / "built").exists():
        return count
    (root / "triples").mkdir(parents=True)
    data = root / "data"
    corpus.fill(data, count)
    corpus.write(data, quads=root / "all.nq", triples=root / "triples" / "all.nt")
    stores.rebuild(data)
    corpus.settle(data)
    stores.load(root / "store", root / "all.nq")
    (root / "body").write_bytes(corpus.body(0, data))
    if BINARY.exists():
        with virtuoso(root / "virtuoso", root / "triples"):
            pass
    (root / "built").touch()
    return count


@contextmanager
def _serving(root: Path, triples: int) -> Iterator[tuple[Addresses, int, int]]:
    """Serves from everybody.

    Yields:
        The endpoints, and the ports of the floor and of a registry that keeps nothing.
    """
    ours = servers.served(root / "data", PROCESSES)
    cold = servers.registry(root / "data", keeping=False)
    floor = servers.floor(root / "body", PROCESSES)
    oxigraph = servers.oxigraph_serve(root / "store")
    with ExitStack() as stack:
        stack.enter_context(servers.running(ours, floor, cold, oxigraph))
        places = {
            _OURS: (ours.port, "/sparql"),
            _OXIGRAPH: (oxigraph.port, "/query"),
        }
        if BINARY.exists():
            other = stack.enter_context(virtuoso(root / "virtuoso", root / "triples"))
            places[_VIRTUOSO] = (other.port, "/sparql")
        if triples <= IN_MEMORY:
            slow = servers.rdflib_endpoint(root / "triples" / "all.nt")
            stack.enter_context(servers.running(slow))
            places[_RDFLIB] = (slow.port, "/sparql")
        yield places, floor.port, cold.port


def _numbers(count: int, most: int) -> Sequence[int]:
    order = random.Random(1)  # noqa: S311 - the same order in every run
    return order.sample(range(count), min(count, most))


def _records(
    places: Addresses, floor: int, cold: int, count: int, effort: Effort
) -> Findings:
    def targets(most: int) -> Sequence[Target]:
        return [
            Target(f"/doc/{record}", f'"{corpus.IRIS.thing(record)}"')
            for record in map(corpus.record, _numbers(count, most))
        ]

    hot, made, point = f"{_OURS}, hot", f"{_OURS}, cold", f"{_OXIGRAPH}, names"
    port, path = places[_OXIGRAPH]
    rounds, notes = contest(
        {
            _FLOOR: plan(effort, floor, _JSON_LD, [Target("/", '"id"')]),
            hot: plan(effort, places[_OURS][0], _JSON_LD, targets(FEW)),
            made: plan(effort, cold, _JSON_LD, targets(DIFFERENT)),
            point: plan(
                effort,
                port,
                _JSON,
                _targets(QUESTIONS["names of one thing"], path, count),
            ),
        },
        effort,
    )
    return Findings(
        f"A record as JSON-LD, {count * corpus.QUADS:,} triples",
        "answers/s",
        rounds.medians(),
        (
            Figure(f"{hot} : {_FLOOR}", rounds.ratio(hot, _FLOOR), 0.8),
            Figure(f"{hot} : {point}", rounds.ratio(hot, point), 1.0),
            Figure(f"{made} : {_FLOOR}", rounds.ratio(made, _FLOOR), None),
        ),
        (*notes, f"{_OURS}, cold has one web process, which keeps no answers"),
    )


def _targets(question: _Question, path: str, count: int) -> Sequence[Target]:
    return [
        Target(
            f"{path}?{urlencode({'query': question.text(number)})}",
            question.answer(number),
        )
        for number in _numbers(count, DIFFERENT)
    ]


def _asked(name: str, places: Addresses, count: int, effort: Effort) -> Findings:
    question = QUESTIONS[name]
    if question.one:
        effort = replace(effort, connections=1, rounds=min(effort.rounds, 3))
    plans = {
        peer: plan(effort, port, _JSON, _targets(question, path, count))
        for peer, (port, path) in places.items()
    }
    rounds, notes = contest(plans, effort)
    return Findings(
        f"SPARQL: {name}, {count * corpus.QUADS:,} triples",
        "answers/s",
        rounds.medians(),
        _compared(rounds, places, question.wanted),
        notes,
    )


def _compared(
    rounds: Rounds, places: Addresses, wanted: Mapping[str, float]
) -> Sequence[Figure]:
    return [
        Figure(f"{_OURS} : {peer}", rounds.ratio(_OURS, peer), wanted.get(peer))
        for peer in places
        if peer != _OURS
    ]


def _lists(places: Addresses, count: int, effort: Effort) -> Findings:
    def asking(path: str) -> Callable[[], float]:
        port = places[_OURS][0]
        asked = plan(effort, port, "application/json", [Target(path, '"member"')])
        return lambda: contest({_OURS: asked}, once)[0].medians()[_OURS]

    once = replace(effort, rounds=1, warming=0)
    rounds = in_turn(
        {
            "a page of the list": asking("/records?kind=institution"),
            "a search": asking("/records?q=centre+integration"),
        },
        effort.rounds,
    )
    title = f"Lists and search, {count * corpus.QUADS:,} triples"
    return Findings(title, "answers/s", rounds.medians(), ())


def _large(places: Addresses, effort: Effort) -> Findings:
    """Measures an answer of many rows, as JSON, read by curl.

    What is wanted of it is wanted of all the rows; a small store has fewer.
    """
    count = min(ROWS, effort.triples)

    def rows(port: int, path: str) -> float:
        done = subprocess.run(
            [
                *("curl", "-sf", "-o", os.devnull, "-H", f"Accept: {_JSON}"),
                *("-w", "%{time_total}", f"http://{HOST}:{port}{path}?{_ALL}"),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        return count / float(done.stdout)

    wanted = {_OXIGRAPH: 0.9} if count == ROWS else {}
    contenders = {
        peer: lambda place=place: rows(*place)
        for peer, place in places.items()
        if peer != _RDFLIB  # it takes minutes
    }
    rounds = in_turn(contenders, effort.repeats)
    return Findings(
        f"SPARQL: {count:,} rows as JSON, {effort.triples:,} triples",
        "rows/s",
        rounds.medians(),
        _compared(rounds, {peer: places[peer] for peer in contenders}, wanted),
    )
