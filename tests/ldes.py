"""`ldes-client` of npm, and what its output says.

Each activity that it hands on comes as N-Quads, and is carried out on a copy.
"""

import re
from pathlib import Path

from pyoxigraph import Dataset, DefaultGraph, NamedNode, RdfFormat, parse

from registry import graphs
from registry.namespaces import AS, RDF, XSD
from tests import node
from tests.replaying import Copy

FOLDER = Path(__file__).parent / "system" / "ldes"


class LdesClient:
    """The program, which prints the members of a stream."""

    def __init__(self) -> None:
        self._node = node.node(FOLDER / "requirements.txt")
        packages = node.packages(self._node, FOLDER)
        self._script = packages / "ldes-client" / "dist" / "bin" / "cli.js"

    def follow(self, address: str, *options: str) -> Dataset:
        """Returns what it read until it came to the end."""
        written = _SHORT.sub(_in_full, self._printed(address, *options))
        return Dataset(parse(written, format=RdfFormat.N_QUADS))

    def numbers(self, address: str, *options: str) -> list[int]:
        """Returns the numbers of the activities, as often as it tells of them.

        They come in the order of its telling.
        """
        printed = self._printed(address, *options)
        return [int(number) for number in _PUBLISHED.findall(printed)]

    def _printed(self, address: str, *options: str) -> str:
        ran = self._node.run(self._script, *options, address)
        assert ran.returncode == 0, ran.stderr
        assert "error" not in ran.stderr.lower(), ran.stderr
        return ran.stdout


_PUBLISHED = re.compile(rf"^<[^>]*/([0-9]+)> <{re.escape(AS)}published> ", re.MULTILINE)

# The program prints N-Quads but for these values, which it shortens as Turtle does.
_SHORT = re.compile(r"^(<[^>]*> <[^>]*>) (?:([0-9]+)|(true|false)) ", re.MULTILINE)


def _in_full(found: re.Match[str]) -> str:
    name = "integer" if found[2] else "boolean"
    return f'{found[1]} "{found[2] or found[3]}"^^<{XSD}{name}> '


def activities(read: Dataset) -> list[tuple[int, str, str, NamedNode]]:
    """Returns number, deed, object and name of the activities, by number."""
    found = []
    deeds: dict[str, str] = {}
    for quad in read.quads_for_graph_name(DefaultGraph()):
        if quad.predicate.value == f"{RDF}type":
            deeds[_iri(quad.subject)] = _iri(quad.object).removeprefix(AS)
    for quad in read.quads_for_graph_name(DefaultGraph()):
        if quad.predicate.value == f"{AS}object":
            name = _iri(quad.subject)
            number = int(name.rpartition("/")[2])
            found.append((number, deeds[name], _iri(quad.object), NamedNode(name)))
    return sorted(found, key=lambda activity: activity[0])


def _iri(term: object) -> str:
    assert isinstance(term, NamedNode)
    return term.value


def carried_out(read: Dataset, copy: Copy, after: int = 0) -> Copy:
    """Returns the copy after the activities, but for those up to a number."""
    for number, deed, about, name in activities(read):
        if number <= after:
            continue
        if deed == "Delete":
            del copy[about]
        else:
            payload = read.quads_for_graph_name(name)
            copy[about] = graphs.canonical(quad.triple for quad in payload)
    return copy
