"""What only a SPARQL server can do to us, shown with the real ones."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.errors import Busy, EngineUnavailable, QueryRefused, RegistryError
from registry.ports import Answer, Query
from registry.store.dialects import Server
from registry.store.oxigraph import read_current
from registry.store.queries import QueryLimits, QueryPool
from registry.store.remote import RemoteGraphs, RemoteWriter
from registry.store.server import client
from tests import engines, virtuoso
from tests.contracts.test_graph_store import BASE, G1, G2, P, Place, triple
from tests.registry.store.test_relaying import saying, told
from tests.serving import free_port
from tests.virtuoso import Virtuoso

MANY = "".join(triple(f'"{number}"', f"x:{number}") for number in range(150))
"""More triples than the small Virtuoso gives at one time."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """A Virtuoso that gives a hundred rows, and expects queries to take a second."""
    engines.need(virtuoso.VIRTUOSO and virtuoso.ISQL, "virtuoso-opensource-7")
    folder = tmp_path_factory.mktemp("small")
    with virtuoso.running(folder, rows=100, estimate=1) as started:
        yield started


@pytest.fixture
def filled(small: Virtuoso, tmp_path: Path) -> Place:
    """The small Virtuoso with more than it gives at one time."""
    server = Server(small.address, "virtuoso", virtuoso.USER, virtuoso.PASSWORD)
    with RemoteWriter(tmp_path, BASE, server, fresh=True) as writer:
        writer.replace([(G1, MANY)], 1)
        writer.publish()
    return Place(tmp_path, server)


def refusal(place: Place, text: str, media_type: str) -> RegistryError:
    """Returns what a query is refused with."""
    with pytest.raises(RegistryError) as caught:
        place.ask(text, media_type)
    return caught.value


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        (f"SELECT ?s {{ ?s <{P}> ?o }}", "text/csv"),
        (f"SELECT ?s {{ ?s <{P}> ?o }} LIMIT 120", "application/sparql-results+json"),
        (f"CONSTRUCT WHERE {{ ?s <{P}> ?o }}", "text/turtle"),
        (f"CONSTRUCT {{ ?s <x:y> ?o }} WHERE {{ ?s <{P}> ?o }}", "text/turtle"),
    ],
)
def test_what_virtuoso_cuts_off_is_an_error(
    filled: Place, text: str, media_type: str
) -> None:
    """Rows beyond ResultSetMaxRows, and triples, are missing in no answer of ours."""
    error = refusal(filled, text, media_type)

    assert (error.slug, error.extra["rule"]) == ("result-too-large", "rows")


def test_what_virtuoso_gives_whole_is_answered(filled: Place) -> None:
    """Fewer than it gives are answered, and counting is not bounded by it."""
    answers = filled.ask_all(
        [
            (Query(f"SELECT ?s {{ ?s <{P}> ?o }} LIMIT 99"), "text/csv"),
            (Query(f"SELECT (COUNT(*) AS ?n) {{ ?s <{P}> ?o }}"), "text/csv"),
            (
                Query(f"CONSTRUCT {{ ?s <x:y> 1 }} {{ ?s <{P}> ?o }} LIMIT 90"),
                "application/n-triples",
            ),
        ]
    )

    assert [answer.body.count(b"\n") for answer in answers] == [100, 2, 90]
    assert answers[1].body == b"n\r\n150\r\n"


def test_what_virtuoso_expects_to_take_too_long_is_stopped(filled: Place) -> None:
    """A query that it refuses for its cost has passed a deadline."""
    error = refusal(
        filled,
        f"SELECT (COUNT(*) AS ?n) {{ ?a <{P}> ?x . ?b <{P}> ?y . ?c <{P}> ?z . "
        f"?d <{P}> ?w "
        "FILTER(STRLEN(?x) + STRLEN(?y) + STRLEN(?z) + STRLEN(?w) > 10) }",
        "text/csv",
    )

    assert (error.slug, error.extra["rule"]) == ("query-timeout", "engine")


def test_functions_of_virtuoso_reach_no_network(filled: Place) -> None:
    """`bif:http_get`, which it lets everybody call, is not handed to it."""
    text = 'SELECT (<bif:http_get>("http://127.0.0.1/") AS ?x) {}'

    assert isinstance(refusal(filled, text, "text/csv"), QueryRefused)


def test_graphs_are_read_past_the_rows_that_virtuoso_gives(filled: Place) -> None:
    """A comparison with the journal sees every triple and every graph."""
    server = filled.server
    assert server
    with RemoteWriter(filled.folder, BASE, server) as writer:
        names = [f"{BASE}graph/place/many{number:03}" for number in range(120)]
        writer.replace([(name, triple('"x"')) for name in names], 2)

    reader = RemoteGraphs(server, BASE)
    assert len(list(reader.triples(G1))) == 150
    assert set(names) < set(reader.names())
    reader.close()


def test_virtuoso_that_is_killed_repeats_and_skips_nothing(
    small: Virtuoso, tmp_path: Path
) -> None:
    """What was acknowledged with its number is there after a crash."""
    server = Server(small.address, "virtuoso", virtuoso.USER, virtuoso.PASSWORD)
    now = [0.0]
    with RemoteWriter(
        tmp_path, BASE, server, fresh=True, clock=lambda: now[0]
    ) as writer:
        writer.replace([(G1, MANY), (G2, triple('"старо"@bg'))], 1)
        writer.replace([(G2, triple('"ново"@bg'))], 2)

        small.kill()
        with pytest.raises(EngineUnavailable) as caught:
            writer.replace([(G2, triple('"изгубено"@bg'))], 3)
        assert caught.value.extra["reason"] == "away"
        small.begin()
        now[0] = 6.0

        assert writer.sequence() == 2
        assert list(writer.triples(G2)) == [*writer.normal(triple('"ново"@bg'))]
        assert len(list(writer.triples(G1))) == 150


def test_number_moves_last_where_operations_are_committed_one_by_one(
    tmp_path: Path,
) -> None:
    """When one of two graphs was put, the number has not been moved."""
    put, refused = told(b"", status="201 Created"), told(b"no", status="500 No")
    with (
        saying(put, refused) as (address, heard),
        RemoteWriter(tmp_path, BASE, Server(address, "virtuoso")) as writer,
        pytest.raises(EngineUnavailable),
    ):
        writer.replace([(G1, triple('"a"')), (G2, triple('"b"'))], 2)

    assert heard == [triple('"a"').encode(), triple('"b"').encode()]


def test_update_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """Oxigraph undoes an update that fails: on that the number in it relies."""
    with (
        engines.oxigraph(tmp_path / "database") as server,
        RemoteWriter(tmp_path / "pointer", BASE, server) as writer,
        client(server, 30) as connection,
    ):
        writer.replace([(G1, triple('"a"'))], 1)

        update = f"DROP GRAPH <{G1}> ; DROP GRAPH <{BASE}graph/none>"
        headers = {"Content-Type": "application/sparql-update"}
        address = server.at(server.differing.update)
        answer = connection.post(address, content=update, headers=headers)

        assert not answer.is_success
        assert list(writer.triples(G1)) == [*writer.normal(triple('"a"'))]


def test_cut_body_of_oxigraph_is_an_error(tmp_path: Path) -> None:
    """What `oxigraph serve --timeout-s` sends with 200 is not taken for an answer."""
    with engines.oxigraph(tmp_path / "database", 0, "--timeout-s", "1") as server:
        place = Place(tmp_path / "pointer", server)
        with RemoteWriter(place.folder, BASE, server) as writer:
            lines = (triple(f'"{n}"', f"x:{n}") for n in range(20_000))
            writer.replace([(G1, "".join(lines))], 1)
            writer.publish()

        limits = QueryLimits(workers=1, result_bytes=10**9)
        with pytest.raises(EngineUnavailable) as caught:
            place.ask("SELECT ?a ?b { ?a ?p ?x . ?b ?p ?y }", limits=limits)
    assert caught.value.extra["reason"] == "cut"


def test_deadline_holds_over_a_slow_server(tmp_path: Path) -> None:
    """A query that a server never answers is stopped here, and so is its worker."""
    with engines.oxigraph(tmp_path / "database") as server:
        place = Place(tmp_path / "pointer", server)
        with RemoteWriter(place.folder, BASE, server) as writer:
            writer.replace([(G1, MANY * 20)], 1)
            writer.publish()

        limits = QueryLimits(workers=1, short=0.2, deadline=1)
        with pytest.raises(RegistryError) as caught:
            place.ask(
                "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
                limits=limits,
            )
    assert caught.value.extra == {"rule": "deadline", "limit": 1}


def test_work_in_the_background_asks_the_server_too(tmp_path: Path) -> None:
    """A job has the answer of the server, and nothing is copied for it."""
    with engines.oxigraph(tmp_path / "database") as server:
        with RemoteWriter(tmp_path / "pointer", BASE, server) as writer:
            writer.replace([(G1, triple('"a"'))], 4)
            writer.publish()

        async def work() -> Answer:
            pool = QueryPool(tmp_path / "pointer", BASE, QueryLimits(workers=1), server)
            async with pool:
                query = Query(f"SELECT ?o {{ ?s <{P}> ?o }}")
                return await pool.work(query, "text/csv", tmp_path / "copy")

        assert asyncio.run(work()) == Answer(b"o\r\na\r\n", 4)
    assert not (tmp_path / "copy").exists()


def test_server_that_is_away_is_asked_now_and_then(tmp_path: Path) -> None:
    """The projector, which looks often, does not knock each time."""
    now = [0.0]
    server = Server(f"http://127.0.0.1:{free_port()}", "oxigraph")
    with RemoteWriter(tmp_path, BASE, server, clock=lambda: now[0]) as writer:
        with pytest.raises(EngineUnavailable) as first:
            writer.sequence()
        with pytest.raises(EngineUnavailable) as second:
            writer.sequence()
        assert first.value is second.value

        now[0] = 6.0
        with pytest.raises(EngineUnavailable) as third:
            writer.sequence()
        assert third.value is not first.value


def test_pointer_tells_one_state_from_the_next(tmp_path: Path) -> None:
    """Each change is a state of its own, also one that leaves the number."""
    with (
        engines.oxigraph(tmp_path / "database") as server,
        RemoteWriter(tmp_path / "pointer", BASE, server) as writer,
    ):
        names = []
        for text in ('"a"', '"b"'):
            writer.replace([(G1, triple(text))], 1)
            writer.publish()
            current = read_current(tmp_path / "pointer")
            assert current
            names.append((current.path.name, current.sequence))
        writer.publish()

    assert names == [("000000000001-0", 1), ("000000000001-1", 1)]


def test_two_writers_of_one_directory_are_refused(tmp_path: Path) -> None:
    """A data directory has one writer, wherever its graphs are."""
    server = Server(f"http://127.0.0.1:{free_port()}", "oxigraph")
    with RemoteWriter(tmp_path, BASE, server), pytest.raises(Busy):
        RemoteWriter(tmp_path, BASE, server)
