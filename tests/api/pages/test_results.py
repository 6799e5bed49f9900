import json
from collections.abc import Mapping
from typing import Any

import pytest

from api.pages.addresses import Addresses
from api.pages.facts import Labels
from api.pages.results import LONGEST, SHOWN, Cell, Column, Reader, Table
from registry.namespaces import INTG, SKOS, XSD
from tests.api.conftest import Sample
from tests.versions import BASE, IRIS


@pytest.fixture
def reader(sample: Sample) -> Reader:
    """Reads answers for English pages."""
    labels = Labels(sample.journal, IRIS, "en")
    return Reader(IRIS, Addresses(BASE, "en"), labels)


def _answer(*values: Mapping[str, Any] | None) -> bytes:
    bindings = [{} if value is None else {"x": value} for value in values]
    document = {"head": {"vars": ["x"]}, "results": {"bindings": bindings}}
    return json.dumps(document).encode()


def _uri(value: str) -> dict[str, str]:
    return {"type": "uri", "value": value}


def _number(value: str, datatype: str = "integer") -> dict[str, str]:
    return {"type": "literal", "value": value, "datatype": f"{XSD}{datatype}"}


@pytest.mark.parametrize(
    ("term", "cell"),
    [
        (None, Cell()),
        (
            _uri(f"{BASE}id/institution/centre"),
            Cell(
                "Centre <b>A & B</b>",
                "en",
                f"{BASE}en/institution/centre",
                "id/institution/centre",
            ),
        ),
        (
            _uri(f"{BASE}id/scheme/service-kind#legal-aid"),
            Cell(
                "legal aid",
                "en",
                f"{BASE}en/scheme/service-kind#legal-aid",
                "id/scheme/service-kind#legal-aid",
            ),
        ),
        (
            _uri(f"{BASE}id/institution/nobody"),
            Cell("id/institution/nobody", link=f"{BASE}en/institution/nobody"),
        ),
        (
            _uri(f"{INTG}serviceKind"),
            Cell("intg:serviceKind", link=f"{BASE}en/vocabulary#serviceKind"),
        ),
        (_uri(f"{SKOS}Concept"), Cell("skos:Concept", link=f"{SKOS}Concept")),
        (
            _uri("https://else.example/"),
            Cell("https://else.example/", link="https://else.example/"),
        ),
        (_uri("javascript:alert(1)"), Cell("javascript:alert(1)")),
        (_uri("mailto:a@b.example"), Cell("mailto:a@b.example")),
        ({"type": "literal", "value": "<b>"}, Cell("<b>")),
        (
            {"type": "literal", "value": "ден", "xml:lang": "bg"},
            Cell("ден", language="bg"),
        ),
        (_number("07"), Cell("07", datatype="xsd:integer", number=7.0)),
        (_number("lots"), Cell("lots", datatype="xsd:integer")),
        (_number("INF", "double"), Cell("INF", datatype="xsd:double")),
        (_number("2022", "gYear"), Cell("2022", datatype="xsd:gYear")),
        (_number("plain", "string"), Cell("plain")),
        ({"type": "bnode", "value": "b0"}, Cell("_:b0")),
        (
            {
                "type": "triple",
                "value": {
                    "subject": _uri("urn:s"),
                    "predicate": _uri("urn:p"),
                    "object": {"type": "bnode", "value": "o"},
                },
            },
            Cell("<<( urn:s urn:p _:o )>>"),
        ),
        (
            {"type": "literal", "value": "a" * (LONGEST + 1)},
            Cell("a" * LONGEST + "…"),
        ),
    ],
)
def test_cells(reader: Reader, term: Mapping[str, Any] | None, cell: Cell) -> None:
    """Each kind of term is shown as what it is; only web addresses are links."""
    table = reader.table(_answer(term))

    assert isinstance(table, Table)
    assert table.rows == [[cell]]


def test_columns(reader: Reader) -> None:
    """A column says of which type its values are, if all are of one."""
    numbers = reader.table(_answer(_number("1"), None, _number("2")))
    mixed = reader.table(_answer(_number("1"), _number("2.5", "decimal")))
    nothing = reader.table(_answer(None))

    assert isinstance(numbers, Table)
    assert isinstance(mixed, Table)
    assert isinstance(nothing, Table)
    assert numbers.columns == [Column("x", "xsd:integer", True)]
    assert mixed.columns == [Column("x", None, True)]
    assert nothing.columns == [Column("x", None, False)]


def test_boolean(reader: Reader) -> None:
    """The answer to ASK is a yes or no."""
    assert reader.table(b'{"head": {}, "boolean": true}') is True
    assert reader.table(b'{"head": {}, "boolean": false}') is False


def test_many_rows(reader: Reader) -> None:
    """A page shows the first rows and says how many there are."""
    table = reader.table(_answer(*[_number("1")] * (SHOWN + 5)))

    assert isinstance(table, Table)
    assert (len(table.rows), table.total) == (SHOWN, SHOWN + 5)
