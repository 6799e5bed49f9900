"""SPARQL point queries over HTTP, against rdflib-endpoint and Oxigraph's server.

All three hold the same triples and answer in the JSON format of results.
"""

import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

from benchmarks import corpus, servers, stores
from benchmarks.contest import contest, plan
from benchmarks.figures import Effort, Figure, Findings
from benchmarks.load import Target
from registry.iris import RecordId
from registry.namespaces import SKOS

QUADS = 1_000_000
DIFFERENT = 5_000
"""Things that are asked about, at most: more than any server keeps answers for."""
TIMES, SHARE = 3.0, 0.15
"""The least that is wanted: times rdflib-endpoint, and share of Oxigraph."""

_OURS, _RDFLIB, _OXIGRAPH = "registry", "rdflib-endpoint", "oxigraph serve"
_JSON = "application/sparql-results+json"


def everything(record: RecordId) -> str:
    """Returns the query for all that is said of a thing."""
    return f"SELECT ?p ?o {{ <{corpus.IRIS.thing(record)}> ?p ?o }}"


def names(record: RecordId) -> str:
    """Returns the query for the names of a thing."""
    thing = corpus.IRIS.thing(record)
    return f"SELECT ?name {{ <{thing}> <{SKOS}prefLabel> ?name }}"


QUESTIONS: Mapping[str, Callable[[RecordId], str]] = MappingProxyType(
    {"everything about one thing": everything, "the names of one thing": names}
)


def run(effort: Effort) -> list[Findings]:
    """Measures every question on the three servers in turn."""
    count = effort.sized(QUADS // corpus.QUADS)
    order = random.Random(1)  # noqa: S311 - the same order in every run
    numbers = order.sample(range(count), min(count, DIFFERENT))
    with tempfile.TemporaryDirectory() as folder, _serving(Path(folder), count) as urls:
        return [_ask(name, numbers, count, urls, effort) for name in QUESTIONS]


@contextmanager
def _serving(folder: Path, count: int) -> Iterator[Mapping[str, tuple[int, str]]]:
    """Serves as many records from each server; yields their ports and paths."""
    data, store = folder / "data", folder / "store"
    quads, triples = folder / "all.nq", folder / "all.nt"
    corpus.fill(data, count)
    corpus.write(data, quads=quads, triples=triples)
    stores.rebuild(data)
    stores.load(store, quads)
    contenders = {
        _OURS: (servers.registry(data), "/sparql"),
        _RDFLIB: (servers.rdflib_endpoint(triples), "/sparql"),
        _OXIGRAPH: (servers.oxigraph_serve(store), "/query"),
    }
    with servers.running(*(server for server, _ in contenders.values())):
        yield {name: (server.port, path) for name, (server, path) in contenders.items()}


def _ask(
    name: str,
    numbers: list[int],
    count: int,
    urls: Mapping[str, tuple[int, str]],
    effort: Effort,
) -> Findings:
    plans = {
        server: plan(effort, port, _JSON, _targets(path, name, numbers))
        for server, (port, path) in urls.items()
    }
    rounds, bounded = contest(plans, effort)
    return Findings(
        f"SPARQL over HTTP: {name} among {count * corpus.QUADS:,} quads",
        "answers/s",
        rounds.medians(),
        (
            Figure(f"{_OURS} : {_RDFLIB}", rounds.ratio(_OURS, _RDFLIB), TIMES),
            Figure(f"{_OURS} : {_OXIGRAPH}", rounds.ratio(_OURS, _OXIGRAPH), SHARE),
        ),
        bounded,
    )


def _targets(path: str, name: str, numbers: list[int]) -> list[Target]:
    """Returns a request per thing; its number is in its name and so in the answer."""
    question = QUESTIONS[name]
    return [
        Target(
            f"{path}?{urlencode({'query': question(corpus.record(number))})}",
            f"No {number:07d}",
        )
        for number in numbers
    ]
