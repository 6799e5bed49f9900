"""The rows of a SPARQL answer as a table for people.

Things of ours have their names, in the language of the page where there is one;
everything that a cell leaves out stands in the data formats.

**Source:** SPARQL 1.1 Query Results JSON Format, section 3.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.pages.addresses import Addresses, web_address
from api.pages.compact import compact
from api.pages.facts import Labels
from registry.iris import Iris
from registry.language import Chosen
from registry.namespaces import INTG, XSD

SHOWN = 1000
"""Rows that a page shows; the data formats always hold them all."""
LONGEST = 600
"""Characters of a value that a page shows."""
NAMED = 200
"""Records whose names are looked up for one page."""

_NUMBERS = frozenset(
    f"{XSD}{name}"
    for name in (
        *("integer", "decimal", "double", "float", "nonNegativeInteger"),
        *("positiveInteger", "negativeInteger", "nonPositiveInteger"),
        *("long", "int", "short", "byte"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_STRING = f"{XSD}string"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value, or none.

    Attributes:
        text: what is shown; empty where the variable has no value.
        language: its tag, if it is not plain.
        link: where it leads.
        iri: the name of the thing, in short, if the text is its name.
        datatype: in short, unless it is a plain text.
        number: as a number, if it is one that can be drawn.
    """

    text: str = ""
    language: str | None = None
    link: str | None = None
    iri: str | None = None
    datatype: str | None = None
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A variable of the answer.

    Attributes:
        name: of the variable.
        datatype: in short, if all its values have this one.
        numeric: whether all its values are numbers, and there is one.
    """

    name: str
    datatype: str | None
    numeric: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of an answer.

    Attributes:
        columns: in the order of the query.
        rows: the first `SHOWN`, a cell for each column.
        total: how many rows there are.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads answers for the readers of one language.

    Attributes:
        iris: of the registry.
        addresses: of its pages.
        labels: names of things.
    """

    iris: Iris
    addresses: Addresses
    labels: Labels
    _named: set[str] = field(default_factory=set)

    def table(self, body: bytes) -> bool | Table:
        """Returns a yes or no, or rows, from an answer in JSON."""
        results = json.loads(body)
        if "boolean" in results:
            return bool(results["boolean"])
        names: Sequence[str] = results["head"].get("vars", [])
        bindings = results["results"]["bindings"]
        rows = [
            [self._cell(row.get(name)) for name in names] for row in bindings[:SHOWN]
        ]
        columns = [
            _column(name, [row[n] for row in rows]) for n, name in enumerate(names)
        ]
        return Table(columns, rows, len(bindings))

    def _cell(self, term: Mapping[str, Any] | None) -> Cell:
        if term is None:
            return Cell()
        if term["type"] == "uri":
            return self._thing(term["value"])
        if term["type"] != "literal":
            return Cell(_written(term))
        datatype = term.get("datatype")
        return Cell(
            _shortened(term["value"]),
            language=term.get("xml:lang"),
            datatype=compact(datatype) if datatype and datatype != _STRING else None,
            number=_number(term["value"]) if datatype in _NUMBERS else None,
        )

    def _thing(self, iri: str) -> Cell:
        short = compact(iri, self.iris.base)
        if iri.startswith(INTG):
            local = iri.removeprefix(INTG)
            return Cell(short, link=f"{self.addresses.page('vocabulary')}#{local}")
        if not iri.startswith(self.iris.base):
            return Cell(short, link=iri if web_address(iri) else None)
        link, name = self.addresses.thing(iri), self._name(iri)
        if name is None:
            return Cell(short, link=link)
        return Cell(name.text, name.language, link, short)

    def _name(self, iri: str) -> Chosen | None:
        record = iri.partition("#")[0]
        if record not in self._named and len(self._named) >= NAMED:
            return None
        self._named.add(record)
        return self.labels.name(iri)


def _column(name: str, cells: Sequence[Cell]) -> Column:
    known = [cell for cell in cells if cell.text]
    datatypes = {cell.datatype for cell in known}
    return Column(
        name,
        datatype=datatypes.pop() if len(datatypes) == 1 else None,
        numeric=bool(known) and all(cell.number is not None for cell in known),
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None  # an ill-typed literal is a text like any other
    return number if math.isfinite(number) else None


def _written(term: Mapping[str, Any]) -> str:
    """Returns what is neither an IRI nor a literal as Turtle writes it."""
    if term["type"] == "bnode":
        return f"_:{term['value']}"
    if term["type"] != "triple":
        return str(term["value"])
    parts = (term["value"][name] for name in ("subject", "predicate", "object"))
    return f"<<( {' '.join(_written(part) for part in parts)} )>>"
