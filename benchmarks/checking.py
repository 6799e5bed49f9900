"""Checking one record that is handed in, beside a bare run of pySHACL on it.

Ours reads the document in the sandboxed worker, lists what would be lost, fetches
what it refers to, checks it, and looks for records about the same thing. The bare
run has the shapes and the triples of all this in memory already.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pyshacl
import rdflib

from benchmarks import corpus
from benchmarks.figures import Effort, Figure, Findings, in_turn
from registry import checking, graphs, review, submissions, wiring
from registry.intake import Proposal, Proposed
from registry.iris import RecordId
from registry.jsonld import Context
from registry.namespaces import ORG, RDF, SH
from registry.ports import JournalWriter
from registry.record import Provenance
from registry.shapes import for_pyshacl

RECORDS = 5_000
"""Records that are published already."""
CHECKS = 20
"""Checks in a round."""
SHARE = 0.2
"""The least rate that is wanted: a fifth of a bare run's."""

_OURS, _WARM, _BARE = "a record handed in", "the check alone", "bare pySHACL run"


def run(effort: Effort) -> list[Findings]:
    """Measures proposing a document, checking its content, and a bare run, in turn."""
    records, checks = effort.sized(RECORDS), effort.sized(CHECKS)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        corpus.fill(data, records)
        settings = corpus.settings(data)
        with closing(wiring.open_registry(settings)) as registry:
            _refer(registry)
            with wiring.writer(settings) as writer:
                writer.catch_up()
            document = corpus.document(records)
            record = corpus.record(records)

            def propose() -> Proposal:
                (made,) = registry.intake.propose([Proposed(record, document)])
                return made

            content = propose().content
            assert content is not None  # noqa: S101 - a document of our own
            around = checking.neighbourhood(
                content.triples,
                [record],
                journal=registry.journal,
                iris=registry.iris,
            )
            bare = _bare(settings.shapes, record, content.triples + around)
            contenders = {
                _OURS: lambda: _rate(propose, checks),
                _WARM: lambda: _rate(
                    lambda: registry.gate.check(
                        record.kind,
                        content.triples + around,
                        [registry.iris.thing(record)],
                    ),
                    checks,
                ),
                _BARE: lambda: _rate(bare, checks),
            }
            rounds = in_turn(contenders, effort.rounds)
    return [
        Findings(
            f"One record handed in, among {records:,}",
            "checks/s",
            rounds.medians(),
            (
                Figure(f"{_OURS} : {_BARE}", rounds.ratio(_OURS, _BARE), SHARE),
                Figure(f"{_WARM} : {_BARE}", rounds.ratio(_WARM, _BARE), SHARE),
            ),
        )
    ]


def _rate(work: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        work()
    return times / (time.perf_counter() - started)


def _bare(folder: Path, record: RecordId, triples: str) -> Callable[[], object]:
    """Returns a run of pySHACL on one thing, which the shape of its kind targets."""
    shapes = rdflib.Graph()
    for path in sorted(folder.glob("*.ttl")):
        shapes.parse(path, format="turtle", publicID=corpus.BASE)
    shape = rdflib.URIRef(f"{corpus.BASE}shapes/{record.kind}")
    thing = rdflib.URIRef(corpus.IRIS.thing(record))
    shapes.add((shape, rdflib.URIRef(f"{SH}targetNode"), thing))
    data = for_pyshacl(graphs.triples(triples))

    def run() -> object:
        return pyshacl.validate(data, shacl_graph=shapes, inplace=True)

    nameless = rdflib.Graph()
    nameless.add((thing, rdflib.URIRef(f"{RDF}type"), rdflib.URIRef(f"{ORG}Site")))
    conforms, _, _ = pyshacl.validate(nameless, shacl_graph=shapes)
    if conforms:
        raise RuntimeError("the bare run checks nothing")
    return run


def _refer(registry: wiring.Registry) -> None:
    """Publishes the code lists and places that the records refer to."""
    context = registry.vocabulary.context
    codes: defaultdict[RecordId, set[str]] = defaultdict(set)
    for number in range(9):
        content = corpus.content(corpus.document(number), context)
        for triple in graphs.triples(content.triples):
            iri = str(triple.object).strip("<>")
            referred = registry.iris.parse(iri)
            if referred and referred != corpus.record(number):
                codes[referred].add(iri)
    with registry.journal.write() as writer:
        for record, iris in sorted(codes.items()):
            _publish(writer, record, _referred(record, sorted(iris)), context)


def _referred(record: RecordId, iris: list[str]) -> dict[str, Any]:
    thing = corpus.IRIS.thing(record)
    if record.kind == "place":
        return {"id": thing, "type": "Location", "name": {"bg": record.key}}
    concepts = [
        {"id": iri, "type": "Concept", "notation": iri, "name": {"bg": iri}}
        for iri in iris
    ]
    title = {"bg": record.key}
    return {"id": thing, "type": "ConceptScheme", "title": title, "concepts": concepts}


def _publish(
    writer: JournalWriter, record: RecordId, document: dict[str, Any], context: Context
) -> None:
    entry = submissions.submit(
        writer,
        record,
        corpus.content(document, context),
        provenance=Provenance(),
        actor="contributor",
    )
    if entry is not None:
        review.accept(writer, entry, actor="operator")
