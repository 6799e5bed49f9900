"""Slices of a table over HTTP, against a bare query and against SPARQL.

Oxigraph holds the cube of the largest table, some 27 million triples, and nothing
else. Loading it takes a few minutes and ten gigabytes of scratch space.

There is one connection: what is compared is how long one reader waits.
"""

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

from benchmarks import corpus, cubes, servers, stores
from benchmarks.contest import contest, plan
from benchmarks.cubes import AGE_PARTS, SEX_PARTS, YEARS, Cube
from benchmarks.figures import Effort, Figure, Findings
from benchmarks.load import Target
from benchmarks.servers import Server
from registry.iris import RecordId
from registry.namespaces import INTG, QB, SDMX_DIMENSION, XSD
from registry.statistics.labels import place_key

SIZES: Mapping[str, int] = MappingProxyType(
    {"small": 30_000, "middle": 300_000, "large": 3_000_000}
)
"""Observations, more or less: areas are not cut."""

DIFFERENT = 500
"""Requests that are made, at most, before they come again."""

TIMES, HALF, FLAT = 50.0, 0.5, 0.8
"""The least that is wanted: times SPARQL, share of the bare query's rate, and
share of the rate among fewer observations."""

LOADED, PROJECTED = 200_000, 15_000
"""The least that is wanted: observations a second."""

_MIDDLE, _LARGE = "middle", "large"
_BARE, _SPARQL = "bare query", "oxigraph serve"
_CSV = "text/csv"

Filters = Mapping[str, str]
_PARTS = MappingProxyType({"sex": ",".join(SEX_PARTS), "age": ",".join(AGE_PARTS)})


@dataclass(frozen=True, slots=True)
class _Question:
    """One kind of slice, as each of the servers is asked for it.

    Attributes:
        name: of the question.
        filters: for an area and a year.
        controls: what else we are asked for.
        route: of the bare query.
        start: what a line of the answer starts with; of ours, the area.
        query: of SPARQL.
    """

    name: str
    filters: Callable[[str, str], Filters]
    controls: Filters
    route: str
    start: Callable[[Filters], str]
    query: Callable[[Filters], str]


def run(effort: Effort) -> list[Findings]:
    """Measures adding and projecting tables, then slices of them."""
    effort = replace(effort, connections=1)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        root = Path(folder)
        data, alone = root / "data", root / "alone"
        cubes.create(data)
        shutil.copytree(data, alone)
        sizes = {name: effort.sized(size) for name, size in SIZES.items()}
        made = {n: cubes.add(data, n, size, root) for n, size in sizes.items()}
        cubes.add(alone, _MIDDLE, sizes[_MIDDLE], root)
        incoming = _incoming(made, _projected(alone, made[_MIDDLE]))
        cubes.write_quads(data, _LARGE, root / "all.nq")
        stores.load(root / "store", root / "all.nq")
        ours = servers.registry(data)
        bare = servers.bare_slices(cubes.parquet_file(data, _LARGE))
        sparql = servers.oxigraph_serve(root / "store")
        stack.enter_context(servers.running(ours, bare, sparql))
        return [
            incoming,
            *(_asked(q, made, effort, ours, bare, sparql) for q in QUESTIONS),
        ]


def _projected(data: Path, cube: Cube) -> float:
    """Returns observations per second of `registry rebuild`, code lists and all."""
    started = time.perf_counter()
    stores.rebuild(data)
    return cube.observations / (time.perf_counter() - started)


def _incoming(made: Mapping[str, Cube], projected: float) -> Findings:
    large, middle = made[_LARGE], made[_MIDDLE]
    rates = {
        f"adding {large.observations:,} observations": large.rate,
        f"projecting {middle.observations:,} observations": projected,
    }
    adding, projecting = rates
    return Findings(
        "Adding a table (check, Parquet, journal) and projecting it (rebuild)",
        "observations/s",
        rates,
        (
            Figure(f"{adding} : {LOADED:,}/s", large.rate / LOADED, 1.0),
            Figure(f"{projecting} : {PROJECTED:,}/s", projected / PROJECTED, 1.0),
        ),
    )


def _asked(
    question: _Question,
    made: Mapping[str, Cube],
    effort: Effort,
    ours: Server,
    bare: Server,
    sparql: Server,
) -> Findings:
    slices = {name: _slices(question, cube) for name, cube in made.items()}
    plans = {
        _named(cube): plan(
            effort,
            ours.port,
            _CSV,
            _targets(f"/tables/{cube.key}/data.csv", slices[n], question.controls),
        )
        for n, cube in made.items()
    }
    small, _, large = plans
    plans[_BARE] = plan(
        effort,
        bare.port,
        _CSV,
        [
            Target(f"{question.route}?{urlencode(f, safe=',')}", question.start(f))
            for f in slices[_LARGE]
        ],
    )
    plans[_SPARQL] = plan(effort, sparql.port, _CSV, _queries(question, slices[_LARGE]))
    rounds, notes = contest(plans, effort)
    # A sum has to read what it adds up; only cells by their key cost the same.
    flat = Figure(f"{large} : {small}", rounds.ratio(large, small), FLAT)
    return Findings(
        f"Slices of a table over HTTP as CSV: {question.name}",
        "answers/s",
        rounds.medians(),
        (
            Figure(f"{large} : {_SPARQL}", rounds.ratio(large, _SPARQL), TIMES),
            Figure(f"{large} : {_BARE}", rounds.ratio(large, _BARE), HALF),
            *([] if question.controls else [flat]),
        ),
        notes,
    )


def _named(cube: Cube) -> str:
    return f"{cube.observations:,} observations"


def _slices(question: _Question, cube: Cube) -> list[Filters]:
    """Returns the filters of requests, in an order of chance."""
    asked = (
        question.filters(area, str(year))
        for area in cubes.areas(cube.observations)
        for year in YEARS
    )
    filters = list({tuple(one.items()): one for one in asked}.values())
    order = random.Random(1)  # noqa: S311 - the same order in every run
    return order.sample(filters, min(len(filters), DIFFERENT))


def _targets(path: str, slices: Sequence[Filters], controls: Filters) -> list[Target]:
    return [
        Target(f"{path}?{urlencode({**f, **controls}, safe=',')}", f"\n{f['geo']},")
        for f in slices
    ]


def _queries(question: _Question, slices: Sequence[Filters]) -> list[Target]:
    """Returns the same requests as SPARQL, which names citizenships in answers."""
    start = f"\n{YEARS[0]}," if question.controls else "/scheme/"
    return [
        Target(f"/query?{urlencode({'query': question.query(f)})}", start)
        for f in slices
    ]


def _sums(filters: Filters) -> str:
    """Returns the query for sums by year, with the area first; see `_query`.

    A filter is faster in Oxigraph than `VALUES`.
    """
    table = corpus.IRIS.thing(RecordId("table", _LARGE))
    area = _term("geo", filters["geo"])
    triples = " ; ".join(
        f"<{iri}> ?{column}" for column, iri in _PROPERTIES.items() if column != "geo"
    )
    parts = " && ".join(
        f"?{column} IN ({', '.join(_term(column, c) for c in codes.split(','))})"
        for column, codes in _PARTS.items()
    )
    return (
        "SELECT ?time_period (SUM(?persons) AS ?sum) WHERE { "
        f"?o <{_PROPERTIES['geo']}> {area} ; {triples} ; "
        f"<{INTG}personCount> ?persons ; <{QB}dataSet> <{table}> FILTER({parts}) }} "
        "GROUP BY ?time_period ORDER BY ?time_period"
    )


def _query(filters: Filters) -> str:
    """Returns the query for the cells of a slice.

    The area comes first and the table last, because Oxigraph keeps to that order
    and is ten times slower in the other one.
    """
    table = corpus.IRIS.thing(RecordId("table", _LARGE))
    wanted = {column: _term(column, code) for column, code in filters.items()}
    triples = " ; ".join(
        f"<{iri}> {wanted.get(column, f'?{column}')}"
        for column, iri in _PROPERTIES.items()
    )
    return (
        "SELECT ?geo ?citizen ?sex ?age ?time_period ?persons WHERE { "
        f"?o {triples} ; <{INTG}personCount> ?persons ; <{INTG}citizenship> ?citizen ; "
        f"<{QB}dataSet> <{table}> }}"
    )


_PROPERTIES = MappingProxyType(
    {
        "geo": f"{SDMX_DIMENSION}refArea",
        "time_period": f"{SDMX_DIMENSION}refPeriod",
        "citizen": f"{INTG}citizenship",
        "sex": f"{SDMX_DIMENSION}sex",
        "age": f"{INTG}ageGroup",
    }
)
_SCHEMES = MappingProxyType({"citizen": "citizenship", "sex": "sex", "age": "age"})


def _term(column: str, code: str) -> str:
    if column == "geo":
        return f"<{corpus.IRIS.thing(RecordId('place', place_key(code)))}>"
    if column == "time_period":
        return f'"{code}"^^<{XSD}gYear>'
    return f"<{corpus.IRIS.thing(RecordId('scheme', _SCHEMES[column]))}#{code}>"


QUESTIONS = (
    _Question(
        "one area in one year",
        lambda area, year: {"geo": area, "time_period": year},
        {},
        "/slice",
        lambda filters: f"\n{filters['geo']},",
        _query,
    ),
    _Question(
        "one area, summed by year",
        lambda area, _: {"geo": area, **_PARTS},
        {"totals": "citizen,sex,age"},
        "/years",
        lambda _: f"\n{YEARS[1]},",
        _sums,
    ),
)
