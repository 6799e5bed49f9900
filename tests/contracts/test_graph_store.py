"""What every graph store must do: the embedded one, and SPARQL servers."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from registry.errors import EngineUnavailable, Invalid, QueryMalformed, RegistryError
from registry.namespaces import DCAT, XSD
from registry.ports import Answer, GraphReader, Query
from registry.store.dialects import Server
from registry.store.oxigraph import OxigraphWriter, SnapshotGraphs
from registry.store.queries import QueryLimits, QueryPool
from registry.store.remote import RemoteGraphs, RemoteWriter
from registry.store.server import client
from tests import engines

BASE = "http://127.0.0.1:8000/"
G1, G2, G3 = (f"{BASE}graph/place/{number}" for number in (1, 2, 3))
P = "http://example.org/p"
JSON, CSV = "application/sparql-results+json", "text/csv"
TRIPLES = "application/n-triples"

Writer = OxigraphWriter | RemoteWriter


@dataclass(frozen=True)
class Place:
    """Where a store of a test is.

    Attributes:
        folder: of the embedded store, or of the pointer.
        server: that has the graphs, if one has.
    """

    folder: Path
    server: Server | None

    def open(self, *, fresh: bool = False) -> Writer:
        """Opens the store for writing."""
        if self.server:
            return RemoteWriter(self.folder, BASE, self.server, fresh=fresh)
        return OxigraphWriter(self.folder, BASE, fresh=fresh)

    @contextmanager
    def reading(self) -> Iterator[GraphReader]:
        """Opens what is published for reading."""
        reader = (
            RemoteGraphs(self.server, BASE)
            if self.server
            else SnapshotGraphs(self.folder)
        )
        yield reader
        reader.close()

    def ask(
        self, text: str, media_type: str = JSON, limits: QueryLimits | None = None
    ) -> Answer:
        """Puts a query as the endpoint does."""
        return self.ask_all([(Query(text), media_type)], limits)[0]

    def ask_all(
        self,
        asked: Sequence[tuple[Query, str]],
        limits: QueryLimits | None = None,
    ) -> Sequence[Answer]:
        """Puts several queries one after the other."""
        found = limits or QueryLimits(workers=1)

        async def work() -> Sequence[Answer]:
            async with QueryPool(self.folder, BASE, found, self.server) as pool:
                for query, _ in asked:
                    pool.form(query.text)
                return [await pool.ask(*one) for one in asked]

        return asyncio.run(asyncio.wait_for(work(), 100))

    def values(self, text: str) -> list[tuple[str | None, ...]]:
        """Returns the values of the rows that a query finds."""
        found: Any = json.loads(self.ask(text).body)
        names = found["head"]["vars"]
        return [
            tuple(row[n]["value"] if n in row else None for n in names)
            for row in found["results"]["bindings"]
        ]


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One Virtuoso for all tests of this module: it takes long to start."""
    with engines.virtuoso_server(tmp_path_factory.mktemp("virtuoso")) as server:
        yield server


@pytest.fixture(params=["embedded", "oxigraph", "virtuoso"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty store."""
    if request.param == "embedded":
        yield Place(tmp_path / "store", None)
    elif request.param == "oxigraph":
        with engines.oxigraph(tmp_path / "database") as server:
            yield Place(tmp_path / "pointer", server)
    else:
        server = request.getfixturevalue("virtuoso")
        with RemoteWriter(tmp_path / "cleaner", BASE, server, fresh=True) as cleaner:
            for name in list(cleaner.names()):
                cleaner.replace([(name, "")], 0)
        with RemoteWriter(tmp_path / "cleaner", BASE, server, fresh=True):
            pass
        yield Place(tmp_path / "pointer", server)


def triple(value: str, subject: str = "http://example.org/a") -> str:
    """Returns a line of N-Triples with this object."""
    return f"<{subject}> <{P}> {value} .\n"


def test_new_store_is_at_zero(place: Place) -> None:
    """A store that holds nothing has reached nothing, and says so to queries."""
    with place.open() as writer:
        assert writer.sequence() == 0
        writer.publish()

    if place.server:
        with pytest.raises(EngineUnavailable) as caught:
            place.ask("ASK {}")
        assert caught.value.extra["reason"] == "unpublished"


def test_record_is_replaced_whole_and_with_the_number(place: Place) -> None:
    """Of a graph that is replaced nothing stays; the number stands with it."""
    with place.open() as writer:
        writer.replace([(G1, triple('"old"') + triple('"older"')), (G2, "")], 1)
        writer.publish()
        assert place.values(f"SELECT ?o {{ ?s <{P}> ?o }} ORDER BY ?o") == [
            ("old",),
            ("older",),
        ]

        writer.replace([(G1, triple('"ново"@bg'))], 2)
        writer.publish()

    with place.reading() as reader:
        assert reader.sequence() == 2
        assert list(reader.triples(G1)) == [*reader.normal(triple('"ново"@bg'))]
    answer = place.ask(f"SELECT ?n {{ ?r <{DCAT}version> ?n }}", CSV)
    assert (answer.body, answer.sequence) == (b"n\r\n2\r\n", 2)


def test_retired_record_leaves_no_graph(place: Place) -> None:
    """An empty text removes the graph, once and again."""
    with place.open() as writer:
        writer.replace([(G1, triple('"a"')), (G2, triple('"b"'))], 1)
        writer.replace([(G1, "")], 2)
        writer.replace([(G1, "")], 3)
        writer.publish()

    with place.reading() as reader:
        assert [*reader.names()] == [G2, f"{BASE}graph/registry"]


def test_what_is_no_graph_of_ours_moves_nothing(place: Place) -> None:
    """Blank nodes, and anything but triples, are refused before the number moves."""
    with place.open() as writer:
        writer.replace([(G1, triple('"a"'))], 1)

        for text in (triple("_:b"), "} } ; DROP ALL ; INSERT DATA { GRAPH <x:y> {"):
            with pytest.raises(Invalid):
                writer.replace([(G2, text)], 2)

        assert writer.sequence() == 1


def test_filling_replaces_everything(place: Place) -> None:
    """After a filling there is what was given, and nothing of before."""
    with place.open() as writer:
        writer.replace([(G1, triple('"a"')), (G3, triple('"c"'))], 1)

    with place.open(fresh=True) as writer:
        assert writer.sequence() == 0
        filled = [(f"{BASE}graph/place/{n}", triple(f'"{n}"')) for n in range(4, 40)]
        writer.fill(iter([*filled, (G1, triple('"b"'))]), 7)
        writer.publish()
        assert writer.sequence() == 7

    with place.reading() as reader:
        held = [*(name for name, _ in filled), G1, f"{BASE}graph/registry"]
        assert [*reader.names()] == sorted(held)
    assert place.values(f"SELECT ?o {{ GRAPH <{G1}> {{ ?s ?p ?o }} }}") == [("b",)]


def test_figures_of_a_table_come_in_pieces(place: Place) -> None:
    """A graph of more than one request holds all its pieces, and only these."""
    lines = [
        triple(f'"{number}"^^<{XSD}decimal>', f"{BASE}id/table/t/{number}")
        for number in range(60_000)
    ]
    pieces = ["".join(lines[start : start + 5000]) for start in range(0, 60_000, 5000)]
    total = f"SELECT (COUNT(*) AS ?n) (SUM(?v) AS ?t) {{ GRAPH <{G1}> {{ ?o ?p ?v }} }}"

    with place.open() as writer:
        writer.replace([(G1, triple('"old"'))], 1)
        writer.replace([(G1, iter(pieces)), (G2, triple('"b"'))], 2)
        writer.publish()

    ((count, sum_),) = place.values(total)
    assert (count, float(sum_ or 0)) == ("60000", 60_000 * 59_999 / 2)


LITERALS = [
    '"Хасково"@bg',
    '"Хасково"',
    '"Haskovo"@bg-Latn',
    '"colour"@en-GB',
    '""',
    '"a\\"b\\\\c\\nd\\re\\tf g\u2028h\u0085i \U0001f600 ."@bg',
    f'"{"Д" * 5000}"@bg',
    f'"{"Ж" * 100_000}"',
    f'"2024"^^<{XSD}gYear>',
    f'"2024-05"^^<{XSD}gYearMonth>',
    f'"2024-05-01"^^<{XSD}date>',
    f'"2024-05-01T10:20:30Z"^^<{XSD}dateTime>',
    f'"2024-05-01T10:20:30+03:00"^^<{XSD}dateTime>',
    f'"2024-05-01T10:20:30.123456Z"^^<{XSD}dateTime>',
    f'"09:30:00"^^<{XSD}time>',
    f'"12.5"^^<{XSD}decimal>',
    f'"5"^^<{XSD}decimal>',
    f'"-0.25"^^<{XSD}decimal>',
    f'"42"^^<{XSD}integer>',
    f'"true"^^<{XSD}boolean>',
    f'"false"^^<{XSD}boolean>',
    f'"http://example.org/"^^<{XSD}anyURI>',
    '"x"^^<http://example.org/type>',
    '"POINT(25.55 41.93)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>',
    "<http://example.org/път>",
    "<http://example.org/a%20b?c=d&e=f#g>",
]
"""Objects that come back as they were put, by whatever engine."""


def test_terms_come_back_as_they_were_put(place: Place) -> None:
    """Languages, dates, numbers, long and Cyrillic texts survive in both answers."""
    subjects = [f"http://example.org/s{number:02}" for number in range(len(LITERALS))]
    lines = [triple(v, s) for v, s in zip(LITERALS, subjects, strict=True)]
    with place.open() as writer:
        writer.replace([(G1, "".join(lines))], 1)
        writer.publish()

    where = f"WHERE {{ GRAPH <{G1}> {{ ?s ?p ?o }} }}"
    rows, graph = place.ask_all(
        [
            (Query(f"SELECT ?o {where} ORDER BY ?s"), JSON),
            (Query(f"CONSTRUCT {{ ?s ?p ?o }} {where}"), TRIPLES),
        ]
    )
    parsed = [str(quad.triple) for quad in parse("".join(lines), RdfFormat.N_TRIPLES)]
    again = parse(graph.body, RdfFormat.N_TRIPLES)
    assert sorted(str(quad.triple) for quad in again) == sorted(parsed)
    found: Any = json.loads(rows.body)["results"]["bindings"]
    assert [_term(row["o"]) for row in found] == [
        quad.object for quad in parse("".join(lines), RdfFormat.N_TRIPLES)
    ]


def _term(found: Mapping[str, str]) -> NamedNode | Literal:
    if found["type"] == "uri":
        return NamedNode(found["value"])
    if tag := found.get("xml:lang"):
        return Literal(found["value"], language=tag)
    datatype = NamedNode(found.get("datatype", f"{XSD}string"))
    return Literal(found["value"], datatype=datatype)


BY_VALUE = [
    f'"1.50"^^<{XSD}decimal>',
    f'"5.0"^^<{XSD}decimal>',
    f'"007"^^<{XSD}integer>',
    f'"5"^^<{XSD}nonNegativeInteger>',
    f'"99999999999999999999"^^<{XSD}integer>',
    f'"1"^^<{XSD}boolean>',
    f'"1.5E3"^^<{XSD}double>',
    f'"2024-05-01T10:20:30.500Z"^^<{XSD}dateTime>',
    '"POINT (25.550 41.93)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>',
    '"x"@BG-latn',
]
"""Objects of which a store keeps the value, and not how it was written."""


def test_values_are_kept_however_they_were_written(place: Place) -> None:
    """Zeros, letters and types that say the same compare as the same."""
    subjects = [f"http://example.org/s{number:02}" for number in range(len(BY_VALUE))]
    text = "".join(triple(v, s) for v, s in zip(BY_VALUE, subjects, strict=True))
    with place.open() as writer:
        writer.replace([(G1, text)], 1)
        writer.publish()

    with place.reading() as reader:
        assert sorted(reader.triples(G1)) == sorted(reader.normal(text))


def test_every_form_of_query_is_answered(place: Place) -> None:
    """ASK, CONSTRUCT, DESCRIBE and SELECT, in order, over the union of all graphs."""
    with place.open() as writer:
        writer.replace([(G1, triple('"b"')), (G2, triple('"a"') + triple('"c"'))], 1)
        writer.publish()

    every = f"<http://example.org/a> <{P}> "
    answers = place.ask_all(
        [
            (Query(f'ASK {{ ?s <{P}> "c" }}'), JSON),
            (Query(f'ASK {{ ?s <{P}> "d" }}'), JSON),
            (Query(f"SELECT ?o {{ ?s <{P}> ?o }} ORDER BY DESC(?o)"), CSV),
            (Query(f"CONSTRUCT WHERE {{ ?s <{P}> ?o }}"), TRIPLES),
            (Query("DESCRIBE <http://example.org/a>"), TRIPLES),
            (Query(f"SELECT ?o FROM <{G1}> {{ ?s ?p ?o }}"), CSV),  # noqa: S608 - no SQL
            (Query("SELECT ?o { ?s ?p ?o }", default_graphs=(G1,)), CSV),
            (Query(f"SELECT ?g {{ GRAPH ?g {{ ?s <{P}> 'b' }} }}"), CSV),
            (Query("SELECT ?o { <#x> ?p ?o }"), CSV),
        ]
    )

    bodies = [answer.body.decode() for answer in answers]
    assert [json.loads(body)["boolean"] for body in bodies[:2]] == [True, False]
    assert bodies[2] == "o\r\nc\r\nb\r\na\r\n"
    triples = [f'{every}"a" .', f'{every}"b" .', f'{every}"c" .']
    assert sorted(bodies[3].split("\n")[:-1]) == triples
    assert sorted(bodies[4].split("\n")[:-1]) == triples
    assert bodies[5] == bodies[6] == "o\r\nb\r\n"
    assert bodies[7] == f"g\r\n{G1}\r\n"
    assert bodies[8] == "o\r\n"


KEPT = {
    "http://localuriqaserver/sparql",
    "http://www.openlinksw.com/schemas/virtrdf#",
    "http://www.w3.org/ns/ldp#",
}
"""Graphs of Virtuoso itself; they are in the union, as docs/engines.md says."""


def test_union_holds_our_graphs(place: Place) -> None:
    """A graph is in the union of all; but for those of Virtuoso there is no other."""
    with place.open() as writer:
        writer.replace([(G1, triple('"b"'))], 1)
        writer.publish()

    named = {g for (g,) in place.values("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")}
    kept = place.server is not None and place.server.dialect == "virtuoso"
    assert named == {G1, f"{BASE}graph/registry"} | (KEPT if kept else set())
    ours = 'FILTER(STRSTARTS(STR(?s), "http://example.org/"))'
    assert place.values(f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o {ours} }}") == [("1",)]


REFUSED: Sequence[tuple[str, str, type[RegistryError]]] = [
    ("SELECT ?o { ?s ?p }", JSON, QueryMalformed),
    ("SELECT * { ?s ?p ?o } OPTION (x)", JSON, QueryMalformed),
]


@pytest.mark.parametrize(("text", "media_type", "kind"), REFUSED)
def test_syntax_is_judged_alike(
    place: Place, text: str, media_type: str, kind: type[RegistryError]
) -> None:
    """A query that is no SPARQL is refused with its place, whatever the engine."""
    with place.open() as writer:
        writer.replace([(G1, triple('"b"'))], 1)
        writer.publish()

    with pytest.raises(kind) as caught:
        place.ask(text, media_type)
    assert caught.value.extra["line"] == 1


def test_answer_beyond_the_rows_is_an_error(place: Place) -> None:
    """Neither rows nor triples are cut at the limit of the registry."""
    lines = "".join(triple(f'"{number}"') for number in range(20))
    with place.open() as writer:
        writer.replace([(G1, lines)], 1)
        writer.publish()

    limits = QueryLimits(workers=1, rows=19)
    for query in (f"SELECT ?o {{ ?s <{P}> ?o }}", f"CONSTRUCT WHERE {{ ?s <{P}> ?o }}"):
        with pytest.raises(RegistryError) as caught:
            place.ask(query, TRIPLES if "CONS" in query else JSON, limits)
        assert caught.value.slug == "result-too-large"
        assert caught.value.extra["limit"] == 19


def put(server: Server, graph: str, content: str, method: str) -> None:
    """Changes a graph of a server past the registry."""
    with client(server, 30) as connection:
        dialect = server.differing
        answer: httpx.Response = connection.request(
            method,
            server.at(dialect.graphs),
            params={dialect.graph_parameter: graph},
            content=content.encode(),
            headers={"Content-Type": "text/turtle"},
        )
        assert answer.is_success, answer.text


def test_emptied_server_is_noticed(place: Place) -> None:
    """A server that lost its position is at zero, whatever the writer remembers."""
    if place.server is None:
        pytest.skip("nobody else can write to the embedded store")
    now = [0.0]
    with RemoteWriter(place.folder, BASE, place.server, clock=lambda: now[0]) as writer:
        writer.replace([(G1, triple('"b"'))], 3)
        put(place.server, f"{BASE}graph/registry", "", "DELETE")
        assert writer.sequence() == 3

        now[0] = 6.0
        assert writer.sequence() == 0
