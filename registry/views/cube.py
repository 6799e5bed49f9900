"""Observations of a table as RDF Data Cube triples.

The triples are written straight as text, since a table may have millions of
rows: IRIs are joined from codes that were checked to be plain tokens, and values
are checked here to be decimals, so that nothing in them has to be escaped.

Periods are literals: years as `xsd:gYear`, months as `xsd:gYearMonth`, quarters
as plain strings such as `2024-Q1`. XML Schema has no type for quarters; a plain
string compares and sorts as the periods do in every SPARQL engine, is the same
text as in all other formats of the table, and leans on no foreign server that
would have to name every quarter.

A row without a value is no `qb:Observation`, for an observation has to have
its measure (integrity constraint IC-14), and is never a zero: it is an
`intg:Gap`, with the codes, and the flag that says why.

An observation of a derived table names the two cells that it was worked out from,
as `prov:wasDerivedFrom`.

Source: The RDF Data Cube Vocabulary, W3C Recommendation 16 January 2014,
sections 6 to 8; PROV-O, section 3.1; `docs/model.md`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial

from registry.errors import Invalid
from registry.iris import Iris, RecordId
from registry.namespaces import DCT, INTG, PROV, QB, RDF, SDMX_ATTRIBUTE, XSD
from registry.ports import TableRow
from registry.statistics.structure import (
    CODE,
    FLAG,
    VALUE,
    Dimension,
    Period,
    Role,
    Structure,
)

FLAGS = "obs-flag"
"""The scheme of flags."""

CONFIDENTIAL = "c"
"""The flag of `obs-flag` that says that a figure is withheld."""

_DERIVED = f"<{PROV}wasDerivedFrom>"
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?\Z")
_DATATYPES = {Period.YEAR: "gYear", Period.MONTH: "gYearMonth"}
_PERIODS = {
    Period.YEAR: re.compile(r"[0-9]{4}\Z"),
    Period.QUARTER: re.compile(r"[0-9]{4}-Q[1-4]\Z"),
    Period.MONTH: re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])\Z"),
}


def observation_iri(table: RecordId, key: str, iris: Iris) -> str:
    """Returns the IRI of the observation with a key such as `BG.F.2022`."""
    return f"{iris.thing(table)}/{key}"


def code_iri(dimension: Dimension, code: str, iris: Iris) -> str | None:
    """Returns what a code of a dimension names; `None` for a period."""
    match dimension.role:
        case Role.CODED:
            return concept_iri(str(dimension.scheme), code, iris)
        case Role.AREA:
            key = code.lower().replace("_", "-")
            return iris.thing(RecordId("place", key))
        case Role.TIME:
            return None


def concept_iri(scheme: str, code: str, iris: Iris) -> str:
    """Returns the concept that a code of a scheme names."""
    return f"{iris.thing(RecordId('scheme', scheme))}#{code}"


def cells(codes: Sequence[str], structure: Structure, iris: Iris) -> Sequence[str]:
    """Returns the cells that an observation was derived from, the numerator first.

    Args:
        codes: of the observation, in their order.
        structure: of its table.
        iris: the registry's own.

    Returns:
        The IRIs of two observations; none for a table that is not derived.
    """
    if structure.derivation is None:
        return ()
    names = (dimension.id for dimension in structure.dimensions)
    known = dict(zip(names, codes, strict=True))
    return [
        observation_iri(
            RecordId("table", operand.table),
            structure.observation_key(operand.cell(known)),
            iris,
        )
        for operand in structure.derivation.operands
    ]


def observations(
    batches: Iterable[Sequence[TableRow]], structure: Structure, iris: Iris
) -> Iterator[str]:
    """Yields the canonical N-Triples of the observations, a piece for each batch.

    The triples of an observation stand together, sorted; observations come in
    the order of the rows. Memory is bounded by the batch.

    Args:
        batches: rows in the order of `structure.columns`.
        structure: of the table.
        iris: the registry's own.

    Raises:
        Invalid: a code or a value is none; rows were not checked.
    """
    writer = _Writer(structure, iris)
    for batch in batches:
        yield "".join([writer.row(row) for row in batch])


def observation(row: TableRow, structure: Structure, iris: Iris) -> str:
    """Returns the canonical N-Triples of one observation.

    Raises:
        Invalid: a code or a value is none.
    """
    return _Writer(structure, iris).row(row)


@lru_cache(maxsize=1 << 14)
def number(value: str, *, integer: bool) -> str:
    """Returns a value as the literal of a measure, in canonical form.

    Canonical is the form in which engines keep numbers: no sign but a minus,
    no zeros that say nothing, no point without digits after it.

    Source: XML Schema 1.1, part 2, sections 3.3.3.2 and 3.4.13.3.

    Raises:
        Invalid: it is no plain decimal, or not whole where it has to be.
    """
    if not _NUMBER.match(value):
        raise _invalid(VALUE, value)
    sign, digits = ("-", value[1:]) if value.startswith("-") else ("", value)
    whole, _, fraction = digits.partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    if integer and fraction:
        raise _invalid(VALUE, value)
    text = f"{whole}.{fraction}" if fraction else whole
    datatype = "integer" if integer else "decimal"
    return f'"{sign if text != "0" else ""}{text}"^^<{XSD}{datatype}>'


class _Fragments(dict[str, str]):
    """What follows the subject in a triple, by the code that it is made of."""

    def __init__(self, predicate: str, write: Callable[[str], str]) -> None:
        super().__init__()
        self._start = f"<{predicate}> "
        self._write = write

    def __missing__(self, code: str) -> str:
        fragment = f"{self._start}{self._write(code)} .\n"
        self[code] = fragment
        return fragment


class _Writer:
    """Writes rows of one table; remembers what each code becomes."""

    def __init__(self, structure: Structure, iris: Iris) -> None:
        table = RecordId("table", structure.key)
        thing = f"<{iris.thing(table)}> .\n"
        self._subject = f"<{observation_iri(table, '', iris)}"
        self._key = structure.observation_key
        self._integer = structure.integer
        self._width = len(structure.dimensions)
        self._flags = structure.flags
        self._codes = [
            _Fragments(d.iri, partial(_term, d, structure.period, iris))
            for d in structure.dimensions
        ]
        flag = partial(_flag, iris)
        self._status = _Fragments(f"{SDMX_ATTRIBUTE}obsStatus", flag)
        self._confidentiality = _Fragments(f"{SDMX_ATTRIBUTE}confStatus", flag)
        self._measure = f"<{structure.measure}> "
        self._observation = [
            f"<{RDF}type> <{QB}Observation> .\n",
            f"<{QB}dataSet> {thing}",
        ]
        self._gap = [f"<{RDF}type> <{INTG}Gap> .\n", f"<{DCT}isPartOf> {thing}"]
        self._derived = structure.derivation is not None
        self._cells = partial(cells, structure=structure, iris=iris)

    def row(self, row: TableRow) -> str:
        """Returns the triples of a row, sorted."""
        codes = [code or "" for code in row[: self._width]]
        fragments = [
            column[code] for column, code in zip(self._codes, codes, strict=True)
        ]
        value = row[self._width]
        if value is None:
            fragments += self._gap
        else:
            fragments += self._observation
            literal = number(value, integer=self._integer)
            fragments.append(f"{self._measure}{literal} .\n")
            if self._derived:
                fragments += [f"{_DERIVED} <{cell}> .\n" for cell in self._cells(codes)]
        flag = row[self._width + 1] if self._flags else None
        if flag:
            fragments.append(self._status[flag])
            if flag == CONFIDENTIAL:
                fragments.append(self._confidentiality[flag])
        fragments.sort()
        subject = f"{self._subject}{self._key(codes)}> "
        return subject + subject.join(fragments)


def _term(dimension: Dimension, period: Period, iris: Iris, code: str) -> str:
    if not CODE.match(code):
        raise _invalid(dimension.id, code)
    iri = code_iri(dimension, code, iris)
    return f"<{iri}>" if iri else _period(dimension, period, code)


def _period(dimension: Dimension, period: Period, code: str) -> str:
    if not _PERIODS[period].match(code):
        raise _invalid(dimension.id, code)
    datatype = _DATATYPES.get(period)
    return f'"{code}"^^<{XSD}{datatype}>' if datatype else f'"{code}"'


def _flag(iris: Iris, code: str) -> str:
    if not CODE.match(code):
        raise _invalid(FLAG, code)
    return f"<{concept_iri(FLAGS, code, iris)}>"


def _invalid(column: str, value: str) -> Invalid:
    return Invalid(
        f"“{value[:64]}” cannot stand in the column {column}.",
        f"„{value[:64]}“ не може да стои в колоната {column}.",
        extra={"column": column},
    )
