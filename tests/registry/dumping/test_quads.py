import gzip
from collections import Counter
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Store

from registry import projection
from registry.dumping.quads import Quads
from registry.namespaces import QB, RDF
from registry.store.oxigraph import OxigraphWriter
from tests.dumping import Small
from tests.versions import BASE, IRIS


def lines(small: Small) -> list[str]:
    """Returns the quads of the public dump."""
    text = gzip.decompress(small.files()["registry.nq.gz"]).decode()
    return text.split("\n")[:-1]


def test_the_quads_are_those_of_the_graph_store(small: Small, tmp_path: Path) -> None:
    """Whoever loads the dump has what answers queries here, in the same order."""
    published = small.published
    small.make()
    with OxigraphWriter(tmp_path / "store", BASE) as store:
        graphs = (
            projection.whole_graph(v, IRIS, published.tables)
            for v in small.journal.heads()
        )
        ontology = (IRIS.ontology_graph, published.vocabulary.terms)
        store.fill([ontology, *graphs], small.journal.tip()[0])
        kept = [line for line in store.dump() if "/graph/registry>" not in line]

    dumped = Store()
    dumped.bulk_load("\n".join(lines(small)).encode(), RdfFormat.N_QUADS)
    with OxigraphWriter(tmp_path / "again", BASE) as store:
        store._opened().extend(dumped)
        assert list(store.dump()) == kept
    assert len(lines(small)) == len(kept)


def test_graphs_come_by_name_and_their_lines_are_sorted(small: Small) -> None:
    """So two dumps can be compared line by line, with the simplest tools."""
    small.make()

    found = lines(small)
    assert found == sorted(found, key=lambda line: (line.rsplit(" ", 2)[1], line))
    assert len(set(found)) == len(found)


def test_terms_are_counted(small: Small, tmp_path: Path) -> None:
    """Each dataset has the numbers that its quads have."""
    published = small.published
    quads = Quads(tmp_path, IRIS, published.tables, published.vocabulary.terms)
    for version in small.journal.heads():
        quads.add(version)
    [(path, rows)] = quads.finish()
    parsed = list(
        pyoxigraph.parse(gzip.decompress(path.read_bytes()), RdfFormat.N_QUADS)
    )

    whole, *registers = quads.counted()

    assert whole.triples == rows == len(parsed)
    assert whole.properties == Counter(q.predicate.value for q in parsed)
    assert whole.classes == Counter(
        q.object.value
        for q in parsed
        if q.predicate.value == f"{RDF}type" and isinstance(q.object, NamedNode)
    )
    assert [(r.key, r.entities, r.example and r.example.key) for r in registers] == [
        ("register.course", 1, "welder"),
        ("register.institution", 1, "one"),
        ("register.table", 1, "demo-poppcctb"),
    ]
    assert registers[2].classes[f"{QB}Observation"] == whole.classes[f"{QB}Observation"]


def test_the_file_does_not_say_when_it_was_made(small: Small) -> None:
    """Neither name nor time stand in it, so that equal quads are equal bytes."""
    small.make()

    head = small.files()["registry.nq.gz"][:10]
    assert head[3:8] == b"\x00\x00\x00\x00\x00"
