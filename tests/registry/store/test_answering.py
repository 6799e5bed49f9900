import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from registry.errors import (
    EngineUnavailable,
    NotAcceptable,
    QueryMalformed,
    ResultTooLarge,
)
from registry.store.answering import GRAPHS, ROWS, Request, malformed, serve
from registry.store.oxigraph import OxigraphWriter, read_current

BASE = "http://example.org/"
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def request_(tmp_path_factory: pytest.TempPathFactory) -> Request:
    """A request about two graphs, each with one name of the same place."""
    folder = tmp_path_factory.mktemp("store")
    with OxigraphWriter(folder, BASE) as writer:
        names = {"bg": "Хасково", "en": "Haskovo"}
        writer.fill(
            [
                (
                    f"{BASE}graph/place/{tag}",
                    f'<{BASE}id/place/1> <{LABEL}> "{name}"@{tag} .\n',
                )
                for tag, name in names.items()
            ],
            7,
        )
        writer.publish()
    current = read_current(folder)
    assert current is not None
    return Request(
        snapshot=str(current.path),
        base=BASE,
        text=f"SELECT ?name {{ <id/place/1> <{LABEL}> ?name }} ORDER BY LANG(?name)",
        default_graphs=(),
        named_graphs=(),
        media_type="text/csv",
        rows=100,
        size=10_000,
    )


def answer(request: Request) -> str:
    """Sends the request as the pool does and returns the answer as text."""
    return serve(json.dumps(asdict(request)).encode()).decode()


def test_union_is_asked_with_relative_iris(request_: Request) -> None:
    """By default a query is about all graphs, and about IRIs under the base."""
    assert answer(request_) == "name\r\nХасково\r\nHaskovo\r\n"


@pytest.mark.parametrize(
    ("clause", "graphs", "named", "pattern", "expected"),
    [
        ("", (), (), "?s ?p ?n", ["Haskovo", "Хасково"]),
        (f"FROM <{BASE}graph/place/bg>", (), (), "?s ?p ?n", ["Хасково"]),
        (f"FROM NAMED <{BASE}graph/place/bg>", (), (), "?s ?p ?n", []),
        (
            f"FROM NAMED <{BASE}graph/place/bg>",
            (),
            (),
            "GRAPH ?g {?s ?p ?n}",
            ["Хасково"],
        ),
        ("", (f"{BASE}graph/place/en",), (), "?s ?p ?n", ["Haskovo"]),
        (
            f"FROM <{BASE}graph/place/bg>",
            (f"{BASE}graph/place/en",),
            (),
            "?s ?p ?n",
            ["Haskovo"],
        ),
        ("", (), (f"{BASE}graph/place/en",), "GRAPH ?g {?s ?p ?n}", ["Haskovo"]),
    ],
)
def test_dataset_is_the_one_asked_for(
    request_: Request,
    clause: str,
    graphs: tuple[str, ...],
    named: tuple[str, ...],
    pattern: str,
    expected: list[str],
) -> None:
    """`FROM` holds, and the graphs given with the request hold above it."""
    text = f"SELECT ?n {clause} {{ {pattern} FILTER(LANG(?n) != '') }}"
    asked = replace(request_, text=text, default_graphs=graphs, named_graphs=named)

    assert sorted(answer(asked).split("\r\n")[1:-1]) == expected


@pytest.mark.parametrize("media_type", sorted(ROWS))
def test_rows_in_every_format(request_: Request, media_type: str) -> None:
    """Rows come in each format of the standard."""
    body = answer(replace(request_, media_type=media_type))

    assert "Хасково" in body
    assert "Haskovo" in body


def test_yes_or_no(request_: Request) -> None:
    """A yes or no comes in JSON and XML, for which there is a standard."""
    asked = replace(request_, text="ASK {}", media_type=JSON)

    assert json.loads(answer(asked)) == {"head": {}, "boolean": True}
    with pytest.raises(NotAcceptable):
        answer(replace(asked, media_type="text/csv"))


@pytest.mark.parametrize("media_type", sorted(GRAPHS))
def test_graphs_in_every_format(request_: Request, media_type: str) -> None:
    """Graphs come in each format, and hold the same triples in all."""
    asked = replace(request_, text="DESCRIBE <id/place/1>", media_type=media_type)

    triples = {quad.triple for quad in parse(answer(asked), GRAPHS[media_type])}

    place, label = NamedNode(f"{BASE}id/place/1"), NamedNode(LABEL)
    assert triples == {
        Triple(place, label, Literal("Хасково", language="bg")),
        Triple(place, label, Literal("Haskovo", language="en")),
    }


def test_turtle_has_the_prefixes_it_needs(request_: Request) -> None:
    """Turtle declares the prefixes of what it says and no others."""
    asked = replace(request_, text="DESCRIBE <id/place/1>", media_type="text/turtle")

    body = answer(asked)

    assert "skos:prefLabel" in body
    assert "@prefix dcat:" not in body


def test_form_and_format_must_agree(request_: Request) -> None:
    """A graph is not answered as rows, nor rows as a graph."""
    with pytest.raises(NotAcceptable):
        answer(replace(request_, text="DESCRIBE <x:y>", media_type=JSON))
    with pytest.raises(NotAcceptable):
        answer(replace(request_, media_type="text/turtle"))


def test_no_blank_node_leaves_in_a_graph(request_: Request) -> None:
    """Blank nodes of a template become IRIs, one for each, also within terms."""
    text = "CONSTRUCT { _:a <x:p> _:b, <<( _:a <x:p> [] )>> . _:b <x:q> _:a } {}"
    asked = replace(request_, text=text, media_type="application/n-triples")

    quads = list(parse(answer(asked), RdfFormat.N_TRIPLES))

    nodes = {quad.subject for quad in quads}
    assert len(quads) == 3
    assert len(nodes) == 2
    assert all(str(node).startswith(f"<{BASE}.well-known/genid/") for node in nodes)
    assert "_:" not in answer(asked)


@pytest.mark.parametrize("media_type", sorted(ROWS))
def test_no_blank_node_leaves_in_rows(request_: Request, media_type: str) -> None:
    """Blank nodes that a query makes become IRIs in rows of every format."""
    asked = replace(request_, text="SELECT (bNode() AS ?b) {}", media_type=media_type)

    body = answer(asked)

    assert f"{BASE}.well-known/genid/" in body
    assert "bnode" not in body
    assert "_:" not in body


@pytest.mark.parametrize("media_type", [*sorted(ROWS), *sorted(GRAPHS)])
def test_too_many_rows_are_an_error(request_: Request, media_type: str) -> None:
    """An answer at the limit of rows passes; one row more is an error."""
    form = "CONSTRUCT { ?s <x:n> ?n }" if media_type in GRAPHS else "SELECT ?n"
    text = f"{form} {{ VALUES ?s {{ <x:s> }} VALUES ?n {{ 1 2 3 }} }}"
    asked = replace(request_, text=text, media_type=media_type, rows=3)
    answer(asked)

    with pytest.raises(ResultTooLarge) as caught:
        answer(replace(asked, rows=2))

    assert caught.value.extra == {"rule": "rows", "limit": 2}


@pytest.mark.parametrize("media_type", [*sorted(ROWS), *sorted(GRAPHS)])
def test_too_many_bytes_are_an_error(request_: Request, media_type: str) -> None:
    """An answer at the limit of bytes passes; one byte more is an error."""
    form = "CONSTRUCT { ?s <x:n> ?n }" if media_type in GRAPHS else "SELECT ?n"
    text = f"{form} {{ VALUES ?s {{ <x:s> }} VALUES ?n {{ 1 2 3 }} }}"
    asked = replace(request_, text=text, media_type=media_type)
    size = len(answer(asked).encode())
    answer(replace(asked, size=size))

    with pytest.raises(ResultTooLarge) as caught:
        answer(replace(asked, size=size - 1))

    assert caught.value.extra == {"rule": "bytes", "limit": size - 1}


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("SELECT * {\n  ?s ?p }", 2, 10, []),
        ("SELECT ?x { ?x a foo:bar }", 1, 25, ["Prefix not found"]),
        ("SELECT ?x (1 AS ?x) {}", 1, 23, ["Duplicated variable name in SELECT"]),
    ],
)
def test_syntax_errors_have_a_place(
    request_: Request, text: str, line: int, column: int, expected: list[str]
) -> None:
    """A syntax error says in which line and column it is, and what is wrong."""
    with pytest.raises(QueryMalformed) as caught:
        answer(replace(request_, text=text))

    assert caught.value.extra == {"line": line, "column": column, "expected": expected}


def test_syntax_error_without_a_place_is_still_one() -> None:
    """A message in another form makes an error without line and column."""
    assert malformed("something else").extra == {}


def test_missing_snapshot_is_told(request_: Request, tmp_path: Path) -> None:
    """A snapshot that is gone is told apart, so that the caller can look again."""
    with pytest.raises(EngineUnavailable) as caught:
        answer(replace(request_, snapshot=str(tmp_path / "gone")))

    assert caught.value.extra == {"reason": "snapshot"}


def test_failure_of_the_engine_is_told(request_: Request) -> None:
    """What the engine cannot evaluate is an error, not an empty answer."""
    with pytest.raises(EngineUnavailable) as caught:
        answer(replace(request_, text="SELECT * { SERVICE ?nowhere {} }"))

    assert caught.value.extra == {"reason": "failed"}
