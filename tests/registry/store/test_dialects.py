import pytest

from registry.store.dialects import DIALECTS, Server

VIRTUOSO = DIALECTS["virtuoso"]
WKT = b"http://www.opengis.net/ont/geosparql#wktLiteral"
BOOLEAN = b"http://www.w3.org/2001/XMLSchema#boolean"

ROWS = [
    (
        b'{ "head": { "link": [], "vars": ["__ASK_RETVAL"] }, "results": { "bindings": '
        b'[ { "__ASK_RETVAL": { "type": "typed-literal", "value": "1" }} ] } }',
        b'{"head":{},"boolean":true}',
        "a yes",
    ),
    (
        b'\n{ "head": { "link": [], "vars": ["__ASK_RETVAL"] }, "results": '
        b'{ "bindings": [ ] } }',
        b'{"head":{},"boolean":false}',
        "a no",
    ),
    (
        b'"datatype": "' + BOOLEAN + b'", "value": "1"',
        b'"datatype": "' + BOOLEAN + b'", "value": "true"',
        "a boolean",
    ),
    (
        b'"type": "bnode", "value": "nodeID://b10000"',
        b'"type": "bnode", "value": "b10000"',
        "a blank node",
    ),
    (b'"xml:lang": "bg-latn"', b'"xml:lang": "bg-Latn"', "a script"),
    (b'"xml:lang": "en-gb"', b'"xml:lang": "en-GB"', "a region"),
    (
        b'"value": "\\"xml:lang\\": \\"en-gb\\""',
        b'"value": "\\"xml:lang\\": \\"en-gb\\""',
        "a text that looks like one",
    ),
]


@pytest.mark.parametrize(("sent", "mended", "why"), ROWS)
def test_rows_of_virtuoso_are_mended(sent: bytes, mended: bytes, why: str) -> None:
    """Yes and no, booleans, blank nodes and languages are as the standard has them."""
    assert VIRTUOSO.rows(sent) == mended, why


def test_geometries_cross_virtuoso_unharmed() -> None:
    """A geometry has a type there of which it knows nothing; a text stays a text."""
    typed = b"^^<" + WKT + b">"
    text = (
        b'<x:a> <x:b> "POINT(1 2)"' + typed + b' .\n<x:a> <x:b> "\\"' + typed + b'" .\n'
    )

    put = VIRTUOSO.put(text)

    assert put.count(WKT) == 1
    assert VIRTUOSO.triples(put) == text
    assert VIRTUOSO.put(b'"x"@bg') == b'"x"@bg'


def test_tags_in_triples_of_virtuoso_are_mended() -> None:
    """Language tags get the case that they usually have."""
    assert VIRTUOSO.triples(b'<x:a> <x:b> "@en-gb"@bg-latn .\n') == (
        b'<x:a> <x:b> "@en-gb"@bg-Latn .\n'
    )


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_has_its_addresses(name: str) -> None:
    """The services of a server follow its address, with or without a slash there."""
    for address in ("http://127.0.0.1/x", "http://127.0.0.1/x/"):
        server = Server(address, name, "user", "secret")

        for path in (server.differing.query, server.differing.update):
            assert server.at(path) == f"http://127.0.0.1/x{path}"
        assert server.reader == Server(address, name)
