"""Another implementation of SHACL, pyrudof, reads our shapes as pySHACL does."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyrudof
import pytest

from registry.namespaces import SH
from registry.shapes import Shapes, load
from tests.besieging import TORTURE

ROOT = Path(__file__).parents[2]
SHAPES = ROOT / "shapes"
BASE = "https://registry.example/"
EXAMPLES = sorted((SHAPES / "examples").glob("*/*.jsonld"))[:: 1 if TORTURE else 10]
"""All of them in `make torture`; a few of each kind are quick."""

TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")

Found = set[tuple[str, str]]
"""Node and rule of each result."""


def _context() -> dict[str, object]:
    text = (ROOT / "ontology" / "context-v1.jsonld").read_text("utf-8")
    found: dict[str, object] = json.loads(text)
    return found


def _read(text: str, format_: ox.RdfFormat) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(text, format=format_, base_iri=BASE)]


@cache
def _neighbourhood() -> list[ox.Triple]:
    path = SHAPES / "examples" / "neighbourhood.ttl"
    return _read(path.read_text("utf-8"), ox.RdfFormat.TURTLE)


@cache
def _shapes(kind: str) -> str:
    """Returns the shapes, of which only that of a kind has a target: the example."""
    triples = []
    for path in sorted(SHAPES.glob("*.ttl")):
        triples += [
            quad.triple
            for quad in ox.parse(path=path, base_iri=BASE, rename_blank_nodes=True)
        ]
    aimed = ox.NamedNode(f"{BASE}shapes/{kind}")
    own = [t for t in triples if t.predicate.value not in {SH + n for n in TARGETS}]
    target = ox.NamedNode(f"{SH}targetNode")
    whole = [
        s.subject
        for s in triples
        if s.predicate.value.startswith(f"{SH}target")
        and str(s.subject).startswith(f"<{aimed.value}#")
    ]
    thing = ox.NamedNode(f"{BASE}id/{kind}/example")
    aims = [ox.Triple(shape, target, thing) for shape in {aimed, *whole}]
    return _written([*own, *aims])


def _written(triples: Iterable[ox.Triple]) -> str:
    return "".join(f"{triple} .\n" for triple in triples)


def _by_pyrudof(data: str, shapes: str) -> Found:
    """Never to be given a text that is an address or a path: it would be opened."""
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(data, format=pyrudof.RDFFormat.NTriples)
    rudof.read_shacl(shapes, format=pyrudof.ShaclFormat.NTriples)
    report = rudof.validate_shacl()
    return {(str(one.focus_node), str(one.source_shape)) for one in report}


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    """What the product checks with, by pySHACL."""
    return load(SHAPES, BASE)


def _by_pyshacl(shapes: Shapes, kind: str, data: str) -> Found:
    rules = {rule.code: rule.iri for rule in shapes.constraints(kind)}
    report = shapes.check(kind, data, [f"{BASE}id/{kind}/example"])
    return {(result.node, rules[result.code]) for result in report.results}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_both_find_the_same(path: Path, shapes: Shapes) -> None:
    """On every example, each rule at each node."""
    document = {**json.loads(path.read_text("utf-8")), **_context()}
    data = _read(json.dumps(document), ox.RdfFormat.JSON_LD) + _neighbourhood()
    kind, written = path.parent.name, _written(data)

    assert _by_pyrudof(written, _shapes(kind)) == _by_pyshacl(shapes, kind, written)
