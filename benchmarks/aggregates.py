"""Sums over a cube by SPARQL over HTTP, against Virtuoso and Oxigraph's server.

All hold the same triples. Answers that we have ready are not what is measured, so
ours keeps none. There is one connection: what is compared is how long one reader
waits.
"""

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

from benchmarks import corpus, cubes, servers, stores
from benchmarks.contest import contest, plan
from benchmarks.cubes import Cube
from benchmarks.figures import Effort, Figure, Findings
from benchmarks.load import Target
from benchmarks.virtuoso import virtuoso
from registry.iris import RecordId
from registry.namespaces import INTG, QB, SDMX_DIMENSION, XSD

OBSERVATIONS = 113_400
"""Some million triples."""

ROUNDS = 5
"""Often enough, for the differences are large."""

LEAST, TIMES = 1.0, 1.0
"""The least that is wanted: of the rate of Virtuoso, and of Oxigraph."""

_TABLE = "large"
_OURS, _OFF = "registry", "registry, without columns"
_OXIGRAPH, _VIRTUOSO = "oxigraph serve", "Virtuoso 7"
_CSV = "text/csv"
_STAR = (
    f"?o <{QB}dataSet> <{corpus.IRIS.thing(RecordId('table', _TABLE))}> ; "
    f"<{INTG}personCount> ?n"
)
_YEAR, _AREA = f"<{SDMX_DIMENSION}refPeriod> ?year", f"<{SDMX_DIMENSION}refArea> ?area"
_SEX = f"<{SDMX_DIMENSION}sex> ?sex"

QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "the sum by year": (
            f"SELECT ?year (SUM(?n) AS ?s) {{ {_STAR} ; {_YEAR} }} GROUP BY ?year"
        ),
        "the number of observations by area": (
            f"SELECT ?area (COUNT(*) AS ?s) {{ {_STAR} ; {_AREA} }} GROUP BY ?area"
        ),
        "the mean by sex and year since 2015": (
            f"SELECT ?sex ?year (AVG(?n) AS ?s) {{ {_STAR} ; {_SEX} ; {_YEAR} "
            f'FILTER(?year >= "2015"^^<{XSD}gYear>) }} GROUP BY ?sex ?year'
        ),
        "the total": f"SELECT (SUM(?n) AS ?s) {{ {_STAR} }}",
        "the ten citizenships with the most": (
            f"SELECT ?c (SUM(?n) AS ?s) {{ {_STAR} ; <{INTG}citizenship> ?c }} "
            "GROUP BY ?c ORDER BY DESC(?s) LIMIT 10"
        ),
    }
)


def run(effort: Effort) -> list[Findings]:
    """Measures every question on the four servers in turn."""
    effort = replace(effort, connections=1, rounds=min(effort.rounds, ROUNDS))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        root = Path(folder)
        data, triples = root / "data", root / "triples"
        triples.mkdir()
        cubes.create(data)
        cube = cubes.add(data, _TABLE, effort.sized(OBSERVATIONS), root)
        stores.rebuild(data)
        cubes.write_quads(data, _TABLE, root / "all.nq")
        stores.load(root / "store", root / "all.nq")
        cubes.write_triples(data, _TABLE, triples / "all.nt")
        ours = servers.registry(data, reusing=False)
        off = servers.registry(data, reusing=False, columns=False)
        oxigraph = servers.oxigraph_serve(root / "store")
        stack.enter_context(servers.running(ours, off, oxigraph))
        other = stack.enter_context(virtuoso(root / "virtuoso", triples))
        ports = {
            _OURS: (ours.port, "/sparql"),
            _OFF: (off.port, "/sparql"),
            _OXIGRAPH: (oxigraph.port, "/query"),
            _VIRTUOSO: (other.port, "/sparql"),
        }
        return [_asked(name, cube, ports, effort) for name in QUESTIONS]


def _asked(
    name: str, cube: Cube, ports: Mapping[str, tuple[int, str]], effort: Effort
) -> Findings:
    query = urlencode({"query": QUESTIONS[name]})
    plans = {
        # The header of the column tells an answer from an error.
        server: plan(effort, port, _CSV, [Target(f"{path}?{query}", "s")])
        for server, (port, path) in ports.items()
    }
    rounds, notes = contest(plans, effort)
    return Findings(
        f"SPARQL over HTTP: {name}, of {cube.observations:,} observations",
        "answers/s",
        rounds.medians(),
        (
            Figure(f"{_OURS} : {_VIRTUOSO}", rounds.ratio(_OURS, _VIRTUOSO), LEAST),
            Figure(f"{_OURS} : {_OXIGRAPH}", rounds.ratio(_OURS, _OXIGRAPH), TIMES),
            Figure(f"{_OURS} : {_OFF}", rounds.ratio(_OURS, _OFF), TIMES),
        ),
        notes,
    )
