"""Answers from columns are those of the engine, over generated cubes and queries.

Queries come from the shapes that are recognised and from near misses, which the
engine has to be left. Whole answers are compared, datatypes and lexical forms
included; as bags, since no order is promised among equals.
"""

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.errors import QueryMalformed
from registry.namespaces import INTG, QB, RDF, SDMX_ATTRIBUTE, SDMX_DIMENSION, XSD
from registry.store import columnar
from registry.store.answering import Request, serve
from registry.store.oxigraph import OxigraphWriter, read_current

BASE = "http://example.org/"
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
PROLOGUE = (
    f"PREFIX qb: <{QB}>\nPREFIX d: <{SDMX_DIMENSION}>\nPREFIX i: <{INTG}>\n"
    f"PREFIX a: <{SDMX_ATTRIBUTE}>\nPREFIX xsd: <{XSD}>\n"
    f"PREFIX skos: <{LABEL.removesuffix('prefLabel')}>\n"
)
JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Cell:
    """One observation, or a gap if it has no values."""

    area: str | None
    sex: str
    year: int
    values: Sequence[str]
    flag: str | None


def integer(value: object) -> str:
    return f'"{value}"^^<{XSD}integer>'


def decimal(value: object) -> str:
    return f'"{value}"^^<{XSD}decimal>'


def table(key: str, cells: Sequence[Cell]) -> tuple[str, list[str]]:
    """Returns the graph of a table, the register item first."""
    thing = f"{BASE}id/table/{key}"
    lines = [f'<{thing}> <{LABEL}> "{key}"@en .\n']
    for number, cell in enumerate(cells):
        said = [
            f"<{SDMX_DIMENSION}sex> <{BASE}id/scheme/sex#{cell.sex}>",
            f'<{SDMX_DIMENSION}refPeriod> "{cell.year}"^^<{XSD}gYear>',
        ]
        if cell.area:
            said.append(f"<{SDMX_DIMENSION}refArea> <{BASE}id/place/{cell.area}>")
        if cell.values:
            said.append(f"<{RDF}type> <{QB}Observation>")
            said.append(f"<{QB}dataSet> <{thing}>")
            said += [f"<{INTG}personCount> {value}" for value in cell.values]
        else:
            said.append(f"<{RDF}type> <{INTG}Gap>")
        if cell.flag:
            said.append(f"<{SDMX_ATTRIBUTE}obsStatus> <{BASE}id/scheme/f#{cell.flag}>")
        row = f"<{thing}/{number:06d}>"
        lines.append("".join(f"{row} {one} .\n" for one in sorted(set(said))))
    return f"{BASE}graph/table/{key}", lines


def places() -> tuple[str, str]:
    """Returns a graph of names: two of one place, none of another."""
    names = {"a": ["А", "A"], "b": ["Б"], "d": ["Г"]}
    return f"{BASE}graph/places", "".join(
        f'<{BASE}id/place/{key}> <{LABEL}> "{name}"@{"en" if name < "b" else "bg"} .\n'
        for key, texts in names.items()
        for name in texts
    )


@contextmanager
def published(
    *tables: Sequence[Cell], others: Sequence[tuple[str, str]] = ()
) -> Iterator[Request]:
    """Publishes tables; yields a request about them."""
    with (
        tempfile.TemporaryDirectory() as folder,
        OxigraphWriter(Path(folder), BASE) as writer,
    ):
        made = [table(f"t{n}", cells) for n, cells in enumerate(tables)]
        writer.fill([places(), *others, *made], 1)
        writer.publish()
        yield about(Path(folder))


def about(folder: Path) -> Request:
    current = read_current(folder)
    assert current is not None
    return Request(str(current.path), BASE, "", (), (), JSON, 10_000, 1 << 24)


def asked(request: Request, query: str, *, columns: bool) -> object:
    """Returns the variables and rows, or the error."""
    whole = replace(request, text=PROLOGUE + query, columns=columns)
    answer = json.loads(serve(json.dumps(asdict(whole)).encode()))
    rows = [json.dumps(row, sort_keys=True) for row in answer["results"]["bindings"]]
    return answer["head"]["vars"], Counter(rows)


def quick(request: Request, query: str) -> bool:
    """Says whether a query is answered from columns."""
    text = PROLOGUE + query
    return columnar.rewritten(text, BASE, request.snapshot) is not None


def agrees(request: Request, query: str) -> None:
    assert asked(request, query, columns=True) == asked(request, query, columns=False)


INTEGERS = st.integers(-(10**6), 10**6).map(integer)
LARGE = st.sampled_from([integer(9 * 10**17), integer(-(10**17)), integer(10**18)])
DECIMALS = st.decimals(-1000, 1000, places=3, allow_nan=False).map(
    lambda value: decimal(f"{value.normalize():f}" if value else "0")
)
ODD = st.sampled_from(
    ['"x"', f'"1.5"^^<{XSD}double>', integer("007"), decimal("1.50"), decimal("2.0")]
)
NUMBERS: Mapping[str, st.SearchStrategy[str]] = {
    "integers": INTEGERS,
    "decimals": DECIMALS,
    "whole decimals": st.integers(-50, 50).map(decimal),
    "large": st.one_of(INTEGERS, LARGE),
    "mixed": st.one_of(INTEGERS, DECIMALS),
    "odd": st.one_of(INTEGERS, ODD),
}


def cells(numbers: st.SearchStrategy[str], most: int) -> st.SearchStrategy[Cell]:
    return st.builds(
        Cell,
        area=st.sampled_from(["a", "b", "c", "d", None]),
        sex=st.sampled_from("FMT"),
        year=st.integers(2018, 2022),
        values=st.one_of(
            st.lists(numbers, min_size=0, max_size=most),
            *[st.lists(numbers, min_size=1, max_size=1)] * 4,
        ),
        flag=st.sampled_from([None, None, "p", "c"]),
    )


@st.composite
def cubes(draw: st.DrawFn) -> Sequence[Sequence[Cell]]:
    """One or two tables; now and then a row has two values."""
    made = []
    for _ in range(draw(st.integers(1, 2))):
        numbers = NUMBERS[draw(st.sampled_from(sorted(NUMBERS)))]
        most = draw(st.sampled_from([1, 1, 1, 2]))
        made.append(draw(st.lists(cells(numbers, most), max_size=25)))
    return made


VALUES = (*["?o i:personCount ?n"] * 4, "?o i:personCount ?n ; d:sex ?sex", "")
STARS = (
    *["?o qb:dataSet <id/table/t0>"] * 4,
    *["?o qb:dataSet ?table"] * 3,
    *["?o a qb:Observation"] * 3,
    "?o a qb:Observation ; qb:dataSet <id/table/t1>",
    "?o a i:Gap",
    "",
)
USUAL = (
    "?o d:refArea ?area",
    "?o d:refPeriod ?year",
    "?o d:sex ?sex",
    "?o d:sex <id/scheme/sex#F>",
    "?o a:obsStatus ?flag",
)
DIMENSIONS = (
    *USUAL * 4,
    "?o d:refArea <id/place/a>",
    '?o d:refPeriod "2020"^^xsd:gYear',
    "?o d:sex ?s2",
    "?o i:personCount 5",
    "?o a ?class",
    "?o ?p ?any",
    "?x d:refArea ?area",
)
LATER = (
    "?area skos:prefLabel ?name",
    "OPTIONAL { ?area skos:prefLabel ?name }",
    "OPTIONAL { ?o a:obsStatus ?flag }",
    "BIND(STR(?area) AS ?name)",
    "VALUES ?area { <id/place/a> <id/place/b> <id/place/a> }",
    "MINUS { ?area skos:prefLabel ?any }",
    "FILTER NOT EXISTS { ?area skos:prefLabel 'Б'@bg }",
    "{ SELECT ?area { ?area skos:prefLabel ?l } }",
    "GRAPH ?g { ?area skos:prefLabel ?name }",
)
FILTERS = (
    'FILTER(?year >= "2020"^^xsd:gYear)',
    'FILTER(?year IN ("2019"^^xsd:gYear, "2021"^^xsd:gYear))',
    "FILTER(?area IN (<id/place/a>, <id/place/b>))",
    "FILTER(?area != <id/place/c> && ?sex = <id/scheme/sex#M>)",
    "FILTER(?area = <id/place/c> || ?sex = <id/scheme/sex#M>)",
    "FILTER(?n > 0)",
    "FILTER(1.5 <= ?n)",
    "FILTER(?n != 5 && ?n < 100000)",
    "FILTER(?n > ?year)",
    "FILTER regex(STR(?area), 'a')",
    "FILTER(STRENDS(STR(?sex), 'F'))",
    'FILTER(LANG(?name) = "bg")',
    "FILTER(BOUND(?flag))",
    "FILTER(?nowhere = 1)",
    "FILTER(?o != <id/table/t0/000001>)",
    "FILTER(?year<'x'&&?n>3)",
)
AGGREGATES = (
    "SUM(?n)",
    "COUNT(*)",
    "COUNT(?n)",
    "COUNT(?o)",
    "COUNT(?flag)",
    "COUNT(?name)",
    "COUNT(DISTINCT ?area)",
    "COUNT(DISTINCT ?o)",
    "SUM(DISTINCT ?n)",
    "AVG(?n)",
    "MIN(?n)",
    "MAX(?n)",
    "MIN(?year)",
    "MAX(?sex)",
    "SUM(?year)",
    "SUM(?n * 2)",
    "100 * SUM(?n) / COUNT(*)",
    "ROUND(AVG(?n))",
    "COALESCE(MAX(?n), 0)",
    "IF(COUNT(*) > 2, SUM(?n), -1)",
)
KEYS = ("?area", "?year", "?sex", "?table", "?flag", "?name", "?n")


def _names(text: str) -> set[str]:
    return set(re.findall(r"\?\w+", text))


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A query over stars, of a shape that is recognised or nearly."""
    patterns = [draw(st.sampled_from(STARS)), draw(st.sampled_from(VALUES))]
    patterns += draw(st.lists(st.sampled_from(DIMENSIONS), max_size=3, unique=True))
    parts = [pattern for pattern in patterns if pattern] or ["?o d:sex ?sex"]
    parts = list(dict.fromkeys(parts))
    if draw(st.booleans()):
        parts += draw(st.lists(st.sampled_from(FILTERS), max_size=2, unique=True))
    if draw(st.booleans()):
        parts = draw(st.permutations(parts))
    later = draw(st.sampled_from([*[()] * len(LATER), *((one,) for one in LATER)]))
    body = " . ".join([*parts, *later])
    body = body.replace(") . ", ") ")
    present = [key for key in KEYS if f"{key} " in f"{body} " or f"{key})" in body]
    keys = draw(st.lists(st.sampled_from(present or ["?sex"]), max_size=2, unique=True))
    useful = [a for a in AGGREGATES if "?" not in a or _names(a) <= _names(body)]
    offer = draw(st.sampled_from([useful, useful, useful, AGGREGATES]))
    added = draw(st.lists(st.sampled_from(offer), max_size=3, unique=True))
    distinct = draw(st.sampled_from(["", "", "", "DISTINCT "]))
    chosen = [*keys, *(f"({text} AS ?x{n})" for n, text in enumerate(added))]
    end = f"GROUP BY {' '.join(keys)}" if keys and (added or not distinct) else ""
    if added and draw(st.integers(0, 4)) == 0:
        end += f" HAVING({draw(st.sampled_from(['COUNT(*) > 1', 'SUM(?n) > 0']))})"
    ordered = draw(st.booleans())
    if added and ordered:
        end += " ORDER BY " + draw(st.sampled_from(["DESC(?x0)", "SUM(?n)", "?x0"]))
    return f"SELECT {distinct}{' '.join(chosen or ['?sex'])} {{ {body} }} {end}"


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=cubes(), texts=st.lists(queries(), min_size=20, max_size=40))
def test_answers_equal_those_of_the_engine(
    made: Sequence[Sequence[Cell]], texts: Sequence[str]
) -> None:
    """Whatever is asked of whatever cubes, the columns change no answer."""
    with published(*made) as request:
        for text in texts:
            agrees(request, text)


CELLS = (
    Cell("a", "F", 2020, [integer(5)], None),
    Cell("b", "M", 2020, [integer(8)], "p"),
    Cell("a", "M", 2021, [integer(-2)], None),
    Cell(None, "T", 2021, [integer(100)], None),
    Cell("a", "T", 2021, [], "c"),
)
FRACTIONS = (
    Cell("a", "F", 2020, [decimal("5.25")], None),
    Cell("c", "M", 2022, [decimal("1")], None),
)
ALL = "?o a qb:Observation ; i:personCount ?n"
RECOGNISED = (
    f"SELECT ?year (SUM(?n) AS ?s) {{ {ALL} ; d:refPeriod ?year }} GROUP BY ?year",
    f"SELECT (COUNT(*) AS ?c) (AVG(?n) AS ?m) {{ {ALL} FILTER(?n > 1.5) }}",
    "SELECT (AVG(?n) AS ?m) (MIN(?n) AS ?l) (SUM(?n) AS ?s) "
    "{ ?o qb:dataSet <id/table/none> ; i:personCount ?n }",
    f"SELECT ?name (SUM(?n) AS ?s) (COUNT(?o) AS ?c) {{ {ALL} ; d:refArea ?area . "
    "?area skos:prefLabel ?name FILTER(LANG(?name) = 'bg') } GROUP BY ?name",
    "SELECT DISTINCT ?sex { ?o d:sex ?sex }",
    f"SELECT ?sex (AVG(?n) AS ?m) {{ {ALL} ; d:sex ?sex ; d:refPeriod ?y "
    'FILTER(?y IN ("2020"^^xsd:gYear)) } GROUP BY ?sex HAVING(COUNT(*) > 0) '
    "ORDER BY DESC(?m) LIMIT 10",
    "SELECT (SUM(?n) AS ?s) { ?o qb:dataSet <id/table/t0> ; i:personCount ?n } "
    "ORDER BY ?s OFFSET 0",
    f"SELECT ?flag (MAX(?n) AS ?m) (COUNT(DISTINCT ?sex) AS ?k) {{ {ALL} ; "
    "a:obsStatus ?flag ; d:sex ?sex ; qb:dataSet <id/table/t0> } GROUP BY ?flag",
)


@pytest.mark.parametrize("query", RECOGNISED)
def test_usual_questions_are_answered_from_columns(query: str) -> None:
    """Sums, counts and means by codes or their names, and lists of codes."""
    with published(CELLS, FRACTIONS) as request:
        assert quick(request, query)
        agrees(request, query)


TWICE = Cell("a", "F", 2020, [integer(5), integer(6)], None)
DOUBLE = Cell("a", "F", 2020, [f'"1.5"^^<{XSD}double>'], None)
THING = f"<{BASE}id/thing/x>"
MEASURED = f"{THING} <{INTG}personCount> {integer(1000)} .\n"
OBSERVED = f"{THING} <{RDF}type> <{QB}Observation> .\n"
AGAIN = f"<{BASE}id/table/t0/000001> <{INTG}personCount> {integer(8)} .\n"


@pytest.mark.parametrize(
    ("cells", "other"),
    [
        pytest.param([*CELLS, TWICE], "", id="an observation has two values"),
        pytest.param([*CELLS, DOUBLE], "", id="a value is a double"),
        pytest.param(CELLS, MEASURED, id="something else has the measure"),
        pytest.param(CELLS, OBSERVED, id="an observation is in no table"),
        pytest.param(CELLS, AGAIN, id="an observation is told of elsewhere"),
    ],
)
def test_columns_stand_aside_where_they_do_not_tell_all(
    cells: Sequence[Cell], other: str
) -> None:
    """What the graphs hold beside the rows of tables is not overlooked."""
    graphs = [(f"{BASE}graph/x", other)] if other else []
    query = f"SELECT (SUM(?n) AS ?s) {{ {ALL} }}"
    with published(cells, others=graphs) as request:
        assert not quick(request, query)
        agrees(request, query)


def test_one_observation_in_two_graphs_is_left_to_the_engine() -> None:
    """No two tables may have rows of one subject."""
    name, lines = table("t0", CELLS)
    with published(CELLS, others=[]) as request:
        assert quick(request, RECOGNISED[0])
    with tempfile.TemporaryDirectory() as folder:
        with OxigraphWriter(Path(folder), BASE) as writer:
            writer.fill([(name, lines), (f"{name}-copy", list(lines))], 1)
            writer.publish()
        again = about(Path(folder))
        assert not quick(again, RECOGNISED[0])
        agrees(again, RECOGNISED[0])


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("SELECT (SUM(?n) AS ?s) { ?o nope:x ?n }", id="a prefix"),
        pytest.param("SELECT ?n (SUM(?n) AS ?n) { ?o i:personCount ?n }", id="a name"),
        pytest.param("SELECT ?m (SUM(?n) AS ?s) { ?o i:personCount ?n }", id="no key"),
    ],
)
def test_errors_are_those_of_the_query_as_it_was_asked(query: str) -> None:
    """What is cut out is no less wrong."""
    with published(CELLS) as request, pytest.raises(QueryMalformed):
        asked(request, query, columns=True)
