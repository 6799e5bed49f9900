"""The integrity constraints of the Data Cube vocabulary, and every table under them.

Source: The RDF Data Cube Vocabulary, W3C Recommendation 16 January 2014,
sections 10 and 11.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QueryBoolean, RdfFormat, Store

from registry.iris import Iris
from registry.namespaces import QB, RDF
from registry.store.oxigraph import read_current
from tests import tables
from tests.serving import Operator

FOLDER = Path(__file__).parent / "cube"
CONSTRAINTS = {
    path.stem: path.read_text() for path in sorted(FOLDER.glob("constraints/*.rq"))
}
BREAKS = sorted(FOLDER.glob("breaks/*.ru"))
NORMALISE = (FOLDER / "normalise.ru").read_text()


def violated(cube: Store) -> Sequence[str]:
    """Returns the constraints that a cube breaks, after it was normalised."""
    cube.update(NORMALISE)
    return [name for name, query in CONSTRAINTS.items() if _holds(cube, query)]


def _holds(cube: Store, query: str) -> bool:
    answer = cube.query(query)
    assert isinstance(answer, QueryBoolean)
    return bool(answer)


def example() -> Store:
    """The cubes that break nothing."""
    store = Store()
    store.load(path=str(FOLDER / "valid.ttl"), format=RdfFormat.TURTLE)
    return store


def test_there_are_all_constraints_and_a_break_of_each() -> None:
    """IC-1 to IC-21 are there, and each has something that breaks it."""
    assert list(CONSTRAINTS) == [f"ic-{number:02}" for number in range(1, 22)]
    assert {path.stem[:5] for path in BREAKS} == set(CONSTRAINTS)


def test_a_sound_cube_breaks_nothing() -> None:
    """The example has slices, hierarchies and a dimension of measures."""
    assert violated(example()) == []


@pytest.mark.parametrize("path", BREAKS, ids=lambda path: path.stem)
def test_each_constraint_finds_what_breaks_it(path: Path) -> None:
    """One thing is spoilt, and just that constraint says so."""
    cube = example()
    cube.update(path.read_text())

    assert violated(cube) == [path.stem[:5]]


class Published:
    """The graphs of a registry, as its readers see them."""

    def __init__(self, snapshot: Path, iris: Iris) -> None:
        self.store = Store.read_only(str(snapshot))
        self.iris = iris
        schemes = f"{iris.base}graph/scheme/"
        self.shared = [
            self.dump(graph.value)
            for graph in self.store.named_graphs()
            if isinstance(graph, NamedNode)
            and (graph.value.startswith(schemes) or graph.value == iris.ontology_graph)
        ]

    def dump(self, graph: str) -> bytes:
        found = self.store.dump(format=RdfFormat.N_TRIPLES, from_graph=NamedNode(graph))
        assert found is not None
        return found

    def cube(self, key: str) -> Store:
        """Returns a table with the code lists and the ontology."""
        store = Store()
        for triples in (*self.shared, self.dump(self.iris.graph(tables.record(key)))):
            store.bulk_load(triples, RdfFormat.N_TRIPLES)
        return store


@pytest.fixture(scope="module")
def published(served: Operator) -> Published:
    """The registry of all datasets."""
    snapshot = read_current(served.data / "store")
    assert snapshot is not None
    return Published(snapshot.path, Iris(served.base))


@pytest.mark.parametrize("key", tables.KEYS)
def test_every_table_keeps_every_constraint(published: Published, key: str) -> None:
    """All observations of the table are there, and break nothing."""
    cube = published.cube(key)
    found = cube.quads_for_pattern(
        None, NamedNode(f"{RDF}type"), NamedNode(f"{QB}Observation"), None
    )

    assert len(list(found)) == len(tables.rows(key))
    assert violated(cube) == []
