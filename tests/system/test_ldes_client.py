"""`ldes-client` of npm follows the feeds as it does by itself.

Each activity that it hands on comes as N-Quads, and is carried out on a copy.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyoxigraph import Dataset, DefaultGraph, NamedNode, RdfFormat, parse

from registry import graphs, projection, review, submissions, wiring
from registry.iris import RecordId
from registry.namespaces import AS, RDF, XSD
from registry.record import Provenance
from registry.settings import Settings, SiteSettings
from tests import node
from tests.replaying import Copy
from tests.serving import Operator, free_port
from tests.versions import content

FOLDER = Path(__file__).parent / "ldes"
ONE = RecordId("institution", "one")


class LdesClient:
    """The program, which prints the members of a stream."""

    def __init__(self) -> None:
        self._node = node.node(FOLDER / "requirements.txt")
        packages = node.packages(self._node, FOLDER)
        self._script = packages / "ldes-client" / "dist" / "bin" / "cli.js"

    def follow(self, address: str, *options: str) -> Dataset:
        """Returns what it read until it came to the end."""
        ran = self._node.run(self._script, *options, address)
        assert ran.returncode == 0, ran.stderr
        assert "error" not in ran.stderr.lower(), ran.stderr
        written = _SHORT.sub(_in_full, ran.stdout)
        return Dataset(parse(written, format=RdfFormat.N_QUADS))


# The program prints N-Quads but for these values, which it shortens as Turtle does.
_SHORT = re.compile(r"^(<[^>]*> <[^>]*>) (?:([0-9]+)|(true|false)) ", re.MULTILINE)


def _in_full(found: re.Match[str]) -> str:
    name = "integer" if found[2] else "boolean"
    return f'{found[1]} "{found[2] or found[3]}"^^<{XSD}{name}> '


@pytest.fixture(scope="session")
def ldes_client() -> LdesClient:
    return LdesClient()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Operator]:
    """A server with one record, which a test may change."""
    operator = Operator(tmp_path / "data", free_port())
    site = SiteSettings(base=operator.base)
    wiring.create(Settings(data=operator.data, site=site))
    with opened(operator) as registry, registry.journal.write() as writer:
        made = content(
            ONE, {"type": "Organization", "name": {"bg": "Едно"}}, registry.iris
        )
        entry = submissions.submit(
            writer, ONE, made, provenance=Provenance(), actor="a"
        )
        assert entry is not None
        review.accept(writer, entry, actor="b")
    with operator.serving():
        yield operator


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


def carried_out(read: Dataset, copy: Copy) -> Copy:
    """Returns the copy after the activities."""
    for _, deed, about, name in activities(read):
        if deed == "Delete":
            del copy[about]
        else:
            payload = read.quads_for_graph_name(name)
            copy[about] = graphs.canonical(quad.triple for quad in payload)
    return copy


def published(operator: Operator) -> Copy:
    """Returns the graphs of the records that are public now."""
    with opened(operator) as registry:
        return {
            registry.iris.thing(version.head.record): graphs.canonical(
                graphs.triples(projection.graph(version, registry.iris)[1])
            )
            for version in registry.journal.heads()
            if version.head.status.public
        }


@contextmanager
def opened(operator: Operator) -> Iterator[wiring.Registry]:
    """Opens the registry beside its server."""
    registry = wiring.open_registry(Settings(data=operator.data))
    try:
        yield registry
    finally:
        registry.close()


def test_whole_of_the_records(served: Operator, ldes_client: LdesClient) -> None:
    """Every record arrives, and the copy is what the journal says of it now."""
    read = ldes_client.follow(f"{served.base}feed/records")

    expected = published(served)
    assert len(activities(read)) >= len(expected) > 900
    assert carried_out(read, {}) == expected


def test_whole_of_the_catalogue(served: Operator, ldes_client: LdesClient) -> None:
    """Every dataset arrives, and the copy is what the catalogue had come to."""
    # The shape is on a server of the European Commission, and no test goes there.
    read = ldes_client.follow(f"{served.base}feed/catalog", "--no-shape")

    told = activities(read)
    with opened(served) as registry:  # which may have gone on meanwhile
        happened = registry.catalogue.activities(limit=len(told))
        names = [registry.iris.dataset(activity.dataset) for activity in happened]
    assert [activity[0] for activity in told] == [a.number for a in happened]
    latest = dict(zip(names, (a.triples for a in happened), strict=True))
    expected = {dataset: triples for dataset, triples in latest.items() if triples}
    assert carried_out(read, {}) == expected
    assert len(expected) > 50


def test_deletion_arrives_and_nothing_else(
    small: Operator, ldes_client: LdesClient, tmp_path: Path
) -> None:
    """A copy that is brought up to date is told of what was withdrawn, only."""
    feed, state = f"{small.base}feed/records", ("--save", str(tmp_path / "state"))
    copy = carried_out(ldes_client.follow(feed, *state), {})
    assert copy == published(small)
    thing = f"{small.base}id/{ONE}"
    assert set(copy) == {thing}

    with opened(small) as registry, registry.journal.write() as writer:
        review.retire(writer, ONE, actor="a", reason="x")
    read = ldes_client.follow(feed, *state)

    assert [activity[:3] for activity in activities(read)] == [(3, "Delete", thing)]
    assert carried_out(read, copy) == {}


def test_reading_goes_on_after_a_dump(
    served: Operator, ldes_client: LdesClient
) -> None:
    """Who has read as far as a position reads only the pages that come after."""
    whole = activities(ldes_client.follow(f"{served.base}feed/records"))
    position = whole[-1][0] - 150

    rest = activities(ldes_client.follow(f"{served.base}feed/records?after={position}"))

    first = position // 100 * 100
    assert rest == [activity for activity in whole if activity[0] > first]
