"""The files of the shapes keep to the rules of this house.

Codes and sentences are what people see, so each rule is one constraint with one
sentence per language. What the files may hold is limited to what any engine
evaluates in a time that can be foreseen.
"""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from registry.kinds import KINDS
from registry.namespaces import RDF, RDFS, SH, SKOS
from registry.shapes import load

FOLDER = Path(__file__).parents[2] / "shapes"
BASE = "https://registry.example/"
FILES = sorted(FOLDER.glob("*.ttl"))
ABOUT_A_RULE = {
    f"{RDF}type",
    *(f"{SH}{name}" for name in ("path", "severity", "message", "targetClass")),
}
TO_SHAPES = {f"{SH}{name}" for name in ("property", "node", "not")} | {
    f"{SH}qualifiedValueShape"
}
TO_LISTS = {f"{SH}{name}" for name in ("or", "xone", "and")}


def _read(path: Path) -> list[ox.Quad]:
    return list(ox.parse(path=str(path), base_iri=BASE))


@pytest.fixture(scope="module")
def graph() -> ox.Store:
    """All the files together."""
    store = ox.Store()
    for path in FILES:
        store.extend(_read(path))
    return store


def _subjects(graph: ox.Store, predicate: str) -> set[Any]:
    pattern = graph.quads_for_pattern(None, ox.NamedNode(predicate), None, None)
    return {quad.subject for quad in pattern}


def _objects(graph: ox.Store, subject: Any, predicate: str) -> list[Any]:
    pattern = graph.quads_for_pattern(subject, ox.NamedNode(predicate), None, None)
    return [quad.object for quad in pattern]


def _members(graph: ox.Store, start: Any) -> Iterator[Any]:
    while start != ox.NamedNode(f"{RDF}nil"):
        (member,) = _objects(graph, start, f"{RDF}first")
        (start,) = _objects(graph, start, f"{RDF}rest")
        yield member


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_names_everything_in_it_after_itself(path: Path) -> None:
    """A shape is found at the address of the file that states it.

    The one node without a name is a path, which SHACL wants to be blank.
    """
    start = f"{BASE}shapes/{path.stem}"
    inverse = ox.NamedNode(f"{SH}inversePath")

    for quad in _read(path):
        if isinstance(quad.subject, ox.BlankNode):
            assert quad.predicate == inverse
        else:
            assert isinstance(quad.subject, ox.NamedNode)
            assert re.match(re.escape(start) + r"(#[a-z0-9-]+)?\Z", quad.subject.value)


def test_every_kind_has_its_file() -> None:
    """Adding a kind means adding a file, and none is forgotten."""
    assert load(FOLDER, BASE).kinds == tuple(KINDS)


def test_a_rule_is_one_constraint(graph: ox.Store) -> None:
    """One code stands for one thing that can be wrong."""
    counted = {f"{SH}qualifiedValueShape", f"{SH}qualifiedMinCount"}

    for rule in _subjects(graph, f"{SH}message"):
        predicates = [
            quad.predicate.value
            for quad in graph.quads_for_pattern(rule, None, None, None)
            if quad.predicate.value not in ABOUT_A_RULE
        ]
        assert len(predicates) == 1 or set(predicates) == counted, rule


def test_a_rule_has_one_sentence_in_each_language(graph: ox.Store) -> None:
    """Each sentence begins with a capital letter and ends with a full stop."""
    for rule in _subjects(graph, f"{SH}message"):
        messages = _objects(graph, rule, f"{SH}message")
        assert sorted(message.language for message in messages) == ["bg", "en"]
        for message in messages:
            assert message.value[0].isupper()
            assert message.value.endswith(".")
            cyrillic = re.search("[а-я]", message.value) is not None
            assert cyrillic == (message.language == "bg")


def test_a_rule_has_one_of_two_severities(graph: ox.Store) -> None:
    """A rule either refuses publication or is counted."""
    known = {f"{SH}Violation", f"{SH}Warning"}

    for rule in _subjects(graph, f"{SH}message"):
        (severity,) = _objects(graph, rule, f"{SH}severity")
        assert severity.value in known


def test_a_code_means_one_thing_within_a_kind() -> None:
    """A code leads to one sentence, whatever file states the rule."""
    shapes = load(FOLDER, BASE)

    for kind in shapes.kinds:
        codes = [constraint.code for constraint in shapes.constraints(kind)]
        assert len(codes) == len(set(codes))


def test_a_target_class_belongs_to_one_kind(graph: ox.Store) -> None:
    """A record is never checked by the shape of another kind."""
    predicate = ox.NamedNode(f"{SH}targetClass")
    owners: dict[str, set[str]] = {}
    for quad in graph.quads_for_pattern(None, predicate, None, None):
        assert isinstance(quad.subject, ox.NamedNode)
        assert isinstance(quad.object, ox.NamedNode)
        kind = quad.subject.value.partition("#")[0]
        owners.setdefault(quad.object.value, set()).add(kind)

    assert all(len(kinds) == 1 for kinds in owners.values())


def test_every_shape_that_is_referred_to_exists(graph: ox.Store) -> None:
    """No reference dangles, which some engines would pass over in silence."""
    shapes = _subjects(graph, f"{RDF}type")

    for target in _references(graph):
        assert target[1] in shapes


def test_no_shape_leads_back_to_itself(graph: ox.Store) -> None:
    """Engines differ on recursive shapes, so there is none."""
    edges: dict[Any, set[Any]] = {}
    for source, target in _references(graph):
        edges.setdefault(source, set()).add(target)
    left = set(edges)
    while leaves := {source for source in left if not edges[source] & left}:
        left -= leaves

    assert left == set()


def _references(graph: ox.Store) -> Iterator[tuple[Any, Any]]:
    for quad in graph:
        if quad.predicate.value in TO_SHAPES:
            yield quad.subject, quad.object
        if quad.predicate.value in TO_LISTS:
            yield from ((quad.subject, m) for m in _members(graph, quad.object))


def test_only_core_constraints_are_used(graph: ox.Store) -> None:
    """Nothing here runs a query, a script or a rule."""
    used = {quad.predicate.value for quad in graph}
    names = (
        "class datatype description group hasValue in inversePath languageIn "
        "maxCount maxLength message minCount name node nodeKind not or order path "
        "pattern property qualifiedMinCount qualifiedValueShape severity targetClass "
        "uniqueLang xone"
    )

    assert used <= {
        f"{RDFS}label",
        *(f"{SH}{name}" for name in names.split()),
        *(f"{RDF}{name}" for name in ("type", "first", "rest")),
    }


def test_every_list_of_concepts_is_a_record(graph: ox.Store) -> None:
    """A rule about a code list refers to a list that the datasets hold."""
    schemes = FOLDER.parent / "datasets" / "schemes"
    start = f"{BASE}id/scheme/"
    for shape in _subjects(graph, f"{SH}path"):
        if _objects(graph, shape, f"{SH}path") == [ox.NamedNode(f"{SKOS}inScheme")]:
            (scheme,) = _objects(graph, shape, f"{SH}hasValue")
            assert scheme.value.startswith(start)
            assert (schemes / f"{scheme.value.removeprefix(start)}.csv").is_file()


def test_no_pattern_can_take_long(graph: ox.Store) -> None:
    """Every regular expression of the shapes passes the lint below."""
    patterns = {
        pattern.value
        for shape in _subjects(graph, f"{SH}pattern")
        for pattern in _objects(graph, shape, f"{SH}pattern")
    }

    assert patterns
    assert {pattern: list(_hazards(pattern)) for pattern in patterns} == {
        pattern: [] for pattern in patterns
    }


@pytest.mark.parametrize(
    ("pattern", "hazard"),
    [
        ("^(a+)+$", "repetition in a repetition"),
        ("^(a{1,9}b){1,9}$", "repetition in a repetition"),
        ("^(a|ab){1,9}$", "alternatives in a repetition"),
        ("^a*$", "repetition without an end"),
        ("^a+?$", "repetition without an end"),
        (r"^(a)\1$", "reference back"),
        ("^(?=a)b$", "look around"),
        ("^(?<!a)b$", "look around"),
        ("a{1,9}b", "repetition without a beginning"),
    ],
)
def test_the_lint_finds_what_can_take_long(pattern: str, hazard: str) -> None:
    """Each way in which matching could explode or creep is found."""
    assert hazard in set(_hazards(pattern))


PARSER: Any = importlib.import_module("re._parser")
REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}


def _hazards(pattern: str) -> Iterator[str]:
    tree = PARSER.parse(pattern)
    names = [str(operation) for operation, _ in tree]
    if REPEATS & set(names) and not pattern.startswith("^"):
        yield "repetition without a beginning"
    yield from _hazards_in(tree, repeated=False)


def _hazards_in(tree: Any, *, repeated: bool) -> Iterator[str]:
    for operation, argument in tree:
        name = str(operation)
        yield from _hazards_of(name, argument, repeated)
        again = repeated or (name in REPEATS and argument[1] > 1)
        for inner in _inside(name, argument):
            yield from _hazards_in(inner, repeated=again)


def _hazards_of(name: str, argument: Any, repeated: bool) -> Iterator[str]:
    if name in REPEATS and repeated:
        yield "repetition in a repetition"
    if name in REPEATS and argument[1] == PARSER.MAXREPEAT:
        yield "repetition without an end"
    if name == "BRANCH" and repeated:
        yield "alternatives in a repetition"
    if name.startswith("GROUPREF"):
        yield "reference back"
    if name.startswith("ASSERT"):
        yield "look around"


def _inside(name: str, argument: Any) -> list[Any]:
    if name in REPEATS:
        return [argument[2]]
    if name == "BRANCH":
        return list(argument[1])
    if name == "SUBPATTERN":
        return [argument[-1]]
    return []
