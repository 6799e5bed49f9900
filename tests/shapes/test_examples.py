"""Every example of a record breaks exactly the rules that its name says.

`valid-*.jsonld` breaks no rule that a record must keep, and `valid-full` none at
all; `invalid-a+b.jsonld` breaks the rules `a` and `b` and no other.
"""

import json
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

from registry.report import Report
from registry.shapes import Shapes, load

ROOT = Path(__file__).parents[2]
SHAPES = ROOT / "shapes"
BASE = "https://registry.example/"
EXAMPLES = sorted((SHAPES / "examples").glob("*/*.jsonld"))
CONTEXT = json.loads((ROOT / "ontology" / "context-v1.jsonld").read_text("utf-8"))


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _triples(path: Path) -> str:
    document = json.loads(path.read_text("utf-8"))
    assert document["@context"] == "context/v1.jsonld"
    text = json.dumps({**document, **CONTEXT})
    quads = ox.parse(text, format=ox.RdfFormat.JSON_LD, base_iri=BASE)
    return "".join(f"{quad.triple} .\n" for quad in quads)


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    """The shapes under a base of their own."""
    return load(SHAPES, BASE)


@pytest.fixture(scope="module")
def neighbourhood() -> str:
    """The records that the examples refer to."""
    path = str(SHAPES / "examples" / "neighbourhood.ttl")
    quads = ox.parse(path=path, base_iri=BASE)
    return "".join(f"{quad.triple} .\n" for quad in quads)


@pytest.fixture(scope="module")
def check(shapes: Shapes, neighbourhood: str) -> "Check":
    """Checks one example, remembering what it said."""
    return Check(shapes, neighbourhood)


class Check:
    """Reports on examples, each read and checked once."""

    def __init__(self, shapes: Shapes, neighbourhood: str) -> None:
        self._shapes = shapes
        self._neighbourhood = neighbourhood
        self._reports: dict[Path, Report] = {}

    def __call__(self, path: Path) -> Report:
        """Returns the report on the thing of the example."""
        if path not in self._reports:
            kind = path.parent.name
            self._reports[path] = self._shapes.check(
                kind,
                _triples(path) + self._neighbourhood,
                [f"{BASE}id/{kind}/example"],
            )
        return self._reports[path]


@pytest.mark.parametrize("path", EXAMPLES, ids=_name)
def test_an_example_breaks_exactly_the_rules_in_its_name(
    check: Check, path: Path
) -> None:
    """The codes of the report are those of the file name, each once."""
    sort, _, rest = path.stem.partition("-")
    report = check(path)
    codes = [result.code for result in report.results]

    if path.stem == "valid-minimal":
        assert report.conforms
    elif sort == "valid":
        assert codes == []
    else:
        assert sorted(codes) == sorted(rest.split("+"))


@pytest.mark.parametrize("path", EXAMPLES, ids=_name)
def test_a_result_belongs_to_the_thing_of_the_example(check: Check, path: Path) -> None:
    """A rule broken by a nested node is reported on the thing that it is part of."""
    thing = f"{BASE}id/{path.parent.name}/example"

    for result in check(path).results:
        assert result.focus_node == thing
        assert result.node.partition("#")[0] == thing


def test_every_rule_has_an_example_that_breaks_it(shapes: Shapes) -> None:
    """There is no rule of any kind that nobody has seen at work."""
    for kind in shapes.kinds:
        broken = {
            code
            for path in (SHAPES / "examples" / kind).glob("invalid-*.jsonld")
            for code in path.stem.removeprefix("invalid-").split("+")
        }
        assert broken == {constraint.code for constraint in shapes.constraints(kind)}


def test_every_kind_has_a_minimal_and_a_full_example(shapes: Shapes) -> None:
    """Each kind shows the least and the most that a record can say."""
    for kind in shapes.kinds:
        names = {path.stem for path in (SHAPES / "examples" / kind).iterdir()}
        assert {"valid-minimal", "valid-full"} <= names


@pytest.mark.parametrize("kind", sorted({path.parent.name for path in EXAMPLES}))
def test_a_standard_processor_finds_the_same(
    shapes: Shapes, neighbourhood: str, kind: str
) -> None:
    """pySHACL, given the files and targets alone, reports the very same results.

    The examples of a kind are renamed so that one run sees them all.
    """
    paths = [path for path in EXAMPLES if path.parent.name == kind]
    triples, things = neighbourhood, []
    for number, path in enumerate(paths):
        thing = f"{BASE}id/{kind}/example{number}"
        triples += _triples(path).replace(f"{BASE}id/{kind}/example", thing)
        things.append(thing)
    files = rdflib.Graph()
    for path in SHAPES.glob("*.ttl"):
        files.parse(data=path.read_text("utf-8"), format="turtle", publicID=BASE)
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    files.remove((None, sh.targetClass, None))
    for own in _node_rules(files, f"{BASE}shapes/{kind}"):
        for thing in things:
            files.add((own, sh.targetNode, rdflib.URIRef(thing)))

    data = rdflib.Graph().parse(data=triples, format="nt")
    _, answer, _ = pyshacl.validate(data, shacl_graph=files)
    theirs = {
        (
            str(answer.value(result, sh.focusNode)),
            str(answer.value(result, sh.sourceShape)).partition("#")[2],
        )
        for result in answer.objects(None, sh.result)
    }
    ours = {(r.node, r.code) for r in shapes.check(kind, triples, things).results}

    assert ours == theirs


def _node_rules(files: rdflib.Graph, start: str) -> list[rdflib.URIRef]:
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    rules = [
        rdflib.URIRef(str(shape))
        for shape in files.subjects(rdflib.RDF.type, sh.NodeShape)
        if str(shape).startswith(f"{start}#") and (shape, sh.message, None) in files
    ]
    return [rdflib.URIRef(start), *rules]
