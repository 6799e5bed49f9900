"""What tables share is what the tables of the datasets use."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from registry.namespaces import INTG, QB, RDF, RDFS, SDMX_ATTRIBUTE
from tests import tables
from tests.versions import BASE, IRIS

FILE = Path(__file__).parents[2] / "ontology" / "components.ttl"
USED = sorted(
    {
        (dimension.iri, dimension.scheme)
        for key in tables.KEYS
        for dimension in tables.structure(key).dimensions
        if not dimension.iri.startswith(BASE)
    },
    key=str,
)


@pytest.fixture(scope="module")
def components() -> Store:
    """The file, as a registry publishes it."""
    store = Store()
    store.load(path=str(FILE), format=RdfFormat.TURTLE, base_iri=BASE)
    return store


def _values(store: Store, subject: str, predicate: str) -> set[str]:
    found = store.quads_for_pattern(NamedNode(subject), NamedNode(predicate), None)
    return {q.object.value for q in found if isinstance(q.object, NamedNode)}


@pytest.mark.parametrize(("property_", "scheme"), USED)
def test_dimensions_have_the_code_lists_of_the_tables(
    components: Store, property_: str, scheme: str | None
) -> None:
    """A dimension has one code list, whichever table uses it."""
    lists = {f"{IRIS.base}id/scheme/{scheme}"} if scheme else set()

    assert _values(components, property_, f"{QB}codeList") == lists


def test_every_property_of_sdmx_is_typed_and_named(components: Store) -> None:
    """Its type and its name in both languages stand in the file."""
    subjects = {str(quad.subject)[1:-1] for quad in components}
    for subject in subjects:
        if subject.startswith(INTG):
            continue
        labels = components.quads_for_pattern(
            NamedNode(subject), NamedNode(f"{RDFS}label"), None
        )
        languages = {q.object.language for q in labels if isinstance(q.object, Literal)}
        assert languages == {"bg", "en"}, subject
        assert _values(components, subject, f"{RDF}type"), subject
    assert f"{SDMX_ATTRIBUTE}confStatus" in subjects
