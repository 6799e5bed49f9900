from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

from registry.iris import RecordId
from registry.namespaces import DCT, ORG, RDF, SKOS, VOID
from registry.views import void
from registry.views.void import Counted
from tests.versions import BASE, IRIS

WHOLE = Counted(
    key="registry",
    triples=12,
    entities=3,
    classes={f"{ORG}Organization": 2, "urn:x?y": 1},
    properties={f"{RDF}type": 3, f"{SKOS}prefLabel": 9},
    example=RecordId("institution", "one"),
)
REGISTER = Counted("register.institution", 7, 2, {}, {f"{RDF}type": 7}, None)


def store(*counted: Counted) -> Store:
    """Returns the description of what was counted, to be asked."""
    made = Store()
    made.extend(parse(void.description(counted, IRIS), RdfFormat.N_TRIPLES))
    return made


def values(graph: Store, subject: str, predicate: str) -> list[str]:
    """Returns the values of a property, sorted."""
    found = graph.quads_for_pattern(NamedNode(subject), NamedNode(predicate), None)
    terms = [quad.object for quad in found]
    return sorted(t.value for t in terms if isinstance(t, NamedNode | Literal))


def test_before_anybody_counted_it_is_said_where_to_ask() -> None:
    """The endpoint and the space of IRIs are always so; numbers are left out."""
    graph = store()

    whole = f"{BASE}id/catalog/registry"
    assert values(graph, whole, f"{VOID}sparqlEndpoint") == [f"{BASE}sparql"]
    assert values(graph, whole, f"{VOID}uriSpace") == [f"{BASE}id/"]
    assert values(graph, f"{BASE}.well-known/void", f"{RDF}type") == [
        f"{VOID}DatasetDescription"
    ]
    assert values(graph, whole, f"{VOID}triples") == []


def test_a_dataset_has_its_numbers_and_its_dump() -> None:
    """A register is a part of the whole, with a dump and a space of its own."""
    graph = store(WHOLE, REGISTER)

    whole, register = (IRIS.dataset(each.key) for each in (WHOLE, REGISTER))
    assert values(graph, whole, f"{VOID}subset") == [register]
    assert values(graph, whole, f"{VOID}dataDump") == [f"{BASE}dump/registry.nq.gz"]
    assert values(graph, whole, f"{VOID}triples") == ["12"]
    assert values(graph, whole, f"{VOID}entities") == ["3"]
    assert values(graph, whole, f"{VOID}exampleResource") == [
        f"{BASE}id/institution/one"
    ]
    assert values(graph, whole, f"{VOID}vocabulary") == sorted([ORG, RDF, SKOS])
    assert values(graph, register, f"{VOID}dataDump") == [
        f"{BASE}dump/register.institution.nt"
    ]
    assert values(graph, register, f"{VOID}uriSpace") == [f"{BASE}id/institution/"]
    assert values(graph, register, f"{DCT}title") == ["Institutions", "Институции"]


def test_each_partition_has_a_name_that_stays() -> None:
    """It is made of the dataset and the term, and no node is blank."""
    graph = store(WHOLE)

    classes = values(graph, IRIS.dataset("registry"), f"{VOID}classPartition")
    assert classes == [
        f"{BASE}.well-known/void#registry/class/org:Organization",
        f"{BASE}.well-known/void#registry/class/urn%3Ax%3Fy",
    ]
    assert values(graph, classes[0], f"{VOID}class") == [f"{ORG}Organization"]
    assert values(graph, classes[0], f"{VOID}entities") == ["2"]
    [_, labels] = values(graph, IRIS.dataset("registry"), f"{VOID}propertyPartition")
    assert labels.endswith("#registry/property/skos:prefLabel")
    assert values(graph, labels, f"{VOID}triples") == ["9"]
    assert all(
        isinstance(q.subject, NamedNode) and isinstance(q.object, NamedNode | Literal)
        for q in graph
    )
