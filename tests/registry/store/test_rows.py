import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Store,
    Triple,
    Variable,
)

from registry.store.rows import comma_separated, exceeds, skolemised

FORMATS = [
    QueryResultsFormat.JSON,
    QueryResultsFormat.XML,
    QueryResultsFormat.CSV,
    QueryResultsFormat.TSV,
]
NASTY = st.text(alphabet='",{}[]:\\\r\n\t<>_bnodetypeauri&;x', max_size=30)
GENID = "http://example.org/genid/"


def solutions(text: str, **values: str) -> QuerySolutions:
    """Runs a query over nothing, with values for its variables."""
    terms: dict[Variable, NamedNode | BlankNode | Literal | Triple] = {
        Variable(name): Literal(value) for name, value in values.items()
    }
    found = Store().query(text, substitutions=terms)
    assert isinstance(found, QuerySolutions)
    return found


@pytest.mark.parametrize("format_", FORMATS)
@given(value=NASTY, rows=st.integers(0, 4))
def test_rows_are_counted_exactly(
    format_: QueryResultsFormat, value: str, rows: int
) -> None:
    """No value can pass for the start of a row, nor an empty row for none."""
    numbers = " ".join(map(str, range(rows)))
    text = f"SELECT ?v ?unbound {{ BIND(?v AS ?w) VALUES ?n {{ {numbers} }} }}"
    body = solutions(text, v=value).serialize(format=format_)
    assert body is not None

    assert not exceeds(body, format_, rows)
    assert rows == 0 or exceeds(body, format_, rows - 1)


@pytest.mark.parametrize("format_", FORMATS)
def test_empty_rows_count(format_: QueryResultsFormat) -> None:
    """Rows in which nothing is bound are rows."""
    body = solutions("SELECT ?u { VALUES ?n { 1 2 3 } }").serialize(format=format_)
    assert body is not None

    assert not exceeds(body, format_, 3)
    assert exceeds(body, format_, 2)


@pytest.mark.parametrize(
    "format_", [QueryResultsFormat.JSON, QueryResultsFormat.XML, QueryResultsFormat.TSV]
)
@given(value=NASTY)
def test_what_is_no_blank_node_stays(format_: QueryResultsFormat, value: str) -> None:
    """No value is taken for a blank node."""
    body = solutions("SELECT ?v { BIND(?v AS ?w) }", v=value).serialize(format=format_)
    assert body is not None

    assert skolemised(body, format_, GENID) == body


@pytest.mark.parametrize(
    ("format_", "body", "expected"),
    [
        (
            QueryResultsFormat.JSON,
            b'{"b":{"type":"bnode","value":"f0"}}',
            b'{"b":{"type":"uri","value":"http://example.org/genid/f0"}}',
        ),
        (
            QueryResultsFormat.XML,
            b"<bnode>f0</bnode>",
            b"<uri>http://example.org/genid/f0</uri>",
        ),
        (
            QueryResultsFormat.TSV,
            b'_:f0\t<<( <a:a> <a:b> _:f0 )>>\t"_:f0"\n',
            b"<http://example.org/genid/f0>\t"
            b'<<( <a:a> <a:b> <http://example.org/genid/f0> )>>\t"_:f0"\n',
        ),
    ],
)
def test_blank_nodes_are_named(
    format_: QueryResultsFormat, body: bytes, expected: bytes
) -> None:
    """A blank node becomes an IRI, the same one wherever it occurs."""
    assert skolemised(body, format_, GENID) == expected


def test_comma_separated_names_blank_nodes() -> None:
    """CSV, which marks no blank nodes, is written with their IRIs."""
    output = io.BytesIO()

    text = 'SELECT ?b (?b = ?b AS ?s) ("_:x,\\"" AS ?l) ?u { BIND(BNODE() AS ?b) }'
    comma_separated(solutions(text), output, GENID)

    header, row, end = output.getvalue().decode().split("\r\n")
    assert (header, end) == ("b,s,l,u", "")
    assert row.startswith(GENID)
    assert row.endswith(',true,"_:x,""",')
