"""Each rule for catalogues is broken once, by a copy of what keeps to all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import pytest
import rdflib
from rdflib import RDF, SH
from rdflib.term import Node

from registry.views.dcat.profiles import PROFILES
from tests.dcat import ROOT, conformance, sample

FOLDER = ROOT / "shapes" / "catalogue"
NOWHERE = "http://nowhere.example/"
BOTH = pytest.mark.parametrize("profile", [profile.key for profile in PROFILES])


@dataclass(frozen=True)
class Rule:
    """A rule, as its file states it.

    Attributes:
        code: its name.
        of: the class of the nodes that it is about.
        path: the property that it is about.
        constraint: the local name of what it asks for, such as `minCount`.
        wanted: what that is.
    """

    code: str
    of: str
    path: str
    constraint: str
    wanted: Node

    @property
    def subject(self) -> str:
        """The part of the code that rules about one property share."""
        return self.code.rpartition("-")[0]


@cache
def shapes(profile: str) -> rdflib.Graph:
    base = "http://localhost/"
    return rdflib.Graph().parse(FOLDER / f"{profile}.ttl", publicID=base)


def rules(profile: str) -> Iterator[Rule]:
    graph = shapes(profile)
    about = {SH.path, SH.severity, SH.message, RDF.type}
    for shape, target in graph.subject_objects(SH.targetClass):
        for rule in graph.objects(shape, SH.property):
            asked = [(p, o) for p, o in graph.predicate_objects(rule) if p not in about]
            names = {str(p).rpartition("#")[2]: o for p, o in asked}
            names.pop("qualifiedMinCount", None)
            ((constraint, wanted),) = names.items()
            path = graph.value(rule, SH.path)
            yield Rule(
                str(rule).partition("#")[2], str(target), str(path), constraint, wanted
            )


def faults(rule: Rule) -> tuple[bool, Sequence[str]]:
    """Returns whether present values go, and which come, for a rule to be broken."""
    iri, text = f"<{NOWHERE}a>", '"a"'
    match rule.constraint:
        case "minCount" | "hasValue" | "qualifiedValueShape":
            return True, ()
        case "maxCount":
            return False, (iri, f"<{NOWHERE}b>")
        case "nodeKind" if rule.wanted == SH.Literal:
            return True, (iri,)
        case "class" | "node" | "pattern":
            return True, (iri,)
        case _:
            return True, (text,)


@cache
def example(profile: str, of: str) -> Sequence[str]:
    """Returns predicates and objects of the node of a class that says the most."""
    view = next(each.view for each in PROFILES if each.key == profile)
    nodes: dict[str, list[str]] = {}
    for line in view(sample()).split("\n")[:-1]:
        subject, rest = line.split(" ", 1)
        nodes.setdefault(subject, []).append(rest)
    kind = f"<{RDF.type}> <{of}> ."
    found = [rest for rest in nodes.values() if kind in rest]
    return max(found, key=len, default=[kind])


def broken(profile: str, rule: Rule) -> Iterator[str]:
    """Yields the lines of a copy of a good node, with one fault."""
    removed, added = faults(rule)
    node = f"<urn:broken:{rule.code}>"
    for rest in example(profile, rule.of):
        if not (removed and rest.startswith(f"<{rule.path}> ")):
            yield f"{node} {rest}\n"
    for value in added:
        yield f"{node} <{rule.path}> {value} .\n"


@cache
def found(profile: str) -> dict[str, set[str]]:
    """Returns which rules each broken copy, and an unbroken one, is found to break."""
    view = next(each.view for each in PROFILES if each.key == profile)
    lines = set(view(sample()).splitlines(keepends=True))
    for rule in rules(profile):
        lines |= set(broken(profile, rule))
        lines |= {
            f"<urn:whole:{rule.of}> {rest}\n" for rest in example(profile, rule.of)
        }
    report = conformance(profile).check("".join(sorted(lines)))
    codes: dict[str, set[str]] = {}
    for result in report.results:
        codes.setdefault(result.node, set()).add(result.code)
    return codes


@BOTH
def test_every_rule_is_broken_by_its_fault(profile: str) -> None:
    """The rule fires, and no rule about another property does."""
    for rule in rules(profile):
        fired = found(profile).get(f"urn:broken:{rule.code}", set())
        anyway = found(profile).get(f"urn:whole:{rule.of}", set())
        assert rule.code in fired, rule
        others = {
            code for code in fired - anyway if code.rpartition("-")[0] != rule.subject
        }
        assert others == set(), rule


@BOTH
def test_every_rule_has_both_languages_and_a_severity(profile: str) -> None:
    """What is mandatory is a violation, what is recommended a warning."""
    graph = shapes(profile)
    for rule in set(graph.subjects(SH.message)):
        messages = list(graph.objects(rule, SH.message))
        languages = {m.language for m in messages if isinstance(m, rdflib.Literal)}
        assert languages == {"bg", "en"}, rule
        assert len(messages) == 2, rule
        assert graph.value(rule, SH.severity) in {SH.Violation, SH.Warning}, rule


@BOTH
def test_a_catalogue_without_anything_in_it_is_warned(profile: str) -> None:
    """It has neither a dataset nor a service."""
    text = f"<urn:c> <{RDF.type}> <http://www.w3.org/ns/dcat#Catalog> .\n"
    codes = {result.code for result in conformance(profile).check(text).results}

    assert "catalogue-empty" in codes


def test_shapes_of_records_are_apart_from_those_of_catalogues() -> None:
    """Those of catalogues stand in a folder of their own, one file a profile."""
    assert sorted(path.stem for path in FOLDER.glob("*.ttl")) == sorted(
        profile.key for profile in PROFILES
    )
